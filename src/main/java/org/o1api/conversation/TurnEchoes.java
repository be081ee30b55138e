package org.o1api.conversation;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationStore.PositionedTurn;
import org.o1api.conversation.TurnTable.Row;
import org.o1api.json.Json;
import org.o1api.model.RawJson;

/** The table {@code turn_echo}: the echoes of turns, which are read only to show a turn. They are deleted with their turns. */
final class TurnEchoes {
    /** The storage of the echo of a turn, as an SQL expression. */
    static final String BYTES =
            "COALESCE((SELECT COALESCE(OCTET_LENGTH(echo), OCTET_LENGTH(long_echo)) FROM turn_echo e"
                    + " WHERE e.conversation = turn.conversation AND e.position = turn.position), 0)";

    private TurnEchoes() {}

    /** The text to store; null if the turn has no echo. */
    static @Nullable String text(StoredTurn turn) {
        RawJson echo = turn.echo();
        return echo == null ? null : Json.escapeUnpairedSurrogates(echo.text());
    }

    /** Inserts the echo of the newest turn of a conversation. */
    static void insert(Handle handle, long conversation, String echo) {
        boolean inRow = echo.length() <= TurnTable.MAX_INLINE_LENGTH;
        handle.execute(
                "INSERT INTO turn_echo (conversation, position, echo, long_echo) VALUES (?,"
                        + " (SELECT MAX(position) FROM turn WHERE conversation = ?), ?, ?)",
                conversation,
                conversation,
                inRow ? echo : null,
                inRow ? null : echo);
    }

    /** A turn with its echo. */
    static PositionedTurn read(Handle handle, PositionedTurn positioned) {
        RawJson echo = handle.select(
                        "SELECT COALESCE(echo, long_echo) FROM turn_echo WHERE conversation = ? AND position = ?",
                        positioned.conversation(),
                        positioned.position())
                .mapTo(String.class)
                .findOne()
                .map(RawJson::new)
                .orElse(null);
        return with(positioned, echo);
    }

    private static PositionedTurn with(PositionedTurn positioned, @Nullable RawJson echo) {
        return new PositionedTurn(
                positioned.conversation(),
                positioned.position(),
                positioned.turn().withEcho(echo),
                positioned.recordLength());
    }

    private record Key(long conversation, int position) {}

    /** Returns what adds their echoes to turns: the short ones are read now, with one statement, and a long one with its turn. */
    static UnaryOperator<PositionedTurn> readShort(Handle handle, Collection<Row> turns) {
        if (turns.isEmpty()) {
            return UnaryOperator.identity();
        }
        Map<Key, Optional<RawJson>> echoes = new HashMap<>();
        String keys = turns.stream()
                .map(turn -> "(" + turn.conversation() + ", " + turn.position() + ")")
                .collect(Collectors.joining(", "));
        handle.select("SELECT conversation, position, echo FROM turn_echo WHERE (conversation, position) IN (" + keys
                        + ")")
                .map((row, context) -> Map.entry(
                        new Key(row.getLong("conversation"), row.getInt("position")),
                        Optional.ofNullable(row.getString("echo")).map(RawJson::new)))
                .forEach(echo -> echoes.put(echo.getKey(), echo.getValue()));
        return turn -> {
            Optional<RawJson> echo = echoes.get(new Key(turn.conversation(), turn.position()));
            return echo == null ? turn : echo.map(text -> with(turn, text)).orElseGet(() -> read(handle, turn));
        };
    }

    static void delete(Handle handle, long conversation, int position) {
        handle.execute("DELETE FROM turn_echo WHERE conversation = ? AND position = ?", conversation, position);
    }
}
