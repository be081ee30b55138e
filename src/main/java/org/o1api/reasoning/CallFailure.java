package org.o1api.reasoning;

import java.util.concurrent.RejectedExecutionException;
import org.o1api.model.ErrorCode;
import org.o1api.model.FailureLog;
import org.o1api.model.GatewayException;

/** Converts what a reader of a concurrent call threw. An unexpected failure, such as an {@link Error}, fails only its call. */
final class CallFailure {
    private static final FailureLog LOG = new FailureLog(System.getLogger(CallFailure.class.getName()));

    private CallFailure() {}

    static GatewayException of(Throwable thrown) {
        if (thrown instanceof GatewayException failure) {
            return failure;
        }
        if (thrown instanceof InterruptedException || thrown instanceof RejectedExecutionException) {
            return new TurnException(
                    ErrorCode.SHUTTING_DOWN, "The gateway stopped before the answer was complete.", null);
        }
        LOG.error(thrown.getClass().getName(), "a concurrent call failed unexpectedly", thrown);
        return thrown instanceof OutOfMemoryError
                ? new TurnException(ErrorCode.OVERLOADED, "The gateway is out of memory. Retry shortly.", null)
                : new TurnException(
                        ErrorCode.INTERNAL_ERROR,
                        "Internal gateway error. The operator finds the cause in the gateway's log.",
                        null);
    }
}
