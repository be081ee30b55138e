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

/** Whether the process answers, and whether the gateway accepts requests. Public. */
@Path("health")
@Produces(MediaType.APPLICATION_JSON)
public final class HealthResource {
    /** The tick runs every 50 ms; without it there are no heartbeats and no time limits. */
    private static final Duration MAX_SINCE_TICK = Duration.ofSeconds(5);

    private final BooleanSupplier accepting;
    private final Supplier<Duration> sinceLastTick;

    /**
     * The health of a gateway whose configuration is loaded.
     *
     * @param accepting false once the gateway is stopping
     * @param sinceLastTick how long ago the periodic work of the streams was last done
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
