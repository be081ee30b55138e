package org.o1api.upstream;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an upstream says about a failure, in OpenAI's form or one of its relatives'. What a validator quotes of the request, and what
 * a model wrote that the provider could not use, is left out.
 *
 * @param text the message, or a short body that is plain text; empty if there is neither. May quote the request
 * @param message the part that is meant for people; null if there is none
 * @param param the field at fault, as a path such as {@code messages[0].role}; null if it names none
 * @param code what the upstream calls the failure, numbers included that are no HTTP statuses; null if it has no word for it
 * @param type the class of the failure ({@code error.type}, Google's {@code status}); null if there is none
 * @param status the HTTP status in the body, 400 to 599; 0 if there is none
 * @param retryAfter how long the body's own fields ask to wait; null if they do not. The message may do so too
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

    /** Reads a body, or the data of an event. What cannot be read is left out. */
    static ProviderErrorBody of(byte[] body) {
        return of(body, 0, body.length);
    }

    static ProviderErrorBody of(byte[] bytes, int offset, int length) {
        return ErrorReader.read(new String(bytes, offset, length, StandardCharsets.UTF_8));
    }

    /** Whether the provider could not use what its model wrote: another try may succeed. */
    boolean isGenerationFailure() {
        return GenerationFailure.of(this) != null;
    }

    @Override
    public String toString() {
        return "ErrorBody[" + status + "]"; // no text of a provider in a log
    }
}
