package org.o1api.api;

import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/** The request is invalid or cannot be served. */
public final class RequestException extends GatewayException {
    private static final long serialVersionUID = 1;

    private final @Nullable String param;

    /**
     * Creates the exception.
     *
     * @param param the JSON path of the invalid field; null if there is none
     */
    public RequestException(ErrorCode code, @Nullable String param, String message) {
        super(code, message, null);
        this.param = param;
    }

    /** Creates the error for a missing required field. */
    public static RequestException missing(String path) {
        return new RequestException(ErrorCode.INVALID_REQUEST, path, "'" + path + "' is missing.");
    }

    /**
     * Fails unless a field is valid.
     *
     * @param expected what it must be
     */
    public static void require(boolean valid, String param, String expected) {
        if (!valid) {
            throw new RequestException(ErrorCode.INVALID_REQUEST, param, "'" + param + "' must be " + expected + ".");
        }
    }

    /** Creates the error for a list that is longer than {@code limits.messages}. */
    public static RequestException tooManyMessages(String path, int limit) {
        return new RequestException(
                ErrorCode.INVALID_REQUEST,
                path,
                "'" + path + "' has more than " + limit + " entries, the limit of this gateway (limits.messages).");
    }

    @Override
    public @Nullable String param() {
        return param;
    }
}
