package org.o1api.api.messages;

import static org.o1api.api.RequestException.require;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.api.request.Fields;
import org.o1api.api.request.ToolConstraints;
import org.o1api.json.JsonSlices;
import org.o1api.model.ErrorCode;
import org.o1api.model.RawJson;

/**
 * Converts tools and the choice among them to those of the Chat Completions API. Tools whose type is one of Anthropic's, such as
 * {@code web_search_20250305}, are left out.
 */
final class ToolsReader {
    /** Functions by name. */
    private final Map<String, String> functions = new LinkedHashMap<>();

    /** The names of the tools that were left out. */
    private final Set<String> omitted = new HashSet<>();

    /** Reads the field {@code tools}. */
    void read(RawJson list, String path) {
        functions.clear();
        omitted.clear();
        int index = 0;
        for (RawJson element : JsonSlices.elements(list)) {
            Fields tool = new Fields(element, path + "[" + index++ + "]");
            String type = tool.string("type");
            if (type == null || type.equals("custom")) {
                String name = tool.requiredName("name");
                functions.put(name, function(name, tool));
            } else {
                String name = tool.string("name");
                if (name != null) {
                    omitted.add(name);
                }
            }
        }
    }

    private static String function(String name, Fields tool) {
        StringJoiner function = new StringJoiner(",", "{", "}");
        function.add("\"name\":" + JsonSlices.quoted(name));
        String description = tool.string("description");
        if (description != null) {
            function.add("\"description\":" + JsonSlices.quoted(description));
        }
        RawJson schema = tool.object("input_schema");
        if (schema != null) {
            function.add("\"parameters\":" + schema);
        }
        RawJson strict = tool.bool("strict");
        if (strict != null) {
            function.add("\"strict\":" + strict);
        }
        return "{\"type\":\"function\",\"function\":" + function + "}";
    }

    /** The tools for the provider; null: none. */
    @Nullable
    RawJson provided() {
        return functions.isEmpty() ? null : new RawJson("[" + String.join(",", functions.values()) + "]");
    }

    /**
     * Reads the field {@code tool_choice} into the fields for the provider.
     *
     * @throws RequestException if it is invalid, or demands a tool that the request does not have or the gateway leaves out
     */
    void choose(RawJson choice, Map<String, RawJson> closingFields) {
        Fields fields = new Fields(choice, "tool_choice");
        closingFields.put("tool_choice", new RawJson(choice(fields)));
        RawJson single = fields.bool("disable_parallel_tool_use");
        if (single != null && single.text().equals("true")) {
            closingFields.put("parallel_tool_calls", new RawJson("false"));
        }
    }

    private String choice(Fields choice) {
        return switch (choice.requiredString("type")) {
            case "auto" -> "\"auto\"";
            case "any" -> "\"required\"";
            case "none" -> "\"none\"";
            case "tool" -> {
                String name = choice.requiredName("name");
                String expected = omitted.contains(name)
                        ? "the name of a function: this gateway has no tools of its own"
                        : "the name of one of the request's tools";
                require(functions.containsKey(name), choice.path("name"), expected);
                yield "{\"type\":\"function\",\"function\":{\"name\":" + JsonSlices.quoted(name) + "}}";
            }
            default ->
                throw new RequestException(
                        ErrorCode.INVALID_REQUEST,
                        choice.path("type"),
                        "'" + choice.path("type") + "' must be one of auto, any, tool, none.");
        };
    }

    /** Removes the choice if there is nothing to choose from. */
    void removeConstraintsWithoutTools(Map<String, RawJson> closingFields) {
        if (functions.isEmpty()) {
            ToolConstraints.removeWithoutTools(closingFields);
        }
    }
}
