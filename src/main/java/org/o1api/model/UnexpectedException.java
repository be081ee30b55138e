package org.o1api.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An unexpected failure in the gateway, such as a bug or an {@code Error}. The client gets no details. */
public final class UnexpectedException extends GatewayException {
    private static final long serialVersionUID = 1;
    private static final FailureLog FAILURES = new FailureLog(System.getLogger(UnexpectedException.class.getName()));

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private UnexpectedException(ErrorCode code, String message, Throwable cause) {
        super(code, message, cause);
    }

    /** Loads this class, so that it can be used when memory is short: a failed static initializer is never repeated. */
    public static void load() {
        // the call has initialized the class
    }

    /**
     * Converts a failure, which may be an {@code Error}. A failure of the gateway's own kind is returned as it is. The stack trace of
     * any other is logged, at most once a minute per kind.
     */
    public static GatewayException of(Throwable failure) {
        if (failure instanceof GatewayException known) {
            return known;
        }
        FAILURES.error(kind(failure), "a request failed unexpectedly", failure);
        return failure instanceof OutOfMemoryError
                ? new UnexpectedException(ErrorCode.OVERLOADED, "The gateway is out of memory. Retry shortly.", failure)
                : new UnexpectedException(
                        ErrorCode.INTERNAL_ERROR,
                        "Internal gateway error. The operator finds the cause in the gateway's log.",
                        failure);
    }

    @Override
    public @Nullable Duration retryAfter() {
        return code() == ErrorCode.OVERLOADED ? RETRY_AFTER : null;
    }

    /** Groups failures for the log: by class and throwing source line. */
    private static String kind(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return failure.getClass().getName() + (trace.length == 0 ? "" : " " + trace[0]);
    }
}
