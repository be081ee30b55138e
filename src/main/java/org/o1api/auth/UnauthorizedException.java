package org.o1api.auth;

import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/** A request without a key that is known here. */
public final class UnauthorizedException extends GatewayException {
    private static final long serialVersionUID = 1;

    UnauthorizedException(String message) {
        super(ErrorCode.INVALID_API_KEY, message, null);
    }
}
