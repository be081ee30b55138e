package org.o1api.json;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.ToolCall;

/** Joins the pieces of tool calls, and writes and parses lists of tool calls. */
public final class ToolCalls {
    private final Map<Integer, Pieces> byIndex = new TreeMap<>();

    private static final class Pieces {
        private @Nullable String id;
        private @Nullable String name;
        private final StringBuilder arguments = new StringBuilder();
        private final Map<String, RawJson> fields = new LinkedHashMap<>(0);
    }

    public void add(Delta.ToolCall delta) {
        Pieces call = byIndex.computeIfAbsent(delta.index(), index -> new Pieces());
        call.id = call.id == null ? delta.id() : call.id;
        call.name = call.name == null ? delta.name() : call.name;
        call.arguments.append(delta.arguments());
        call.fields.putAll(delta.fields());
    }

    public boolean isEmpty() {
        return byIndex.isEmpty();
    }

    /** Each call as one piece, in the order of their indexes. */
    public List<Delta.ToolCall> joined() {
        List<Delta.ToolCall> joined = new ArrayList<>();
        byIndex.forEach((index, call) ->
                joined.add(new Delta.ToolCall(index, call.id, call.name, call.arguments.toString(), call.fields)));
        return joined;
    }

    /** Parses tool calls, each into one delta. */
    public static List<Delta.ToolCall> parse(RawJson json) {
        List<Delta.ToolCall> deltas = new ArrayList<>();
        for (ToolCall call : ToolCallJson.read(json)) {
            deltas.add(new Delta.ToolCall(deltas.size(), call.id(), call.name(), call.arguments(), call.fields()));
        }
        return deltas;
    }

    /** Writes the fields of a tool call that are not part of OpenAI's API. */
    public static void writeExtraFields(JsonGenerator json, Map<String, RawJson> fields) throws IOException {
        for (Map.Entry<String, RawJson> field : fields.entrySet()) {
            if (!field.getKey().equals(Delta.ToolCall.FUNCTION)) {
                json.writeFieldName(field.getKey());
                Json.writeRaw(json, field.getValue());
            }
        }
    }

    /** Writes the fields of its function that are not part of OpenAI's API, including duplicates. */
    public static void writeExtraFunctionFields(JsonGenerator json, Map<String, RawJson> fields) throws IOException {
        RawJson function = fields.get(Delta.ToolCall.FUNCTION);
        if (function != null) {
            for (JsonSlices.Member field : JsonSlices.members(function)) {
                json.writeFieldName(field.name());
                Json.writeRaw(json, field.value());
            }
        }
    }

    /** Writes the calls as the list {@code tool_calls} of a message. */
    public void write(JsonGenerator json) throws IOException {
        List<ToolCall> calls = new ArrayList<>();
        for (Delta.ToolCall call : joined()) {
            calls.add(new ToolCall(
                    call.id() == null ? "" : call.id(),
                    call.name() == null ? "" : call.name(),
                    call.arguments(),
                    call.fields()));
        }
        Json.writeRaw(json, ToolCallJson.write(calls));
    }
}
