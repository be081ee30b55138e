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
    private final boolean saidNothing;

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
        this(code, message, retryable, retryAfter, status, false, cause);
    }

    private UpstreamException(
            ErrorCode code,
            String message,
            boolean retryable,
            @Nullable Duration retryAfter,
            int status,
            boolean saidNothing,
            @Nullable Throwable cause) {
        super(code, message, cause);
        this.retryable = retryable;
        this.retryAfter = retryAfter;
        this.status = status;
        this.saidNothing = saidNothing;
    }

    /** A reply that was complete, and empty. */
    static UpstreamException nothingSaid() {
        return new UpstreamException(
                ErrorCode.UPSTREAM_FAILED, "The model's provider answered with nothing.", true, null, 0, true, null);
    }

    /** Whether the same call may succeed when it is made again. */
    public boolean retryable() {
        return retryable;
    }

    @Override
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** Whether the reply was complete, and empty: that is the model's doing. */
    public boolean saidNothing() {
        return saidNothing;
    }

    /** The HTTP status that the upstream answered, 0 when it answered none. */
    public int status() {
        return status;
    }
}
