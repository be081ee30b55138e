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

/** Reads the part of a conversation's history that a turn needs. */
final class HistoryReader {
    private final Handle handle;
    private final History.Window window;

    HistoryReader(Handle handle, History.Window window) {
        this.handle = handle;
        this.window = window;
    }

    /** The history of a turn that continues the newest turn of its conversation. */
    History read(Conversation conversation) {
        long key = conversation.primaryKey();
        Deque<PositionedTurn> recent = new ArrayDeque<>();
        boolean isPartial = readRecent(key, null, recent);
        int nextPosition = recent.isEmpty() ? 0 : recent.getLast().position() + 1;
        if (!isPartial) {
            return new History(key, null, List.of(), List.copyOf(recent), nextPosition, false);
        }
        if (conversation.forked()) {
            return readOlder(key, key, null, recent, nextPosition, false);
        }
        List<PositionedTurn> first = new ArrayList<>();
        TurnReader turns = new TurnReader(handle, conversation);
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
                nextPosition,
                false);
    }

    /**
     * The history of a turn that continues any turn of the same caller.
     *
     * @param conversation of the new turn; empty if it does not exist yet
     */
    History read(Optional<Conversation> conversation, Row parent) {
        Long key = conversation.map(Conversation::primaryKey).orElse(null);
        int newest = key == null
                ? -1
                : TurnTable.select(handle, false, "", false, 1, key).stream()
                        .mapToInt(Row::position)
                        .findFirst()
                        .orElse(-1);
        boolean forks = key == null || parent.conversation() != key || parent.position() != newest;
        Deque<PositionedTurn> recent = new ArrayDeque<>();
        boolean isPartial = readRecent(parent.conversation(), parent.position(), recent);
        return isPartial
                ? readOlder(key, parent.conversation(), parent.position(), recent, newest + 1, forks)
                : new History(key, null, List.of(), List.copyOf(recent), newest + 1, forks);
    }

    private boolean readRecent(long conversation, @Nullable Integer from, Deque<PositionedTurn> recent) {
        return new TurnChain(handle, conversation, from, true).readUntil(row -> {
            PositionedTurn turn = TurnTable.read(handle, row);
            recent.addFirst(window.withoutUnneededReasoning(turn));
            return window.addAndCheckFull(turn.turn());
        });
    }

    private History readOlder(
            @Nullable Long key,
            long conversation,
            @Nullable Integer from,
            Deque<PositionedTurn> recent,
            int nextPosition,
            boolean forks) {
        Deque<Row> instructing = new ArrayDeque<>();
        List<Row> oldest = new ArrayList<>(1);
        int[] newer = {recent.size()};
        new TurnChain(handle, conversation, from, false).readUntil(row -> {
            if (newer[0]-- <= 0 && row.instructs()) {
                instructing.addFirst(row);
            }
            oldest.clear();
            oldest.add(row);
            return false;
        });
        List<Message> instructions = new ArrayList<>();
        instructing.forEach(row -> addInstructions(read(row), instructions));
        return new History(
                key,
                oldest.stream()
                        .findFirst()
                        .map(row -> read(row).turn())
                        .orElseThrow(ConversationException::changed), // deleted in the meantime
                instructions,
                List.copyOf(recent),
                nextPosition,
                forks);
    }

    private PositionedTurn read(Row link) {
        return TurnTable.read(handle, TurnTable.withRecord(handle, link));
    }

    private void addInstructions(PositionedTurn positioned, List<Message> instructions) {
        window.addInstructions(positioned.turn());
        instructions.addAll(positioned.turn().instructions());
    }
}
