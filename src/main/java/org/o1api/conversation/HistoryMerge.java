package org.o1api.conversation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.o1api.conversation.ConversationStore.PositionedTurn;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.model.Role;

/**
 * A request's messages, merged with the history of its conversation.
 *
 * @param prompt the messages for the provider; each tool call has a result
 * @param newMessages the request's messages that are not in the conversation yet
 */
record HistoryMerge(List<Message> prompt, List<Message> newMessages) {
    /**
     * Merges a request with the history of its conversation.
     *
     * @throws ConversationException if the request contradicts the history or contains no new message
     */
    static HistoryMerge of(History history, List<Message> request, HistoryLimits limits, Tokenizer tokenizer) {
        return of(history, List.of(), request, limits, tokenizer);
    }

    /**
     * The same with messages before the history that are in the prompt only.
     *
     * @throws ConversationException also if the history is too long and must not be truncated
     */
    static HistoryMerge of(
            History history, List<Message> before, List<Message> request, HistoryLimits limits, Tokenizer tokenizer) {
        List<Message> newMessages = findNewMessages(history, request, limits.requiresNewMessage());
        List<StoredTurn> turns =
                history.recent().stream().map(PositionedTurn::turn).toList();
        TokenMeter meter = new TokenMeter(limits.tokens(), tokenizer);
        count(before, meter);
        count(history.instructions(), meter);
        turns.forEach(turn -> count(turn.instructions(), meter));
        count(newMessages, meter);
        Selection selected = select(turns, newMessages, limits.includeReasoning(), meter);
        int dropped = turns.size() - selected.turns();
        if (!limits.mayTruncate() && (dropped > 0 || history.isPartial())) {
            throw tooLong(limits);
        }
        List<Message> prompt = new ArrayList<>(before);
        prompt.addAll(history.instructions());
        turns.subList(0, dropped).forEach(turn -> prompt.addAll(turn.instructions()));
        for (int i = dropped; i < turns.size(); i++) {
            addAll(turns.get(i), i >= turns.size() - selected.withReasoning(), prompt);
        }
        prompt.addAll(newMessages);
        return new HistoryMerge(accepted(prompt), newMessages);
    }

    /**
     * Returns a prompt in the form that providers accept: without empty answers, and with a result for each call. Empty answers are stored,
     * so that they are recognized if they are resent.
     */
    static List<Message> accepted(List<Message> prompt) {
        List<Message> nonEmpty =
                prompt.stream().filter(message -> !message.isEmptyAnswer()).toList();
        return ToolResults.complete(nonEmpty.isEmpty() ? prompt : nonEmpty);
    }

    private static ConversationException tooLong(HistoryLimits limits) {
        return new ConversationException(
                ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                null,
                "The stored conversation and the request together are too long for the model (history.tokens "
                        + limits.tokens()
                        + ", limits.body), and the request does not allow leaving out the oldest turns.");
    }

    /**
     * Returns the messages that are not in the conversation yet. A client may resend any number of the conversation's
     * last messages, and any of its instructions.
     */
    private static List<Message> findNewMessages(History history, List<Message> request, boolean requiresNew) {
        Set<CanonicalMessage> instructions = new HashSet<>();
        List<HistoryMessage> storedDialog = new ArrayList<>();
        history.instructions().forEach(message -> instructions.add(CanonicalMessage.of(message)));
        history.recent().forEach(positioned -> {
            positioned.turn().instructions().forEach(message -> instructions.add(CanonicalMessage.of(message)));
            storedDialog.addAll(dialog(positioned.turn()));
        });

        List<Message> candidates = new ArrayList<>();
        List<CanonicalMessage> requestDialog = new ArrayList<>();
        for (Message message : request) {
            CanonicalMessage canonical = CanonicalMessage.of(message);
            if (!message.role().isInstruction()) {
                requestDialog.add(canonical);
                candidates.add(message);
            } else if (!instructions.contains(canonical)) {
                candidates.add(message);
            }
        }
        ResentMessages resent = new ResentMessages(storedDialog, requestDialog);
        int resentCount = resent.overlap();
        if (resentCount == 0) {
            rejectIfDifferent(startsLikeConversation(
                    history.first() == null ? storedDialog : dialog(history.first()), requestDialog));
        }
        rejectIfDifferent(resent.repeatsExchangeAfter(resentCount));
        List<Message> newMessages = OmittedAnswers.newMessages(storedDialog, withoutResent(candidates, resentCount));
        boolean waitsForAnswer = !storedDialog.isEmpty()
                && storedDialog.get(storedDialog.size() - 1).canonical().role() != Role.ASSISTANT;
        if (requiresNew && newMessages.isEmpty() && !waitsForAnswer) {
            throw new ConversationException(
                    ConversationException.Reason.NOTHING_NEW,
                    "The request contains no message that the conversation does not have already.");
        }
        return newMessages;
    }

