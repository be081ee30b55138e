package org.o1api.conversation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

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
    private static final String IMAGE_PLACEHOLDER = "(an image)";

    /** A turn's messages in canonical form, without instructions and reasoning. */
    static List<CanonicalMessage> dialogMessages(StoredTurn turn) {
        List<CanonicalMessage> messages = new ArrayList<>();
        for (HistoryMessage historyMessage : of(turn)) {
            if (!historyMessage.message.role().isInstruction()) {
                messages.add(historyMessage.canonical);
            }
        }
        return messages;
    }

    /** A turn's reasoning as a message, for counting its tokens; empty if it has none. */
    static List<CanonicalMessage> reasoningMessages(StoredTurn turn) {
        StoredTurn.Answer answer = turn.answer();
        return answer == null || answer.reasoning().isEmpty()
                ? List.of()
                : List.of(CanonicalMessage.of(Message.assistant(reasoningText(answer))));
    }

    private static String reasoningText(StoredTurn.Answer answer) {
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
            Message message = toMessage(answer, false);
            CanonicalMessage canonical = CanonicalMessage.of(message);
            all.add(new HistoryMessage(
                    message,
                    canonical,
                    answer.sentContent() == null ? null : canonical.withText(answer.sentContent())));
        }
        return all;
    }

    private static Message.Assistant toMessage(StoredTurn.Answer answer, boolean reasoning) {
        RawJson calls = answer.toolCalls();
        String content = answer.content() == null ? answer.refusal() : answer.content();
        return MessageJson.assistant(
                content == null ? null : new Content.Text(content),
                calls == null ? Map.of() : Map.of(Message.TOOL_CALLS, calls),
                reasoning && !answer.reasoning().isEmpty()
                        ? Map.of("reasoning_content", TurnJson.quoted(reasoningText(answer)))
                        : Map.of());
    }

    /**
     * The answer as a message to the provider. Many providers reject an assistant message without content, so a
     * placeholder replaces the content of an answer that consists of images only.
     */
    static Message toPromptMessage(StoredTurn.Answer answer, boolean reasoning) {
        Message.Assistant message = toMessage(answer, reasoning);
        boolean empty = !(message.content() instanceof Content.Text content)
                || content.text().isBlank();
        return empty && answer.images() != null && answer.toolCalls() == null
                ? message.withContent(new Content.Text(IMAGE_PLACEHOLDER))
                : message;
    }

    /** Whether a message of a client is this message resent. */
    boolean matches(CanonicalMessage received) {
        return canonical.equals(received) || received.equals(asSent);
    }
}
