package org.o1api.upstream;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.ErrorCode;
import org.o1api.llm.GatewayException;

/** A call that failed. */
public final class UpstreamException extends GatewayException {
    private static final long serialVersionUID = 1;

    private final boolean retryable;
    private final @Nullable Duration retryAfter;
    private final int status;

    public UpstreamException(ErrorCode code, String message, boolean retryable, @Nullable Throwable cause) {
        this(code, message, retryable, null, 0, cause);
    }

    /**
     * A failure that the upstream told of.
     *
     * @param status the HTTP status that the upstream answered, 0 when it answered none
     */
    UpstreamException(
            ErrorCode code,
            String message,
            boolean retryable,
            @Nullable Duration retryAfter,
            int status,
            @Nullable Throwable cause) {
        super(code, message, cause);
        this.retryable = retryable;
        this.retryAfter = retryAfter;
        this.status = status;
    }

    /** Whether the same call may succeed when it is made again. */
    public boolean retryable() {
        return retryable;
    }

    @Override
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** The HTTP status that the upstream answered, 0 when it answered none. */
    public int status() {
        return status;
    }
}
