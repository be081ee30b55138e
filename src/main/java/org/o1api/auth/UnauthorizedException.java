package org.o1api.auth;

import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/** The request has no API key, or an unknown one. */
public final class UnauthorizedException extends GatewayException {
    private static final long serialVersionUID = 1;

    UnauthorizedException(String message) {
        super(ErrorCode.INVALID_API_KEY, message, null);
    }
}
