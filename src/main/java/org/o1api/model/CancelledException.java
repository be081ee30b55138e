package org.o1api.model;

import org.jspecify.annotations.Nullable;

/** A turn, or a part of it, was cancelled: by a disconnected client, a deadline or the stop of the gateway. */
public final class CancelledException extends GatewayException {
    private static final long serialVersionUID = 1;

    public CancelledException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
    }
}
