package org.o1api.conversation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.Content;
import org.o1api.llm.Message;
import org.o1api.llm.RawJson;
import org.o1api.llm.Role;

/**
 * A message of a stored turn.
 *
 * @param message as it stands in the prompt
 * @param sent an answer as its client got it, if that was more than the answer
 */
record Told(Message message, MessageText text, @Nullable MessageText sent) {
    private static final String IMAGE = "(an image)";

    /**
     * The texts of a turn for the prompt, except instructions.
     *
     * @param reasoning whether its answer comes with the reasoning
     */
    static List<MessageText> texts(StoredTurn turn, boolean reasoning) {
        List<MessageText> texts = new ArrayList<>();
        for (Told told : of(turn)) {
            if (!told.message.role().instructs()) {
                texts.add(told.text);
            }
        }
        if (reasoning && turn.answer() != null) {
            texts.add(MessageText.of(Message.assistant(reasoning(turn.answer()))));
        }
        return texts;
    }

    /** The steps of an answer as one text. */
    static String reasoning(StoredTurn.Answer answer) {
        return answer.reasoning().stream().map(StoredTurn.Step::summary).collect(Collectors.joining("\n\n"));
    }

    /** What a turn added to its conversation: what the caller said, then the answer. */
    static List<Told> of(StoredTurn turn) {
        List<Told> all = new ArrayList<>();
        for (Message message : turn.messages()) {
            all.add(new Told(message, MessageText.of(message), null));
        }
        StoredTurn.Answer answer = turn.answer();
        if (answer != null) {
            Message message = message(answer, Map.of());
            MessageText text = MessageText.of(message);
            all.add(new Told(message, text, answer.sent() == null ? null : text.saying(answer.sent())));
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

    /** The answer as the provider gets it. Many reject an assistant's message without any content: images alone are named. */
    static Message prompt(StoredTurn.Answer answer, Map<String, RawJson> more) {
        Message message = message(answer, more);
        boolean empty =
                !(message.content() instanceof Content.Text said) || said.text().isBlank();
        return empty && answer.images() != null && answer.toolCalls() == null
                ? new Message(message.role(), new Content.Text(IMAGE), message.fields())
                : message;
    }

    /** Whether a message that a client sends is this one again. */
    boolean isSentAgain(MessageText asked) {
        return text.equals(asked) || asked.equals(sent);
    }
}
