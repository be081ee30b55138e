package org.o1api.api.responses;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.o1api.json.Json;
import org.o1api.json.JsonSlices;
import org.o1api.model.RawJson;

/** The fields of a response that repeat settings of its request: the values that are used, by name. */
final class ResponseSettings {
    private static final RawJson NULL = new RawJson("null");

    private ResponseSettings() {}

    /** The values of a request that sets nothing. */
    static Map<String, RawJson> defaults() {
        Map<String, RawJson> settings = new LinkedHashMap<>();
        settings.put("background", bool(false));
        settings.put("frequency_penalty", new RawJson("0"));
        settings.put("instructions", NULL);
        settings.put("max_output_tokens", NULL);
        settings.put("max_tool_calls", NULL);
        settings.put("metadata", new RawJson("{}"));
        settings.put("parallel_tool_calls", bool(true));
        settings.put("presence_penalty", new RawJson("0"));
        settings.put("previous_response_id", NULL);
        settings.put("prompt_cache_key", NULL);
        settings.put("safety_identifier", NULL);
        settings.put("service_tier", text("default"));
        settings.put(StateReader.STORE, bool(true));
        settings.put("temperature", new RawJson("1"));
        settings.put("text", new RawJson("{\"format\":{\"type\":\"text\"}}"));
        settings.put("tool_choice", text("auto"));
        settings.put("tools", new RawJson("[]"));
        settings.put("top_logprobs", new RawJson("0"));
        settings.put("top_p", new RawJson("1"));
        settings.put("truncation", text("auto"));
        return settings;
    }

    /** The setting {@code conversation}. */
    static RawJson conversation(String id) {
        return object(json -> json.writeStringField("id", id));
    }

    static RawJson bool(boolean value) {
        return new RawJson(String.valueOf(value));
    }

    static RawJson text(String value) {
        return new RawJson(JsonSlices.quoted(value));
    }

    /** Returns an object with the fields that a writer writes. */
    static RawJson object(Json.ValueWriter fields) {
        return json(json -> {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        });
    }

    /** Returns what a writer writes. */
    static RawJson json(Json.ValueWriter writer) {
        return new RawJson(new String(Json.bytes(writer), StandardCharsets.UTF_8));
    }
}
