package org.o1api.conversation;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/**
 * The reasoning that a client sent with messages, as a member of the turn's JSON, by the index of the message. It is
 * not stored in the message: earlier versions send each key of a message to the provider, but ignore unknown keys of a
 * turn.
 */
final class ResentReasoning {
    private static final String KEY = "sent_reasoning";

    private ResentReasoning() {}

    /** Writes the member; nothing if no message has reasoning. */
    static void write(List<Message> messages, JsonGenerator json) throws IOException {
        if (messages.stream().allMatch(message -> message.reasoning().isEmpty())) {
            return;
        }
        json.writeObjectFieldStart(KEY);
        for (int i = 0; i < messages.size(); i++) {
            Map<String, RawJson> reasoning = messages.get(i).reasoning();
            if (!reasoning.isEmpty()) {
                json.writeObjectFieldStart(Integer.toString(i));
                for (Map.Entry<String, RawJson> field : reasoning.entrySet()) {
                    json.writeFieldName(field.getKey());
                    json.writeRawValue(field.getValue().text());
                }
                json.writeEndObject();
            }
        }
        json.writeEndObject();
    }

    /** The reasoning of the messages that have some, by the index of the message. */
    static Map<String, RawJson> read(Map<String, RawJson> turn) {
        RawJson all = turn.get(KEY);
        return all == null ? Map.of() : TurnJson.members(all);
    }
}
