package org.o1api.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.function.Supplier;
import org.o1api.turn.Admission;

/** Requests for what is stored, which run no turn. They are admitted like turns, since the database may be slow. */
public final class StoreRequests {
    private final Admission admission;

    public StoreRequests(Admission admission) {
        this.admission = admission;
    }

    /**
     * Runs a request within the limits of concurrent requests.
     *
     * @throws org.o1api.model.GatewayException also if the gateway or the caller is at its limit
     */
    public byte[] admitted(ContainerRequestContext request, Supplier<byte[]> action) {
        Admission.Ticket ticket =
                admission.admit(TurnEndpoint.caller(request).name(), RequestJson.body(request)::release);
        try (ticket) {
            return action.get();
        }
    }
}
