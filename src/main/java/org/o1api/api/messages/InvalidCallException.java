package org.o1api.api.messages;

import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/** The provider sent a tool call that a message cannot contain. */
final class InvalidCallException extends GatewayException {
    private static final long serialVersionUID = 1;

    InvalidCallException() {
        super(
                ErrorCode.UPSTREAM_FAILED,
                "The model provider sent a tool call whose arguments are not a JSON object.",
                null);
    }
}
