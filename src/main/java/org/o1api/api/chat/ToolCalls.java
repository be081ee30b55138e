package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.o1api.api.Json;
import org.o1api.llm.RawJson;
import org.o1api.upstream.Delta;

/** Tool calls, put together of their pieces. */
final class ToolCalls {
    private final Map<Integer, ToolCall> byIndex = new TreeMap<>();

    private static final class ToolCall {
        private @Nullable String id;
        private @Nullable String name;
        private final StringBuilder arguments = new StringBuilder();
    }

    void add(Delta.ToolCall piece) {
        ToolCall call = byIndex.computeIfAbsent(piece.index(), index -> new ToolCall());
        call.id = call.id == null ? piece.id() : call.id;
        call.name = call.name == null ? piece.name() : call.name;
        call.arguments.append(piece.arguments());
    }

    boolean isEmpty() {
        return byIndex.isEmpty();
    }

    /** Written tool calls as pieces again, a whole call each. */
    static List<Delta.ToolCall> pieces(RawJson written) {
        List<Delta.ToolCall> pieces = new ArrayList<>();
        for (JsonNode call : Json.tree(written)) {
            JsonNode function = call.path("function");
            pieces.add(new Delta.ToolCall(
                    pieces.size(),
                    call.path("id").asText(),
                    function.path("name").asText(),
                    function.path("arguments").asText()));
        }
        return pieces;
    }

    /** Writes them as a list in the shape of a message's {@code tool_calls}. */
    void write(JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (ToolCall call : byIndex.values()) {
            json.writeStartObject();
            json.writeStringField("id", call.id == null ? "" : call.id);
            json.writeStringField("type", "function");
            json.writeObjectFieldStart("function");
            json.writeStringField("name", call.name == null ? "" : call.name);
            json.writeStringField("arguments", call.arguments.toString());
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
