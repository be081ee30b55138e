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
    private static final String MESSAGES = "messages";

    /**
     * Merges a request with the history of its conversation.
     *
     * @throws ConversationException if the request contradicts the history or contains nothing new
     */
    static HistoryMerge of(History history, List<Message> asked, HistoryLimits bounds, Tokenizer tokenizer) {
        List<Message> added = added(history, asked);
        List<StoredTurn> turns =
                history.recent().stream().map(PositionedTurn::turn).toList();
        TokenMeter meter = new TokenMeter(bounds.tokens(), tokenizer);
        take(history.instructions(), meter);
        turns.forEach(turn -> take(turn.instructions(), meter));
        take(added, meter);
        Kept kept = kept(turns, added, bounds.includeReasoning(), meter);
        int dropped = turns.size() - kept.turns();
        List<Message> prompt = new ArrayList<>(history.instructions());
        turns.subList(0, dropped).forEach(turn -> prompt.addAll(turn.instructions()));
        for (int i = dropped; i < turns.size(); i++) {
            addAll(turns.get(i), i >= turns.size() - kept.withReasoning(), prompt);
        }
        prompt.addAll(added);
        // Empty messages are stored, so that they are recognised if they are resent, but not sent to the provider.
        List<Message> sayingSomething =
                prompt.stream().filter(message -> !message.isEmptyAnswer()).toList();
        return new HistoryMerge(ToolResults.complete(sayingSomething.isEmpty() ? prompt : sayingSomething), added);
    }

    /**
     * Returns the messages that are not in the conversation yet. A client may resend any number of the conversation's
     * last messages, and any of its instructions.
     */
    private static List<Message> added(History history, List<Message> asked) {
        Set<CanonicalMessage> instructions = new HashSet<>();
        List<HistoryMessage> told = new ArrayList<>();
        history.instructions().forEach(message -> instructions.add(CanonicalMessage.of(message)));
        history.recent().forEach(placed -> {
            placed.turn().instructions().forEach(message -> instructions.add(CanonicalMessage.of(message)));
            told.addAll(talk(placed.turn()));
        });

        List<Message> fresh = new ArrayList<>();
        List<CanonicalMessage> talk = new ArrayList<>();
        for (Message message : asked) {
            CanonicalMessage text = CanonicalMessage.of(message);
            if (!message.role().isInstruction()) {
                talk.add(text);
                fresh.add(message);
            } else if (!instructions.contains(text)) {
                fresh.add(message);
            }
        }
        ResentMessages resent = new ResentMessages(told, talk);
        int known = resent.overlap();
        if (known == 0) {
            refuse(begins(history.first() == null ? told : talk(history.first()), talk));
        }
        refuse(resent.repeatsExchangeAfter(known));
        List<Message> added = withoutKnown(fresh, known);
        boolean waitsForAnswer =
                !told.isEmpty() && told.get(told.size() - 1).canonical().role() != Role.ASSISTANT;
        if (added.isEmpty() && !waitsForAnswer) {
            throw new ConversationException(
                    ErrorCode.INVALID_REQUEST, MESSAGES, "'messages' contains nothing new. Add a message.");
        }
        return added;
    }

    private static List<HistoryMessage> talk(StoredTurn turn) {
        return HistoryMessage.of(turn).stream()
                .filter(told -> !told.message().role().isInstruction())
                .toList();
    }

    /** Rejects a request that resends a different or incomplete history, which would be in the prompt twice. */
    private static void refuse(boolean otherPast) {
        if (otherPast) {
            throw new ConversationException(
                    ErrorCode.CONVERSATION_DIFFERS,
                    MESSAGES,
                    "'messages' resends this conversation with different or missing messages. The answer may already be stored"
                            + " (GET /v1/conversations/ID/items). Send only new messages, or use another conversation_id.");
        }
    }

    /** Whether a request starts with the same message as the conversation and contains assistant messages. */
    private static boolean begins(List<HistoryMessage> told, List<CanonicalMessage> talk) {
        return !told.isEmpty()
                && !talk.isEmpty()
                && told.get(0).matches(talk.get(0))
                && talk.stream().anyMatch(message -> message.role() == Role.ASSISTANT);
    }

    private static List<Message> withoutKnown(List<Message> fresh, int known) {
        List<Message> added = new ArrayList<>();
        int talked = 0;
        for (Message message : fresh) {
            if (message.role().isInstruction() || talked++ >= known) {
                added.add(message);
            }
        }
        return added;
    }

    /** Whether the new messages need the last turn: they are tool results, or nothing but instructions. */
    private static boolean isAboutTheLast(List<Message> added) {
        return StoredTurn.startsWithToolResult(added)
                || added.stream().allMatch(message -> message.role().isInstruction());
    }

    private static void take(List<Message> messages, TokenMeter meter) {
        meter.add(messages.stream().map(CanonicalMessage::of).toList());
    }

    /**
     * The part of the history that is in the prompt.
     *
     * @param turns number of the newest turns that are included
     * @param withReasoning number of the newest turns that are sent with their reasoning
     */
    private record Kept(int turns, int withReasoning) {}

    /**
     * Selects the newest turns that fit. Tool results are never separated from the turn with their calls. If the
     * request contains tool results, the reasoning that led to the calls is included if it fits.
     */
    private static Kept kept(List<StoredTurn> turns, List<Message> added, boolean allReasoning, TokenMeter meter) {
        int continued = StoredTurn.startsWithToolResult(added) ? sinceUser(turns) : 0;
        boolean needed = isAboutTheLast(added);
        int kept = 0;
        List<CanonicalMessage> block = new ArrayList<>();
        List<CanonicalMessage> reasoning = new ArrayList<>();
        for (int i = turns.size() - 1; i >= 0; i--) {
            StoredTurn turn = turns.get(i);
            block.addAll(HistoryMessage.dialogMessages(turn));
            if (allReasoning) {
                block.addAll(HistoryMessage.reasoningMessages(turn));
            } else if (i >= turns.size() - continued) {
                reasoning.addAll(HistoryMessage.reasoningMessages(turn));
            }
            if (turn.startsWithToolResult()) {
                continue;
            }
            if (needed) {
                meter.add(block);
                continued = meter.addIfFits(reasoning) ? continued : 0;
            } else if (!meter.addIfFits(block)) {
                break;
            }
            needed = false;
            kept = turns.size() - i;
            block.clear();
        }
        return new Kept(kept, allReasoning ? kept : continued);
    }

    /** The number of turns since the last user message, including the turn of that message. */
    private static int sinceUser(List<StoredTurn> turns) {
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
