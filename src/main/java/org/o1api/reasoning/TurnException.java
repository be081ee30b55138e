package org.o1api.reasoning;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/** A turn that the gateway rejected or ended itself, as opposed to a failed call. */
public final class TurnException extends GatewayException {
    private static final long serialVersionUID = 1;

    private final @Nullable Duration retryAfter;

    /**
     * Creates the failure of a turn.
     *
     * @param retryAfter when to retry; null: not stated
     */
    public TurnException(ErrorCode code, String message, @Nullable Duration retryAfter) {
        super(code, message, null);
        this.retryAfter = retryAfter;
    }

    @Override
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
