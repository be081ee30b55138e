package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonToken;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.api.request.JsonReader;
import org.o1api.json.JsonSlices;
import org.o1api.model.RawJson;

/**
 * Validates tools, tool choices and tool calls. Unknown types are passed on. Functions in the flat format of the
 * Responses API are converted to the nested format of the Chat Completions API; everything else stays byte for byte.
 */
final class ToolReader {
    private static final String FUNCTION = "function";

    /** The keys that belong to the function in the nested format. Other keys stay beside it. */
    private static final Set<String> FUNCTION_KEYS = Set.of("name", "description", "parameters", "strict");

    private final JsonReader json;

    ToolReader(JsonReader json) {
        this.json = json;
    }

    /** Returns the list of tools; null if it is empty. */
    @Nullable
    RawJson tools(String path) {
        json.require(JsonToken.START_ARRAY, path, "a list of tools");
        int from = json.start();
        StringBuilder tools = new StringBuilder();
        int count = 0;
        while (json.next() != JsonToken.END_ARRAY) {
            int start = json.start();
            @Nullable String nested = checkTool(path + "[" + count++ + "]");
            if (nested != null) {
                tools.append(json.slice(from, start)).append(nested);
                from = json.end();
            }
        }
        return count == 0 ? null : new RawJson(tools + json.slice(from, json.end()));
    }

    /** Validates a tool. Returns its nested format if it is flat, otherwise null. */
    private @Nullable String checkTool(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object");
        String type = null;
        boolean hasFunction = false;
        @Nullable RequestException errorOfFlatTool = null;
        Map<String, RawJson> others = new LinkedHashMap<>();
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            switch (field) {
                case "type" -> type = json.string(path + ".type");
                case FUNCTION -> {
                    checkFunction(path + "." + FUNCTION);
                    hasFunction = true;
                }
                default -> {
                    errorOfFlatTool = errorOfFlatTool == null ? errorIfFlat(path, field) : errorOfFlatTool;
                    others.put(field, json.raw());
                }
            }
        }
        if (type == null) {
            throw RequestException.missing(path + ".type");
        }
        if (!type.equals(FUNCTION) || hasFunction) {
            return null;
        }
        if (!others.containsKey("name")) {
            throw RequestException.missing(path + "." + FUNCTION);
        }
        if (errorOfFlatTool != null) {
            throw errorOfFlatTool;
        }
        return nested(others);
    }

    /** Returns the error of a field that applies if its tool turns out to be flat; null if there is none. */
    private @Nullable RequestException errorIfFlat(String path, String field) {
        try {
            checkFunctionField(path, field);
            return null;
        } catch (RequestException e) {
            return e;
        }
    }

    private static String nested(Map<String, RawJson> flat) {
        StringBuilder function = new StringBuilder();
        StringBuilder others = new StringBuilder();
        flat.forEach((name, value) -> {
            if (FUNCTION_KEYS.contains(name)) {
                function.append(function.isEmpty() ? "" : ",")
                        .append('"')
                        .append(name)
                        .append("\":")
                        .append(value);
            } else {
                others.append(',').append(JsonSlices.quoted(name)).append(':').append(value);
            }
        });
        return "{\"type\":\"function\",\"function\":{" + function + "}" + others + "}";
    }

    private void checkFunction(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object");
        boolean named = false;
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            checkFunctionField(path, field);
            named |= field.equals("name");
            json.skip();
        }
        if (!named) {
            throw RequestException.missing(path + ".name");
        }
    }

    /** Checks the type of a field of a function, which is the current value. */
    private void checkFunctionField(String path, String field) {
        switch (field) {
            case "name" -> json.name(path + ".name");
            case "description" -> json.string(path + ".description");
            case "parameters" -> json.require(JsonToken.START_OBJECT, path + ".parameters", "an object");
            default -> {}
        }
    }

    /**
     * Returns {@code tool_choice} if it is an object. {@code {type: "function", name}} and
     * {@code {type: "allowed_tools", mode, tools}}, the formats of the Responses API, are converted to the nested
     * formats.
     */
    RawJson choice(String path) {
        json.require(JsonToken.START_OBJECT, path, "a string or an object");
        int start = json.start();
        String type = "";
        boolean isNested = false;
        Map<String, String> flat = new LinkedHashMap<>();
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            switch (field) {
                case "type" -> type = json.string(path + ".type");
                case FUNCTION, "allowed_tools" -> {
                    isNested = true;
                    json.skip();
                }
                case "tools" -> flat.put(field, allowedTools(path + ".tools"));
                default -> flat.put(field, json.raw().text());
            }
        }
        if (!isNested && type.equals(FUNCTION) && flat.containsKey("name")) {
            return nestedChoice(FUNCTION, flat, "name");
        }
        if (!isNested && type.equals("allowed_tools") && flat.containsKey("tools")) {
            return nestedChoice("allowed_tools", flat, "mode", "tools");
        }
        return json.rawFrom(start);
    }

    private static RawJson nestedChoice(String type, Map<String, String> flat, String... nested) {
        StringBuilder inner = new StringBuilder();
        for (String name : nested) {
            if (flat.containsKey(name)) {
                inner.append(inner.isEmpty() ? "" : ",")
                        .append('"')
                        .append(name)
                        .append("\":")
                        .append(flat.remove(name));
            }
        }
        StringBuilder others = new StringBuilder();
        flat.forEach((name, value) ->
                others.append(',').append(JsonSlices.quoted(name)).append(':').append(value));
        return new RawJson("{\"type\":\"" + type + "\",\"" + type + "\":{" + inner + "}" + others + "}");
    }

    /** Returns the tools of an allowed-tools choice, converted to the nested format. */
    private String allowedTools(String path) {
        json.require(JsonToken.START_ARRAY, path, "a list of tools");
        int from = json.start();
        StringBuilder tools = new StringBuilder();
        for (int i = 0; json.next() != JsonToken.END_ARRAY; i++) {
            int start = json.start();
            RawJson tool = choice(path + "[" + i + "]");
            tools.append(json.slice(from, start)).append(tool);
            from = json.end();
        }
        return tools + json.slice(from, json.end());
    }

    /** Validates and returns the tool calls of an assistant message. */
    RawJson calls(String path) {
        json.require(JsonToken.START_ARRAY, path, "a list of tool calls");
        int start = json.start();
        for (int i = 0; json.next() != JsonToken.END_ARRAY; i++) {
            checkCall(path + "[" + i + "]");
        }
        return json.rawFrom(start);
    }

    private void checkCall(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object");
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            switch (field) {
                case "id", "type" -> json.string(path + "." + field);
                case FUNCTION -> checkCalledFunction(path + "." + FUNCTION);
                default -> json.skip();
            }
        }
    }

    private void checkCalledFunction(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object");
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            switch (field) {
                case "name" -> json.name(path + ".name");
                case "arguments" -> json.string(path + ".arguments");
                default -> json.skip();
            }
        }
    }
}
