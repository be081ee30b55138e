package org.o1api.api.responses;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.o1api.api.GrowingText;
import org.o1api.api.items.CalledTool;
import org.o1api.api.responses.ToolNames.Kind;
import org.o1api.api.responses.ToolNames.Tool;
import org.o1api.json.Json;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.ToolCall;

/**
 * A call of a function or of a custom tool. The input of a custom tool is known when its arguments are complete, so it is one delta. What
 * a provider adds to a call is part of the item, so that the client sends it back.
 */
final class CallItem extends OutputItem {
    private final Tool tool;
    private final String callId;
    private final GrowingText arguments = new GrowingText();
    private final Map<String, RawJson> additions = new LinkedHashMap<>(0);

    CallItem(Tool tool, String callId, Position position, ResponseEvents events) {
        super(tool.kind() == Kind.CUSTOM ? "custom_tool_call" : "function_call", position, events);
        this.tool = tool;
        this.callId = callId;
    }

    void append(Delta.ToolCall piece) {
        arguments.append(piece.arguments());
        additions.putAll(ToolCall.providerFields(piece.fields()));
    }

    /** Whether the arguments are a complete object, to which nothing can be added. */
    boolean isComplete() {
        return arguments.isObjectOrArray();
    }

    private boolean isCustom() {
        return tool.kind() == Kind.CUSTOM;
    }

    /** The input of a custom tool. Arguments that are not the expected object are the input themselves. */
    private String input() {
        return CalledTool.input(arguments.toString());
    }

    @Override
    void render() {
        if (!isCustom() && arguments.hasUnsent()) {
            String delta = arguments.takeUnsent();
            addEvent("response.function_call_arguments.delta", json -> json.writeStringField("delta", delta));
        }
    }

    @Override
    void endContent() {
        if (isCustom()) {
            String input = input();
            addEvent("response.custom_tool_call_input.delta", json -> json.writeStringField("delta", input));
            addEvent("response.custom_tool_call_input.done", json -> json.writeStringField("input", input));
        } else {
            String whole = arguments.toString();
            addEvent("response.function_call_arguments.done", json -> {
                json.writeStringField("name", tool.name());
                json.writeStringField("arguments", whole);
            });
        }
    }

    @Override
    void writeFields(JsonGenerator json) throws IOException {
        json.writeStringField("call_id", callId);
        json.writeStringField("name", tool.name());
        if (tool.namespace() != null) {
            json.writeStringField("namespace", tool.namespace());
        }
        if (isCustom()) {
            json.writeStringField("input", isOpen() ? "" : input());
        } else {
            json.writeStringField("arguments", isOpen() ? "" : arguments.toString());
        }
        for (Map.Entry<String, RawJson> addition : additions.entrySet()) {
            json.writeFieldName(addition.getKey());
            Json.writeRaw(json, addition.getValue());
        }
    }
}
