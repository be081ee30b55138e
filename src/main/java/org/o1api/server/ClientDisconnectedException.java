package org.o1api.server;

import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/** The client has disconnected, or has stopped reading. */
final class ClientDisconnectedException extends GatewayException {
    private static final long serialVersionUID = 1;

    ClientDisconnectedException(@Nullable Throwable cause) {
        super(ErrorCode.CLIENT_DISCONNECTED, "The client disconnected before the answer was complete.", cause);
    }
}
