package org.o1api.reasoning;

import org.o1api.llm.ErrorCode;
import org.o1api.llm.GatewayException;

/** A turn that failed by itself, not by one of its calls. */
public final class TurnException extends GatewayException {
    private static final long serialVersionUID = 1;

    public TurnException(ErrorCode code, String message) {
        super(code, message, null);
    }
}
