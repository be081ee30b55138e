package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonToken;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.json.JsonSlices;
import org.o1api.model.RawJson;

/**
 * Reads what a request says of tools: which there are, and the calls that a model made. Types that we do not know pass. A
 * function in the flat form of the Responses API is nested as the Chat API has it; all else goes on as it is written.
 */
final class ToolReader {
    private static final String FUNCTION = "function";

    /** What belongs into the function where a tool is flat; other keys stay beside it. */
    private static final Set<String> FUNCTION_KEYS = Set.of("name", "description", "parameters", "strict");

    private final JsonReader json;

    ToolReader(JsonReader json) {
        this.json = json;
    }

    /** The list of tools; null if it is empty. */
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

    /** Checks a tool. Returns it as the Chat API has it if it is flat, otherwise null. */
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

    /** What would be wrong with a field if its tool turns out to be flat. */
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

    /** Checks the type of the current value, which is a field of a function. */
    private void checkFunctionField(String path, String field) {
        switch (field) {
            case "name" -> json.name(path + ".name");
            case "description" -> json.string(path + ".description");
            case "parameters" -> json.require(JsonToken.START_OBJECT, path + ".parameters", "an object");
            default -> {}
        }
    }

    /**
     * Which tool the model has to call, an object. {@code {type: "function", name}} and {@code {type: "allowed_tools", mode,
     * tools}}, as the Responses API has them, are nested.
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

    /** The tools of a choice, those that are flat nested. */
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

    /** The calls of an assistant's message. */
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
