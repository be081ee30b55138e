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
 * A request's messages, joined to those of its conversation.
 *
 * @param prompt what the provider gets; each tool call in it has its result
 * @param newMessages what the conversation did not have yet
 */
record HistoryMerge(List<Message> prompt, List<Message> newMessages) {
    private static final String MESSAGES = "messages";

    /**
     * Joins a request to its conversation.
     *
     * @throws ConversationException when the request contradicts the history, or says nothing new
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
        // Stored like all others, so that they are recognised when they are sent again.
        List<Message> sayingSomething =
                prompt.stream().filter(message -> !message.isEmptyAnswer()).toList();
        return new HistoryMerge(ToolResults.complete(sayingSomething.isEmpty() ? prompt : sayingSomething), added);
    }

    /**
     * What of a request is new. Its first messages may be the conversation's last ones, as many of them as the client still
     * has: those are known. So are instructions that stand in the conversation already.
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

    /** A client that repeats the conversation with changes, or not to its end, would have it in the prompt twice. */
    private static void refuse(boolean otherPast) {
        if (otherPast) {
            throw new ConversationException(
                    ErrorCode.CONVERSATION_DIFFERS,
                    MESSAGES,
                    "'messages' resends this conversation with different or missing messages. The answer may already be stored"
                            + " (GET /v1/conversations/ID/items). Send only new messages, or use another conversation_id.");
        }
    }

    /** Whether a request begins as the conversation does, and has answers of its own. */
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

    /** Whether what is new means nothing without the turn before: results of its calls, or nothing but instructions. */
    private static boolean isAboutTheLast(List<Message> added) {
        return StoredTurn.startsWithToolResult(added)
                || added.stream().allMatch(message -> message.role().isInstruction());
    }

    private static void take(List<Message> messages, TokenMeter meter) {
        meter.add(messages.stream().map(CanonicalMessage::of).toList());
    }

    /**
     * What the prompt has of the turns.
     *
     * @param turns how many of the newest it has
     * @param withReasoning how many of these with their reasoning
     */
    private record Kept(int turns, int withReasoning) {}

    /**
     * How many of the newest turns fit. A tool's result is never parted from the turn that asked for it, and a request with results
     * continues the reasoning that led to the calls, as far as it fits.
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

    /** How many turns have answered since a user said something. */
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
