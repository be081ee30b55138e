package org.o1api.api;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.json.Json;
import org.o1api.model.ModelLimits;

/** Writes models in the form of Anthropic's API. */
final class AnthropicModels {
    /** The header by which Anthropic's clients are recognized: they always send it. */
    static final String VERSION = "anthropic-version";

    /** A model by the name that a client sends. */
    record Model(String id, ModelLimits limits) {}

    private AnthropicModels() {}

    /** Returns a list, which is always one page: there are as many models as the configuration has presets. */
    static byte[] list(List<Model> models, Instant created) {
        return Json.bytes(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("data");
            for (Model model : models) {
                write(json, model, created);
            }
            json.writeEndArray();
            json.writeBooleanField("has_more", false);
            json.writeStringField("first_id", models.isEmpty() ? null : models.get(0).id);
            json.writeStringField("last_id", models.isEmpty() ? null : models.get(models.size() - 1).id);
            json.writeEndObject();
        });
    }

    static void write(JsonGenerator json, Model model, Instant created) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "model");
        json.writeStringField("id", model.id);
        json.writeStringField("display_name", model.id);
        json.writeStringField("created_at", created.toString());
        writeNumber(json, "max_input_tokens", model.limits.context());
        writeNumber(json, "max_tokens", model.limits.maxOutput());
        json.writeEndObject();
    }

    private static void writeNumber(JsonGenerator json, String name, @Nullable Number limit) throws IOException {
        if (limit != null) {
            json.writeNumberField(name, limit.longValue());
        }
    }
}
