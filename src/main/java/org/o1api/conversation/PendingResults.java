package org.o1api.conversation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.o1api.model.Message;
import org.o1api.model.Role;
import org.o1api.model.ToolCall;

/**
 * Puts the results of the calls that a conversation waits for before the other new messages of a request. Some clients leave out the
 * answer with the calls, because the conversation has it, but repeat the messages before it.
 */
final class PendingResults {
    private PendingResults() {}

    /**
     * Returns the new messages of a request in the order in which providers accept them.
     *
     * @param stored the conversation's messages without instructions
     */
    static List<Message> first(List<HistoryMessage> stored, List<Message> newMessages) {
        Set<String> calls = openCalls(stored);
        List<Message> results =
                newMessages.stream().filter(message -> isResult(message, calls)).toList();
        if (results.isEmpty()) {
            return newMessages;
        }
        List<Message> leading = newMessages.subList(0, newMessages.indexOf(results.get(0))).stream()
                .filter(message -> !message.role().isInstruction())
                .toList();
        int repeated = repeated(stored, leading);
        List<Message> ordered = new ArrayList<>(results);
        int dialogMessages = 0;
        for (Message message : newMessages) {
            boolean isInstruction = message.role().isInstruction();
            if (isInstruction || (dialogMessages++ >= repeated && !isResult(message, calls))) {
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
    private static int repeated(List<HistoryMessage> stored, List<Message> leading) {
        List<CanonicalMessage> sent = stored.stream()
                .map(HistoryMessage::canonical)
                .filter(message -> message.role() != Role.ASSISTANT)
                .toList();
        List<CanonicalMessage> first =
                leading.stream().map(CanonicalMessage::of).toList();
        for (int length = Math.min(sent.size(), first.size()); length > 0; length--) {
            if (sent.subList(sent.size() - length, sent.size()).equals(first.subList(0, length))) {
                return length;
            }
        }
        return 0;
    }
}
