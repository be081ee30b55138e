package org.o1api.api;

import com.fasterxml.jackson.core.JsonGenerator;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.o1api.json.Json;
import org.o1api.model.Caller;
import org.o1api.model.Effort;
import org.o1api.model.ErrorCode;
import org.o1api.model.Mode;
import org.o1api.model.ModelLimits;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Presets;

/**
 * The models that a caller can request, which are the gateway's presets. The list contains neither aliases
 * nor the pro mode of presets without a section {@code pro}, but a model can be retrieved by these names.
 */
@Path("v1/models")
@Produces(MediaType.APPLICATION_JSON)
public final class ModelsResource {
    static final String PATH = "/v1/models";

    private final Presets presets;
    private final Function<Preset, ModelLimits> limits;
    private final Instant created = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    /**
     * Creates the resource.
     *
     * @param limits those of the model that answers for a preset
     */
    public ModelsResource(Presets presets, Function<Preset, ModelLimits> limits) {
        this.presets = presets;
        this.limits = limits;
    }

    @GET
    public byte[] list(@Context ContainerRequestContext request) {
        Caller caller = caller(request);
        if (isOfAnthropic(request)) {
            return AnthropicModels.list(
                    presets.listedNames(caller::mayUse).stream()
                            .map(name -> anthropicModel(name, preset(name, caller)))
                            .toList(),
                    created);
        }
        return Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("object", "list");
            json.writeArrayFieldStart("data");
            for (String name : presets.listedNames(caller::mayUse)) {
                writeModel(json, name, preset(name, caller));
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** Returns a model by its name or alias, also in pro mode. A name may contain slashes. */
    @GET
    @Path("{id: .+}")
    public byte[] get(@PathParam("id") String id, @Context ContainerRequestContext request) {
        Preset preset = preset(id, caller(request));
        return isOfAnthropic(request)
                ? Json.bytes(json -> AnthropicModels.write(json, anthropicModel(id, preset), created))
                : Json.bytes(json -> writeModel(json, id, preset));
    }

    private static boolean isOfAnthropic(ContainerRequestContext request) {
        return request.getHeaderString(AnthropicModels.VERSION) != null;
    }

    private AnthropicModels.Model anthropicModel(String id, Preset preset) {
        return new AnthropicModels.Model(id, limits.apply(preset));
    }

    /** The preset with this name, in the mode that the name selects. */
    private Preset preset(String name, Caller caller) {
        return presets.choice(name)
                .map(Presets.Choice::preset)
                .filter(preset -> caller.mayUse(preset.name()))
                .orElseThrow(() -> modelNotFound(name));
    }

    /** Creates the error for a model that does not exist or that the caller may not use. */
    public static RequestException modelNotFound(String name) {
        return new RequestException(
                ErrorCode.MODEL_NOT_FOUND,
                "model",
                "The model '" + (name.length() > 100 ? name.substring(0, 100) + "…" : name)
                        + "' does not exist, or this API key may not use it. GET /v1/models lists the available models.");
    }

    private static Caller caller(ContainerRequestContext request) {
        return (Caller) request.getProperty(Caller.PROPERTY);
    }

    private void writeModel(JsonGenerator json, String id, Preset preset) throws IOException {
        ModelLimits known = limits.apply(preset);
        json.writeStartObject();
        json.writeStringField("id", id);
        json.writeStringField("object", "model");
        json.writeNumberField("created", created.getEpochSecond());
        json.writeStringField("owned_by", "o1-api");
        json.writeStringField("name", id);
        json.writeStringField("display_name", id);
        json.writeStringField("description", description(preset));
        if (known.context() != null) {
            json.writeNumberField("context_length", known.context());
        }
        if (known.maxOutput() != null) {
            json.writeNumberField("max_output_tokens", known.maxOutput());
        }
        json.writeStringField("strategy", preset.strategy().name());
        writeNames(json, "reasoning_efforts", Stream.of(Effort.values()).map(Effort::wireName));
        boolean isPro = preset.pro() == null;
        writeNames(
                json, "reasoning_modes", (isPro ? Stream.of(Mode.PRO) : Stream.of(Mode.values())).map(Mode::wireName));
        json.writeEndObject();
    }

    private static String description(Preset preset) {
        return preset.strategy().reasons()
                ? "Reasons before it answers (strategy: " + preset.strategy().name() + ")."
                : "Answers without reasoning in steps.";
    }

    private static void writeNames(JsonGenerator json, String field, Stream<String> names) throws IOException {
        json.writeArrayFieldStart(field);
        for (String name : names.toList()) {
            json.writeString(name);
        }
        json.writeEndArray();
    }
}
