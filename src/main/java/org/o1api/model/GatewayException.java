package org.o1api.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A failure with an error code and a message for the caller. The message never contains a secret or an address. A
 * provider's message that is passed on may quote the prompt, so messages are not logged.
 */
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

    /** OpenAI's {@code error.code}: the gateway's code, or a provider's code that clients know. */
    public String wireCode() {
        return code.wireName();
    }

    /** The JSON path of the request field that is wrong; null if the failure has no field. */
    public @Nullable String param() {
        return null;
    }

    /** How long the client should wait before it retries; null if unknown. */
    public @Nullable Duration retryAfter() {
        return null;
    }
}
