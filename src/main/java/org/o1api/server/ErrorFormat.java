package org.o1api.server;

import java.util.Map;
import org.o1api.model.GatewayException;

/** How an error looks to the client. */
public interface ErrorFormat {
    /** A failure of the gateway. */
    Reply of(GatewayException failure);

    /**
     * An error that the servlet container or Jersey reports.
     *
     * @param status 400 to 599
     */
    Reply ofStatus(int status);

    /**
     * An error response.
     *
     * @param json its body
     */
    record Reply(int status, Map<String, String> headers, String json) {
        public Reply {
            headers = Map.copyOf(headers);
        }
    }
}
