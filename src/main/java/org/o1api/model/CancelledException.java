package org.o1api.model;

import org.jspecify.annotations.Nullable;

/** A turn, or a part of it, was cancelled: by a disconnected client, a deadline or the stop of the gateway. */
public final class CancelledException extends GatewayException {
    private static final long serialVersionUID = 1;

    public CancelledException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
    }

    /** The exception of an interrupted wait: only a gateway that stops interrupts threads. Sets the thread's interrupt flag again. */
    public static CancelledException interrupted(@Nullable InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new CancelledException(
                ErrorCode.SHUTTING_DOWN, "The gateway is stopping. Retry shortly, or use another instance.", cause);
    }
}
