package org.o1api.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.function.BooleanSupplier;

/** Whether the gateway lives, and whether it takes requests. Public. */
@Path("health")
@Produces(MediaType.APPLICATION_JSON)
public final class HealthResource {
    private final BooleanSupplier ready;

    public HealthResource(BooleanSupplier ready) {
        this.ready = ready;
    }

    @GET
    @Path("live")
    public Response live() {
        return status(200, "live");
    }

    @GET
    @Path("ready")
    public Response ready() {
        return ready.getAsBoolean() ? status(200, "ready") : status(503, "stopping");
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
