package org.o1api.api.responses;

import static org.o1api.api.items.CalledTool.INPUT;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.api.request.Fields;
import org.o1api.api.responses.ToolNames.Kind;
import org.o1api.api.responses.ToolNames.Tool;
import org.o1api.json.JsonSlices;
import org.o1api.model.ErrorCode;
import org.o1api.model.RawJson;

/**
 * Reads the tools of a request, and converts them to functions of the Chat Completions API: a custom tool to a function with one string,
 * a namespace to its tools. Tools that OpenAI hosts, such as {@code web_search}, are left out.
 */
final class ToolsReader {
    /** Those of the function that replaces a custom tool. */
    private static final RawJson INPUT_PARAMETERS = new RawJson("{\"type\":\"object\",\"properties\":{\"" + INPUT
            + "\":{\"type\":\"string\"}},\"required\":[\"" + INPUT + "\"],\"additionalProperties\":false}");

    /** The keys that a response must have for a function. */
    private static final List<String> FUNCTION_KEYS = List.of("description", "parameters", "strict");

    /**
     * A tool and what the provider gets of it.
     *
     * @param parameters null: none
     * @param strict null: not specified
     */
    private record Declared(
            Tool tool,
            @Nullable String description,
            @Nullable RawJson parameters,
            @Nullable RawJson strict) {}

    private final List<Declared> tools = new ArrayList<>();
    private final StringJoiner repeated = new StringJoiner(",", "[", "]");

    /** Reads the field {@code tools}. */
    void read(RawJson list, String path) {
        read(list, path, repeated);
    }

    /** Reads the tools of an input item {@code additional_tools}. */
    void readAdditional(RawJson list, String path) {
        read(list, path, new StringJoiner(","));
    }

    private void read(RawJson list, String path, StringJoiner accepted) {
        int index = 0;
        for (RawJson tool : JsonSlices.elements(list)) {
            Fields fields = new Fields(tool, path + "[" + index++ + "]");
            switch (fields.requiredString("type")) {
                case "function" -> {
                    tools.add(function(fields, null, ""));
                    accepted.add(withAllKeys(fields));
                }
                case "custom" -> {
                    tools.add(custom(fields, null, ""));
                    accepted.add(tool.text());
                }
                case "namespace" -> {
                    readNamespace(fields);
                    accepted.add(fields.get("description") == null ? withDescription(fields) : tool.text());
                }
                default -> {} // hosted by OpenAI
            }
        }
    }

    /** The description of a namespace precedes that of its first tool. */
    private void readNamespace(Fields namespace) {
        String name = namespace.requiredName("name");
        String description = namespace.string("description");
        RawJson list = namespace.list("tools");
        if (list == null) {
            throw RequestException.missing(namespace.path("tools"));
        }
        String preceding = description == null || description.isEmpty() ? "" : description + "\n\n";
        int index = 0;
        for (RawJson tool : JsonSlices.elements(list)) {
            Fields fields = new Fields(tool, namespace.path("tools[" + index + "]"));
            String given = index++ == 0 ? preceding : "";
            switch (fields.requiredString("type")) {
                case "function" -> tools.add(function(fields, name, given));
                case "custom" -> tools.add(custom(fields, name, given));
                default ->
                    throw new RequestException(
                            ErrorCode.INVALID_REQUEST,
                            fields.path("type"),
                            "'" + fields.path("type") + "' must be one of function, custom.");
            }
        }
    }

    private static Declared function(Fields fields, @Nullable String namespace, String precedingDescription) {
        Tool tool = new Tool(Kind.FUNCTION, namespace, fields.requiredName("name"));
        String description = fields.string("description");
        return new Declared(
                tool,
                description(precedingDescription, description == null ? "" : description),
                fields.object("parameters"),
                fields.bool("strict"));
    }

    private static Declared custom(Fields fields, @Nullable String namespace, String precedingDescription) {
        Tool tool = new Tool(Kind.CUSTOM, namespace, fields.requiredName("name"));
        String own = fields.string("description");
        Fields format = fields.fields("format");
        String grammar = format == null ? "" : grammar(format);
        String description = own == null || own.isEmpty() || grammar.isEmpty()
                ? (own == null ? "" : own) + grammar
                : own + "\n\n" + grammar;
        return new Declared(tool, description(precedingDescription, description), INPUT_PARAMETERS, null);
    }

    /** What the model is told about the grammar of a custom tool's input; empty if there is none. */
    private static String grammar(Fields format) {
        if (!format.requiredString("type").equals("grammar")) {
            return "";
        }
        return "The " + INPUT + " must match this grammar (" + format.requiredString("syntax") + "):\n"
                + format.requiredString("definition");
    }

    private static @Nullable String description(String preceding, String own) {
        String description = own.isEmpty() ? preceding.stripTrailing() : preceding + own;
        return description.isEmpty() ? null : description;
    }

    private static String withAllKeys(Fields tool) {
        Map<String, String> all = new LinkedHashMap<>();
        tool.all().forEach((name, value) -> all.put(name, value.text()));
        FUNCTION_KEYS.forEach(name -> all.putIfAbsent(name, "null"));
        return object(all);
    }

    private static String withDescription(Fields namespace) {
        Map<String, String> all = new LinkedHashMap<>();
        namespace.all().forEach((name, value) -> all.put(name, value.text()));
        all.put("description", "\"\"");
        return object(all);
    }

    private static String object(Map<String, String> fields) {
        StringJoiner object = new StringJoiner(",", "{", "}");
        fields.forEach((name, value) -> object.add(JsonSlices.quoted(name) + ":" + value));
        return object.toString();
    }

    /** Returns all tools that were read. */
    RequestTools tools() {
        ToolNames names = new ToolNames(tools.stream().map(Declared::tool).toList());
        StringJoiner provided = new StringJoiner(",", "[", "]").setEmptyValue("");
        Set<String> written = new LinkedHashSet<>();
        for (Declared declared : tools) {
            String name = names.providerName(declared.tool.namespace(), declared.tool.name());
            if (written.add(name)) {
                provided.add(provided(name, declared));
            }
        }
        return new RequestTools(
                written.isEmpty() ? null : new RawJson(provided.toString()), new RawJson(repeated.toString()), names);
    }

    private static String provided(String name, Declared declared) {
        Map<String, String> function = new LinkedHashMap<>();
        function.put("name", JsonSlices.quoted(name));
        if (declared.description != null) {
            function.put("description", JsonSlices.quoted(declared.description));
        }
        if (declared.parameters != null) {
            function.put("parameters", declared.parameters.text());
        }
        if (declared.strict != null) {
            function.put("strict", declared.strict.text());
        }
        return "{\"type\":\"function\",\"function\":" + object(function) + "}";
    }
}
