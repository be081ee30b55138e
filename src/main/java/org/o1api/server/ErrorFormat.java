package org.o1api.server;

import java.util.Map;
import org.o1api.model.GatewayException;

/** How an error looks to the client. */
public interface ErrorFormat {
    /** A failure of the gateway. */
    ErrorResponse of(GatewayException failure);

    /**
     * An error that the servlet container or Jersey reports.
     *
     * @param status 400 to 599
     */
    ErrorResponse ofStatus(int status);

    /**
     * An error response.
     *
     * @param json its body
     */
    record ErrorResponse(int status, Map<String, String> headers, String json) {
        public ErrorResponse {
            headers = Map.copyOf(headers);
        }
    }
}
