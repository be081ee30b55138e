package org.o1api.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/** The body of a request was rejected, or could not be read completely. */
final class BodyException extends GatewayException {
    private static final long serialVersionUID = 1;

    BodyException(ErrorCode code, String message) {
        super(code, message, null);
    }

    @Override
    public @Nullable Duration retryAfter() {
        return switch (code()) {
            case OVERLOADED, RATE_LIMIT_EXCEEDED, SHUTTING_DOWN -> Duration.ofSeconds(1);
            default -> null;
        };
    }
}
