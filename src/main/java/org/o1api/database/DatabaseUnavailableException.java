package org.o1api.database;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/** The database is unreachable or too slow, or a statement failed. Nothing was stored. */
public final class DatabaseUnavailableException extends GatewayException {
    private static final long serialVersionUID = 1;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    public DatabaseUnavailableException(@Nullable Throwable cause) {
        super(
                ErrorCode.STORE_UNAVAILABLE,
                "The conversation database is unavailable; nothing was stored."
                        + " Retry shortly. Requests that store and continue nothing are answered.",
                cause);
    }

    @Override
    public Duration retryAfter() {
        return RETRY_AFTER;
    }
}
