package org.o1api.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.ToolCall;

/** Reads and writes lists of complete tool calls: the field {@code tool_calls} of an assistant message. */
public final class ToolCallJson {
    private ToolCallJson() {}

    /**
     * Reads a list that was validated before. Of duplicate keys the last one counts, except among the other fields of a function,
     * which are all kept. A key that is null counts as absent; an element that is not an object is skipped.
     */
    public static List<ToolCall> read(RawJson list) {
        List<ToolCall> calls = new ArrayList<>();
        try (JsonParser json = JsonSlices.parser(list)) {
            if (json.nextToken() == JsonToken.START_ARRAY) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    if (json.currentToken() == JsonToken.START_OBJECT) {
                        calls.add(call(json, list.text()));
                    } else {
                        json.skipChildren();
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("validated tool calls", e);
        }
        return calls;
    }

    /** A called function: its fields, and the JSON of those that are not in OpenAI's API. */
    private record Function(String name, String arguments, String others) {
        static final Function NONE = new Function("", "", "");
    }

    private static ToolCall call(JsonParser json, String text) throws IOException {
        String id = "";
        Function function = Function.NONE;
        Map<String, RawJson> fields = new LinkedHashMap<>(0);
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            if (value == JsonToken.VALUE_NULL && isKnown(key)) {
                continue;
            }
            switch (key) {
                case "id" -> id = string(json, text);
                case Delta.ToolCall.FUNCTION -> {
                    function = function(json, text);
                    fields.remove(key);
                    if (!function.others.isEmpty()) {
                        fields.put(key, new RawJson("{" + function.others + "}"));
                    }
                }
                case "index" -> json.skipChildren();
                case "type" -> {
                    RawJson type = JsonSlices.value(json, text);
                    fields.remove(key);
                    if (!JsonSlices.string(type).equals(Delta.ToolCall.FUNCTION)) {
                        fields.put(key, type);
                    }
                }
                default -> fields.put(key, JsonSlices.value(json, text));
            }
        }
        return new ToolCall(id, function.name, function.arguments, fields);
    }

    private static boolean isKnown(String key) {
        return switch (key) {
            case "id", "type", "index", Delta.ToolCall.FUNCTION -> true;
            default -> false;
        };
    }

    private static Function function(JsonParser json, String text) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return Function.NONE;
        }
        String name = "";
        String arguments = "";
        StringJoiner others = new StringJoiner(",");
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            switch (key) {
                case "name" -> name = value == JsonToken.VALUE_NULL ? name : string(json, text);
                case "arguments" -> arguments = value == JsonToken.VALUE_NULL ? arguments : string(json, text);
                default -> others.add(JsonSlices.quoted(key) + ":" + JsonSlices.value(json, text));
            }
        }
        return new Function(name, arguments, others.toString());
    }

    /** The current value: a string's content, or the JSON of another value. */
    private static String string(JsonParser json, String text) throws IOException {
        return json.currentToken() == JsonToken.VALUE_STRING
                ? json.getText()
                : JsonSlices.value(json, text).text();
    }

    /** Writes calls in the key order of OpenAI's API, without white space. */
    public static RawJson write(List<ToolCall> calls) {
        StringJoiner list = new StringJoiner(",", "[", "]");
        for (ToolCall call : calls) {
            list.add(write(call));
        }
        return new RawJson(list.toString());
    }

    private static String write(ToolCall call) {
        Map<String, RawJson> others = new LinkedHashMap<>(call.fields());
        RawJson type = others.remove("type");
        RawJson function = others.remove(Delta.ToolCall.FUNCTION);
        StringBuilder json = new StringBuilder("{\"id\":").append(JsonSlices.quoted(call.id()));
        json.append(",\"type\":").append(type == null ? "\"function\"" : type.text());
        if (type == null) {
            json.append(",\"function\":{\"name\":").append(JsonSlices.quoted(call.name()));
            json.append(",\"arguments\":").append(JsonSlices.quoted(call.arguments()));
            if (function != null) {
                JsonSlices.members(function).forEach(member -> append(member.name(), member.value(), json));
            }
            json.append('}');
        }
        others.forEach((name, value) -> append(name, value, json));
        return json.append('}').toString();
    }

    private static void append(String name, RawJson value, StringBuilder json) {
        json.append(',').append(JsonSlices.quoted(name)).append(':').append(value);
    }
}
