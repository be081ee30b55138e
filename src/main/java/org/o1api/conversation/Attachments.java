package org.o1api.conversation;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.json.JsonSlices;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/**
 * The attachments of the results of calls, as a member of the turn's JSON, by the index of the message. They are not stored in the
 * message, because providers do not accept them there.
 */
final class Attachments {
    private static final String KEY = "attachments";

    private Attachments() {}

    /** Writes the member; nothing if no message has attachments. */
    static void write(List<Message> messages, JsonGenerator json) throws IOException {
        boolean started = false;
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i) instanceof Message.ToolResult result
                    && !result.attachments().isEmpty()) {
                if (!started) {
                    json.writeObjectFieldStart(KEY);
                    started = true;
                }
                json.writeArrayFieldStart(Integer.toString(i));
                for (RawJson part : result.attachments()) {
                    json.writeRawValue(part.text());
                }
                json.writeEndArray();
            }
        }
        if (started) {
            json.writeEndObject();
        }
    }

    /** The attachments of the messages that have some, by the index of the message. */
    static Map<String, RawJson> read(Map<String, RawJson> turn) {
        RawJson all = turn.get(KEY);
        return all == null ? Map.of() : TurnJson.members(all);
    }

    /** Returns a message with its attachments. */
    static Message attach(Message message, @Nullable RawJson parts) {
        return parts != null && message instanceof Message.ToolResult result
                ? result.withAttachments(JsonSlices.elements(parts))
                : message;
    }
}
