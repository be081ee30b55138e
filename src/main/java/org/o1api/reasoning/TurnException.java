package org.o1api.reasoning;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/** A turn that failed by itself, not by one of its calls. */
public final class TurnException extends GatewayException {
    private static final long serialVersionUID = 1;

    private final @Nullable Duration retryAfter;

    /**
     * A turn that failed by itself.
     *
     * @param retryAfter when it is worth asking again; null: never
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
