package org.o1api.api;

import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/** A request that cannot be served as it is. */
public final class RequestException extends GatewayException {
    private static final long serialVersionUID = 1;

    private final @Nullable String param;

    /**
     * A request that cannot be served as it is.
     *
     * @param param the JSON path of the field at fault; null when none is
     */
    public RequestException(ErrorCode code, @Nullable String param, String message) {
        super(code, message, null);
        this.param = param;
    }

    /** A field that has to be there, and is not. */
    public static RequestException missing(String path) {
        return new RequestException(ErrorCode.INVALID_REQUEST, path, "'" + path + "' is missing.");
    }

    @Override
    public @Nullable String param() {
        return param;
    }
}
