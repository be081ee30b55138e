package org.o1api.conversation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;

/**
 * A message of a stored turn.
 *
 * @param message as it is sent to the provider
 * @param asSent an answer as the client received it; null if that is the same as {@code canonical}
 */
record HistoryMessage(
        Message message,
        CanonicalMessage canonical,
        @Nullable CanonicalMessage asSent) {
    private static final String IMAGE = "(an image)";

    /** A turn's messages in canonical form, without instructions and reasoning. */
    static List<CanonicalMessage> dialogMessages(StoredTurn turn) {
        List<CanonicalMessage> texts = new ArrayList<>();
        for (HistoryMessage told : of(turn)) {
            if (!told.message.role().isInstruction()) {
                texts.add(told.canonical);
            }
        }
        return texts;
    }

    /** A turn's reasoning as a message, for counting its tokens; empty if it has none. */
    static List<CanonicalMessage> reasoningMessages(StoredTurn turn) {
        StoredTurn.Answer answer = turn.answer();
        return answer == null || answer.reasoning().isEmpty()
                ? List.of()
                : List.of(CanonicalMessage.of(Message.assistant(reasoning(answer))));
    }

    private static String reasoning(StoredTurn.Answer answer) {
        return answer.reasoning().stream().map(StoredTurn.Step::summary).collect(Collectors.joining("\n\n"));
    }

    /** All messages of a turn: those of the request, then the answer. */
    static List<HistoryMessage> of(StoredTurn turn) {
        List<HistoryMessage> all = new ArrayList<>();
        for (Message message : turn.messages()) {
            all.add(new HistoryMessage(message, CanonicalMessage.of(message), null));
        }
        StoredTurn.Answer answer = turn.answer();
        if (answer != null) {
            Message message = message(answer, false);
            CanonicalMessage text = CanonicalMessage.of(message);
            all.add(new HistoryMessage(
                    message, text, answer.sentContent() == null ? null : text.withText(answer.sentContent())));
        }
        return all;
    }

    private static Message message(StoredTurn.Answer answer, boolean reasoning) {
        Map<String, RawJson> fields = new LinkedHashMap<>();
        if (answer.toolCalls() != null) {
            fields.put("tool_calls", answer.toolCalls());
        }
        String said = answer.content() == null ? answer.refusal() : answer.content();
        return new Message(
                Role.ASSISTANT,
                said == null ? null : new Content.Text(said),
                fields,
                reasoning && !answer.reasoning().isEmpty()
                        ? Map.of("reasoning_content", TurnJson.string(reasoning(answer)))
                        : Map.of());
    }

    /**
     * The answer as a message to the provider. Many providers reject an assistant message without content, so a text
     * stands for an answer of images alone.
     */
    static Message toPromptMessage(StoredTurn.Answer answer, boolean reasoning) {
        Message message = message(answer, reasoning);
        boolean empty =
                !(message.content() instanceof Content.Text said) || said.text().isBlank();
        return empty && answer.images() != null && answer.toolCalls() == null
                ? new Message(message.role(), new Content.Text(IMAGE), message.fields(), message.reasoning())
                : message;
    }

    /** Whether a message of a client is this message resent. */
    boolean matches(CanonicalMessage asked) {
        return canonical.equals(asked) || asked.equals(asSent);
    }
}
