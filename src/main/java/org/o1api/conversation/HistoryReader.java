package org.o1api.conversation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationStore.PositionedTurn;
import org.o1api.conversation.TurnTable.Row;
import org.o1api.model.Message;
import org.o1api.model.TurnId;
import org.o1api.model.TurnParent;

/** Reads the part of a conversation's history that a turn needs. */
final class HistoryReader {
    private final Handle handle;
    private final History.Window window;

    HistoryReader(Handle handle, History.Window window) {
        this.handle = handle;
        this.window = window;
    }

    /**
     * The history of a turn.
     *
     * @throws ConversationException if the turn to continue does not exist, or the ID of the conversation is a generated one and
     *     the conversation does not exist
     */
    History read(ConversationRef ref) {
        Optional<Conversation> found = ConversationTable.find(handle, ref);
        if (found.isEmpty() && ConversationId.isGenerated(ref.id())) {
            throw ConversationException.notFound(ref.id());
        }
        Long key = found.map(Conversation::primaryKey).orElse(null);
        if (ref.parent() instanceof TurnParent.Turn parent) {
            return readAfter(find(parent.id(), ref, key), key, ref.isUnnamed());
        }
        if (key == null || ref.parent() == TurnParent.Fixed.NONE) {
            return History.none(key);
        }
        return found.get().forked() ? readForked(key) : readUnforked(found.get());
    }

    private Row find(String parent, ConversationRef ref, @Nullable Long key) {
        if (ref.isUnnamed()) {
            return TurnTable.find(handle, ref.caller(), parent)
                    .orElseThrow(ConversationException::previousResponseNotFound)
                    .row();
        }
        Optional<Row> found = key == null || !TurnId.isValid(parent) // not every database accepts every character
                ? Optional.empty()
                : TurnTable.find(handle, key, parent);
        return found.orElseThrow(ConversationException::turnNotFound);
    }

    private History readUnforked(Conversation conversation) {
        long key = conversation.primaryKey();
        TurnReader turns = new TurnReader(handle, conversation);
        Deque<PositionedTurn> recent = new ArrayDeque<>();
        boolean isPartial = turns.readDescending(null, turn -> addAndCheckFull(turn, recent));
        if (!isPartial) {
            return new History(key, null, List.of(), List.copyOf(recent), History.NO_PARENT);
        }
        List<PositionedTurn> first = new ArrayList<>();
        turns.readAscending(0, "", first::add);
        List<Message> instructions = new ArrayList<>();
        turns.readAscending(
                0, " AND instructs AND position < " + recent.getFirst().position(), turn -> {
                    addInstructions(turn, instructions);
                    return false;
                });
        return new History(
                key,
                first.stream()
                        .findFirst()
                        .orElseThrow(ConversationException::changed)
                        .turn(), // deleted in the meantime
                instructions,
                List.copyOf(recent),
                History.NO_PARENT);
    }

    private History readForked(long key) {
        return readChain(new TurnChain(handle, key, null)).history(key, History.NO_PARENT);
    }

    /**
     * The history of a turn that continues any turn of the same caller.
     *
     * @param key of the new turn's conversation; null: it does not exist yet
     * @param isUnnamed whether the conversation is unnamed: then no turn before the parent may be deleted, either
     * @throws ConversationException if the parent was deleted in the meantime
     */
    History readAfter(Row parent, @Nullable Long key, boolean isUnnamed) {
        ChainPart part = readChain(new TurnChain(handle, parent.conversation(), parent.position()));
        boolean hasParent = part.newestIs(parent);
        if (isUnnamed && (part.isBroken || !hasParent)) {
            throw ConversationException.previousResponseNotFound();
        }
        if (!hasParent) {
            throw ConversationException.turnNotFound();
        }
        boolean sameConversation = key != null && key == parent.conversation();
        return part.history(key, sameConversation ? parent.position() : History.ELSEWHERE);
    }

    private boolean addAndCheckFull(PositionedTurn turn, Deque<PositionedTurn> recent) {
        recent.addFirst(window.withoutUnneededReasoning(turn));
        return window.addAndCheckFull(turn.turn());
    }

    /**
     * What is needed of a chain.
     *
     * @param oldest null: {@code recent} contains all turns
     */
    private record ChainPart(
            Deque<PositionedTurn> recent,
            List<Message> instructions,
            @Nullable StoredTurn oldest,
            boolean isBroken) {
        boolean newestIs(Row turn) {
            PositionedTurn newest = recent.peekLast();
            return newest != null
                    && newest.conversation() == turn.conversation()
                    && newest.position() == turn.position();
        }

        History history(@Nullable Long key, int parentPosition) {
            return new History(key, oldest, instructions, List.copyOf(recent), parentPosition);
        }
    }

    private ChainPart readChain(TurnChain chain) {
        Deque<PositionedTurn> recent = new ArrayDeque<>();
        chain.readUntil(turn -> addAndCheckFull(turn, recent));
        Deque<Row> instructing = new ArrayDeque<>();
        Row oldest = null;
        for (Row row = chain.next(); row != null; row = chain.next()) {
            if (row.instructs()) {
                instructing.addFirst(row);
            }
            oldest = row;
        }
        List<Message> instructions = new ArrayList<>();
        TurnTable.readEach(handle, List.copyOf(instructing), turn -> {
            addInstructions(turn, instructions);
            return false;
        });
        return new ChainPart(
                recent,
                instructions,
                oldest == null
                        ? null
                        : TurnTable.readLinked(handle, oldest)
                                .orElseThrow(ConversationException::changed)
                                .turn(),
                chain.isBroken());
    }

    private void addInstructions(PositionedTurn positioned, List<Message> instructions) {
        window.addInstructions(positioned.turn());
        instructions.addAll(positioned.turn().instructions());
    }
}