    private static List<HistoryMessage> dialog(StoredTurn turn) {
        return HistoryMessage.of(turn).stream()
                .filter(message -> !message.message().role().isInstruction())
                .toList();
    }

    /** Rejects a request that resends a different or incomplete history, which would be in the prompt twice. */
    private static void rejectIfDifferent(boolean differs) {
        if (differs) {
            throw new ConversationException(
                    ConversationException.Reason.DIFFERS,
                    "The messages of the request differ from the stored conversation, or lack its last messages: an answer that"
                            + " did not arrive may be stored already.");
        }
    }

    /** Whether a request starts with the same message as the conversation and contains assistant messages. */
    private static boolean startsLikeConversation(
            List<HistoryMessage> storedDialog, List<CanonicalMessage> requestDialog) {
        return !storedDialog.isEmpty()
                && !requestDialog.isEmpty()
                && storedDialog.get(0).matches(requestDialog.get(0))
                && requestDialog.stream().anyMatch(message -> message.role() == Role.ASSISTANT);
    }

    private static List<Message> withoutResent(List<Message> candidates, int resentCount) {
        List<Message> newMessages = new ArrayList<>();
        int dialogMessages = 0;
        for (Message message : candidates) {
            if (message.role().isInstruction() || dialogMessages++ >= resentCount) {
                newMessages.add(message);
            }
        }
        return newMessages;
    }

    /** Whether the new messages need the last turn: they are tool results, or only instructions. */
    private static boolean needLastTurn(List<Message> newMessages) {
        return StoredTurn.startsWithToolResult(newMessages)
                || newMessages.stream().allMatch(message -> message.role().isInstruction());
    }

    private static void count(List<Message> messages, TokenMeter meter) {
        meter.add(messages.stream().map(CanonicalMessage::of).toList());
    }

    /**
     * The part of the history that is in the prompt.
     *
     * @param turns number of the newest turns that are included
     * @param withReasoning number of the newest turns that are sent with their reasoning
     */
    private record Selection(int turns, int withReasoning) {}

    /**
     * Selects the newest turns that fit. Tool results are never separated from the turn with their calls. If the
     * request contains tool results, the reasoning that led to the calls is included if it fits.
     */
    private static Selection select(
            List<StoredTurn> turns, List<Message> newMessages, boolean allReasoning, TokenMeter meter) {
        int withReasoning = StoredTurn.startsWithToolResult(newMessages) ? turnsSinceUserMessage(turns) : 0;
        boolean lastTurnNeeded = needLastTurn(newMessages);
        int selected = 0;
        List<CanonicalMessage> block = new ArrayList<>();
        List<CanonicalMessage> reasoning = new ArrayList<>();
        for (int i = turns.size() - 1; i >= 0; i--) {
            StoredTurn turn = turns.get(i);
            block.addAll(HistoryMessage.dialogMessages(turn));
            if (allReasoning) {
                block.addAll(HistoryMessage.reasoningMessages(turn));
            } else if (i >= turns.size() - withReasoning) {
                reasoning.addAll(HistoryMessage.reasoningMessages(turn));
            }
            if (turn.startsWithToolResult()) {
                continue;
            }
            if (lastTurnNeeded) {
                meter.add(block);
                withReasoning = meter.addIfFits(reasoning) ? withReasoning : 0;
            } else if (!meter.addIfFits(block)) {
                break;
            }
            lastTurnNeeded = false;
            selected = turns.size() - i;
            block.clear();
        }
        return new Selection(selected, allReasoning ? selected : withReasoning);
    }

    /** The number of turns since the last user message, including the turn of that message. */
    private static int turnsSinceUserMessage(List<StoredTurn> turns) {
        int count = 0;
        for (int i = turns.size() - 1; i >= 0; i--) {
            count++;
            if (turns.get(i).messages().stream().anyMatch(message -> message.role() == Role.USER)) {
                break;
            }
        }
        return count;
    }

    private static void addAll(StoredTurn turn, boolean reasoning, List<Message> prompt) {
        prompt.addAll(turn.messages());
        StoredTurn.Answer answer = turn.answer();
        if (answer != null) {
            prompt.add(HistoryMessage.toPromptMessage(answer, reasoning));
        }
    }
}
