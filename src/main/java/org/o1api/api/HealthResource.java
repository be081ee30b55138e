package org.o1api.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.o1api.json.Json;

/**
 * Liveness ({@code /health/live}: the process responds) and readiness ({@code /health/ready}: the gateway accepts
 * requests). No API key is needed.
 */
@Path("health")
@Produces(MediaType.APPLICATION_JSON)
public final class HealthResource {
    /** The periodic task of the streams runs every 50 ms. Without it there are no heartbeats and no timeouts. */
    private static final Duration MAX_SINCE_TICK = Duration.ofSeconds(5);

    private final BooleanSupplier accepting;
    private final Supplier<Duration> sinceLastTick;

    /**
     * Creates the resource.
     *
     * @param accepting false once the gateway is stopping
     * @param sinceLastTick the time since the periodic task of the streams last ran
     */
    public HealthResource(BooleanSupplier accepting, Supplier<Duration> sinceLastTick) {
        this.accepting = accepting;
        this.sinceLastTick = sinceLastTick;
    }

    @GET
    @Path("live")
    public Response live() {
        return status(200, "live");
    }

    @GET
    @Path("ready")
    public Response ready() {
        if (!accepting.getAsBoolean()) {
            return status(503, "stopping");
        }
        return sinceLastTick.get().compareTo(MAX_SINCE_TICK) > 0 ? status(503, "stalled") : status(200, "ready");
    }

    private static Response status(int code, String status) {
        return Response.status(code)
                .entity(Json.bytes(json -> {
                    json.writeStartObject();
                    json.writeStringField("status", status);
                    json.writeEndObject();
                }))
                .build();
    }
}
