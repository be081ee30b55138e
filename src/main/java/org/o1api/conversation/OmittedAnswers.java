package org.o1api.conversation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.o1api.model.Message;
import org.o1api.model.Role;
import org.o1api.model.ToolCall;

/**
 * Understands requests of clients that repeat only their own messages: they leave out the answers, also those with tool calls, because
 * the conversation has them.
 */
final class OmittedAnswers {
    private OmittedAnswers() {}

    /**
     * Returns the new messages of such a request, without those that it repeats. The results of the calls of the last answer come
     * first, since providers accept them only directly after the calls. User messages alone are never taken for repeated ones: a user
     * may say the same again.
     *
     * @param stored the conversation's messages without instructions
     */
    static List<Message> newMessages(List<HistoryMessage> stored, List<Message> request) {
        Set<String> calls = openCalls(stored);
        List<Message> results =
                request.stream().filter(message -> isResult(message, calls)).toList();
        List<CanonicalMessage> dialog = request.stream()
                .filter(message -> !message.role().isInstruction() && !isResult(message, calls))
                .map(CanonicalMessage::of)
                .toList();
        int repeated = repeated(stored, dialog);
        if (results.isEmpty()
                && dialog.subList(0, repeated).stream()
                        .noneMatch(message -> message.role().isToolResult())) {
            return request;
        }
        List<Message> ordered = new ArrayList<>(results);
        int dialogMessages = 0;
        for (Message message : request) {
            if (message.role().isInstruction() || (!isResult(message, calls) && dialogMessages++ >= repeated)) {
                ordered.add(message);
            }
        }
        return ordered;
    }

    /** The IDs of the calls of the last answer; empty if it is not the last message. */
    private static Set<String> openCalls(List<HistoryMessage> stored) {
        Set<String> ids = new HashSet<>();
        if (!stored.isEmpty() && stored.get(stored.size() - 1).message() instanceof Message.Assistant answer) {
            answer.toolCalls().stream().map(ToolCall::id).forEach(ids::add);
        }
        return ids;
    }

    private static boolean isResult(Message message, Set<String> calls) {
        return message instanceof Message.ToolResult result && calls.contains(result.callId());
    }

    /** How many of the first messages are the last ones that the client itself has sent before. */
    private static int repeated(List<HistoryMessage> stored, List<CanonicalMessage> dialog) {
        List<CanonicalMessage> sent = stored.stream()
                .map(HistoryMessage::canonical)
                .filter(message -> message.role() != Role.ASSISTANT)
                .toList();
        for (int length = Math.min(sent.size(), dialog.size()); length > 0; length--) {
            if (sent.subList(sent.size() - length, sent.size()).equals(dialog.subList(0, length))) {
                return length;
            }
        }
        return 0;
    }
}
