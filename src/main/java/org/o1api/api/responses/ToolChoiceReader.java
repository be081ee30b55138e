package org.o1api.api.responses;

import static org.o1api.api.RequestException.require;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.api.request.Fields;
import org.o1api.json.Json;
import org.o1api.json.JsonSlices;
import org.o1api.model.ErrorCode;
import org.o1api.model.RawJson;

/** Converts {@code tool_choice} to that of the Chat Completions API, with the provider's names of the tools. */
final class ToolChoiceReader {
    private static final String PATH = "tool_choice";
    private static final Set<String> MODES = Set.of("none", "auto", "required");

    private static final String ALLOWED_TOOLS = "allowed_tools";
    private static final Set<String> SUPPORTED = Set.of("function", "custom", "namespace");
    private static final RawJson NONE = new RawJson("\"none\"");

    private final ToolNames tools;

    ToolChoiceReader(ToolNames tools) {
        this.tools = tools;
    }

    /**
     * Reads a choice.
     *
     * @throws RequestException if it is invalid, or demands a tool that the gateway leaves out or the request does not have
     */
    RawJson read(RawJson choice) {
        if (choice.text().startsWith("\"")) {
            require(MODES.contains(JsonSlices.string(choice)), PATH, "one of none, auto, required, or an object");
            return choice;
        }
        Fields fields = new Fields(choice, PATH);
        return switch (fields.requiredString("type")) {
            case "function", "custom" -> new RawJson(function(requiredTool(fields)));
            case ALLOWED_TOOLS -> allowedTools(fields);
            default ->
                throw new RequestException(
                        ErrorCode.UNSUPPORTED_VALUE,
                        fields.path("type"),
                        "'tool_choice' demands a tool that this gateway does not have. It supports tools of the types function,"
                                + " custom and namespace.");
        };
    }

    /** What the response repeats of a valid choice: it has no tools that the gateway leaves out. */
    static RawJson repeated(RawJson choice) {
        if (choice.text().startsWith("\"")) {
            return choice;
        }
        Fields fields = new Fields(choice, PATH);
        RawJson list = fields.list("tools");
        if (list == null || !ALLOWED_TOOLS.equals(fields.string("type"))) {
            return choice;
        }
        List<RawJson> all = JsonSlices.elements(list);
        List<RawJson> supported = all.stream()
                .filter(tool -> SUPPORTED.contains(String.valueOf(new Fields(tool, PATH).string("type"))))
                .toList();
        if (supported.size() == all.size()) {
            return choice;
        }
        if (supported.isEmpty()) {
            return NONE;
        }
        return ResponseSettings.object(json -> {
            json.writeStringField("type", ALLOWED_TOOLS);
            json.writeStringField("mode", fields.requiredString("mode"));
            json.writeArrayFieldStart("tools");
            for (RawJson tool : supported) {
                Json.writeRaw(json, tool);
            }
            json.writeEndArray();
        });
    }

    private static String function(String providerName) {
        return "{\"type\":\"function\",\"function\":{\"name\":" + JsonSlices.quoted(providerName) + "}}";
    }

    /** Returns the provider's name of a tool that a choice names. */
    private String requiredTool(Fields choice) {
        String name = choice.requiredName("name");
        @Nullable String namespace = choice.string("namespace");
        if (!tools.contains(namespace, name)) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    choice.path("name"),
                    "'" + choice.path("name") + "' must be the name of one of the request's tools.");
        }
        return tools.providerName(namespace, name);
    }

    private RawJson allowedTools(Fields choice) {
        String mode = choice.requiredString("mode");
        require(mode.equals("auto") || mode.equals("required"), choice.path("mode"), "one of auto, required");
        RawJson list = choice.list("tools");
        if (list == null) {
            throw RequestException.missing(choice.path("tools"));
        }
        Set<String> allowed = new LinkedHashSet<>();
        Map<String, List<String>> namespaces = tools.byNamespace();
        int index = 0;
        for (RawJson element : JsonSlices.elements(list)) {
            addAllowed(new Fields(element, choice.path("tools[" + index++ + "]")), namespaces, allowed);
        }
        if (!allowed.isEmpty()) {
            return new RawJson("{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":" + JsonSlices.quoted(mode)
                    + ",\"tools\":["
                    + allowed.stream().map(ToolChoiceReader::function).collect(Collectors.joining(",")) + "]}}");
        }
        if (mode.equals("required")) {
            throw new RequestException(
                    ErrorCode.UNSUPPORTED_VALUE,
                    choice.path("tools"),
                    "'" + choice.path("tools") + "' allows no tool that this gateway supports, but one is required.");
        }
        return NONE;
    }

    /**
     * Adds the provider's names of the tools that an entry allows; none for a tool that the gateway leaves out.
     *
     * @param namespaces the names of the tools of each namespace that was not allowed before: a list may repeat it any number of times
     */
    private void addAllowed(Fields tool, Map<String, List<String>> namespaces, Set<String> allowed) {
        switch (tool.requiredString("type")) {
            case "function", "custom" -> allowed.add(requiredTool(tool));
            case "namespace" -> {
                List<String> names = namespaces.remove(tool.requiredName("name"));
                if (names != null) {
                    allowed.addAll(names);
                }
            }
            default -> {}
        }
    }
}
