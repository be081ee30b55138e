package org.o1api.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A failure with a code and a message that the caller may read: it never holds a secret, an address or a prompt. */
public abstract class GatewayException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;

    protected GatewayException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public final ErrorCode code() {
        return code;
    }

    /** OpenAI's {@code error.code}: our own word, or a provider's that clients know. */
    public String wireCode() {
        return code.wireName();
    }

    /** The request's field that is at fault, as a JSON path; null when none is. */
    public @Nullable String param() {
        return null;
    }

    /** How long the caller should wait before asking again; null when nothing says. */
    public @Nullable Duration retryAfter() {
        return null;
    }
}
