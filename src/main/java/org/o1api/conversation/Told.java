package org.o1api.conversation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.Content;
import org.o1api.llm.Message;
import org.o1api.llm.RawJson;
import org.o1api.llm.Role;

/**
 * A message of a stored turn.
 *
 * @param message as the model is told it
 * @param sent an answer's content as its client got it, where that was more than the answer
 */
record Told(Message message, MessageText text, @Nullable String sent) {
    /** What a turn added to its conversation: what the caller said, then the answer. */
    static List<Told> of(StoredTurn turn) {
        List<Told> all = new ArrayList<>();
        for (Message message : turn.messages()) {
            all.add(new Told(message, MessageText.of(message), null));
        }
        StoredTurn.Answer answer = turn.answer();
        if (answer != null) {
            Message message = message(answer, Map.of());
            all.add(new Told(message, MessageText.of(message), answer.sent()));
        }
        return all;
    }

    /** The answer as a message, with what else it is to carry. */
    static Message message(StoredTurn.Answer answer, Map<String, RawJson> more) {
        Map<String, RawJson> fields = new LinkedHashMap<>(more);
        if (answer.toolCalls() != null) {
            fields.put("tool_calls", answer.toolCalls());
        }
        String said = answer.content() == null ? answer.refusal() : answer.content();
        return new Message(Role.ASSISTANT, said == null ? null : new Content.Text(said), fields);
    }

    /** Whether a message that a client sends is this one again. */
    boolean isSentAgain(MessageText asked) {
        return text.equals(asked)
                || (sent != null
                        && asked.role() == text.role()
                        && asked.calls().equals(text.calls())
                        && Objects.equals(asked.text(), sent.strip()));
    }
}
