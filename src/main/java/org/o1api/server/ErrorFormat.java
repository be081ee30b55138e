package org.o1api.server;

import java.util.Map;
import org.o1api.model.GatewayException;

/** Renders errors for clients. */
public interface ErrorFormat {
    /** Renders a failure of the gateway. */
    ErrorResponse of(GatewayException failure);

    /**
     * Renders an error that is reported by the servlet container or Jersey.
     *
     * @param status 400 to 599
     */
    ErrorResponse ofStatus(int status);

    /**
     * An error response.
     *
     * @param json the body
     */
    record ErrorResponse(int status, Map<String, String> headers, String json) {
        public ErrorResponse {
            headers = Map.copyOf(headers);
        }
    }
}
