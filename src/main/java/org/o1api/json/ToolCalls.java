package org.o1api.json;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;

/** Joins the pieces of tool calls, and writes and parses lists of tool calls. */
public final class ToolCalls {
    private final Map<Integer, ToolCall> byIndex = new TreeMap<>();

    private static final class ToolCall {
        private @Nullable String id;
        private @Nullable String name;
        private final StringBuilder arguments = new StringBuilder();
        private final Map<String, RawJson> fields = new LinkedHashMap<>(0);
    }

    public void add(Delta.ToolCall delta) {
        ToolCall call = byIndex.computeIfAbsent(delta.index(), index -> new ToolCall());
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
        for (RawJson element : JsonSlices.elements(json)) {
            String id = "";
            String name = "";
            String arguments = "";
            for (JsonSlices.Member member : JsonSlices.members(element)) {
                if (member.name().equals("id")) {
                    id = JsonSlices.string(member.value());
                } else if (member.name().equals(Delta.ToolCall.FUNCTION)) {
                    for (JsonSlices.Member field : JsonSlices.members(member.value())) {
                        switch (field.name()) {
                            case "name" -> name = JsonSlices.string(field.value());
                            case "arguments" -> arguments = JsonSlices.string(field.value());
                            default -> {}
                        }
                    }
                }
            }
            deltas.add(new Delta.ToolCall(deltas.size(), id, name, arguments, extraFields(element)));
        }
        return deltas;
    }

    /** Returns the fields of a tool call that are not part of OpenAI's API. */
    private static Map<String, RawJson> extraFields(RawJson call) {
        Map<String, RawJson> fields = new LinkedHashMap<>();
        for (JsonSlices.Member member : JsonSlices.members(call)) {
            switch (member.name()) {
                case "index", "id", "type" -> {}
                case Delta.ToolCall.FUNCTION -> {
                    String extraFunctionFields = JsonSlices.members(member.value()).stream()
                            .filter(field -> !List.of("name", "arguments").contains(field.name()))
                            .map(field -> JsonSlices.quoted(field.name()) + ":" + field.value())
                            .collect(Collectors.joining(","));
                    if (!extraFunctionFields.isEmpty()) {
                        fields.put(member.name(), new RawJson("{" + extraFunctionFields + "}"));
                    }
                }
                default -> fields.put(member.name(), member.value());
            }
        }
        return fields;
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
        json.writeStartArray();
        for (ToolCall call : byIndex.values()) {
            json.writeStartObject();
            json.writeStringField("id", call.id == null ? "" : call.id);
            json.writeStringField("type", "function");
            json.writeObjectFieldStart("function");
            json.writeStringField("name", call.name == null ? "" : call.name);
            json.writeStringField("arguments", call.arguments.toString());
            writeExtraFunctionFields(json, call.fields);
            json.writeEndObject();
            writeExtraFields(json, call.fields);
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
