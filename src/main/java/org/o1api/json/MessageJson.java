package org.o1api.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.ToolCall;

/** Creates messages from their fields, and the fields from what a message says. */
public final class MessageJson {
    private MessageJson() {}

    /**
     * Creates a message from validated fields.
     *
     * @param content null: none, or an empty text if the role requires content
     * @param fields all other fields, in their order
     * @param reasoning of an assistant message; ignored for other roles
     */
    public static Message message(
            Role role, @Nullable Content content, Map<String, RawJson> fields, Map<String, RawJson> reasoning) {
        if (role == Role.ASSISTANT) {
            return assistant(content, fields, reasoning);
        }
        Content required = content == null ? new Content.Text("") : content;
        if (role.isToolResult()) {
            RawJson callId = fields.get(Message.TOOL_CALL_ID);
            return new Message.ToolResult(role, callId == null ? null : JsonSlices.string(callId), required, fields);
        }
        return role.isInstruction() ? new Message.System(role, required, fields) : new Message.User(required, fields);
    }

    /** Creates a message without reasoning from validated fields. */
    public static Message message(Role role, @Nullable Content content, Map<String, RawJson> fields) {
        return message(role, content, fields, Map.of());
    }

    /** Creates an assistant message from validated fields. */
    public static Message.Assistant assistant(
            @Nullable Content content, Map<String, RawJson> fields, Map<String, RawJson> reasoning) {
        RawJson calls = fields.get(Message.TOOL_CALLS);
        RawJson refusal = fields.get(Message.REFUSAL);
        return new Message.Assistant(
                content,
                calls == null ? List.of() : ToolCallJson.read(calls),
                refusal != null && refusal.text().startsWith("\"") ? JsonSlices.string(refusal) : null,
                fields,
                reasoning);
    }

    /** Returns an assistant message with more calls at the end. All its calls are written again. */
    public static Message.Assistant withToolCalls(Message.Assistant message, List<ToolCall> added) {
        List<ToolCall> calls = new ArrayList<>(message.toolCalls());
        calls.addAll(added);
        Map<String, RawJson> fields = new LinkedHashMap<>(message.fields());
        fields.put(Message.TOOL_CALLS, ToolCallJson.write(calls));
        return new Message.Assistant(message.content(), calls, message.refusal(), fields, message.reasoning());
    }

    /** Creates the result of a call. */
    public static Message.ToolResult toolResult(String callId, Content content) {
        return new Message.ToolResult(
                Role.TOOL, callId, content, Map.of(Message.TOOL_CALL_ID, new RawJson(JsonSlices.quoted(callId))));
    }
}
