package org.o1api.upstream;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An error as a provider reports it, in OpenAI's format or a variant. The parts of the request that a validator quotes, and model
 * output that the provider could not use, are removed.
 *
 * @param text the message, or a short plain-text body; empty if there is neither. May quote the request
 * @param message the human-readable part; null if there is none
 * @param param the field at fault as a path such as {@code messages[0].role}; null if none is named
 * @param code the provider's error code, including numbers that are not HTTP statuses; null if there is none
 * @param type the error class ({@code error.type}, Google's {@code status}); null if there is none
 * @param status the HTTP status in the body, 400 to 599; 0 if there is none
 * @param retryAfter the wait that the body's own fields ask for; null if they ask for none. The message may ask for one too
 */
record ProviderErrorBody(
        String text,
        @Nullable String message,
        @Nullable String param,
        @Nullable String code,
        @Nullable String type,
        int status,
        @Nullable Duration retryAfter)
        implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int MAX_CODE_LENGTH = 256;

    ProviderErrorBody {
        param = truncate(param);
        code = truncate(code);
        type = truncate(type);
    }

    private static @Nullable String truncate(@Nullable String word) {
        return word == null ? null : word.substring(0, Math.min(word.length(), MAX_CODE_LENGTH));
    }

    static final ProviderErrorBody EMPTY = new ProviderErrorBody("", null, null, null, null, 0, null);

    /** Reads a response body or the data of an event. Unreadable parts are ignored. */
    static ProviderErrorBody of(byte[] body) {
        return of(body, 0, body.length);
    }

    static ProviderErrorBody of(byte[] bytes, int offset, int length) {
        return ErrorReader.read(new String(bytes, offset, length, StandardCharsets.UTF_8));
    }

    /** Whether the provider rejected the output of its own model: a retry may succeed. */
    boolean isGenerationFailure() {
        return GenerationFailure.of(this) != null;
    }

    @Override
    public String toString() {
        return "ProviderErrorBody[" + status + "]"; // keeps the provider's text out of logs
    }
}
