package org.o1api.conversation;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationStore.PositionedTurn;
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
        return new PositionedTurn(
                positioned.conversation(),
                positioned.position(),
                positioned.turn().withEcho(echo),
                positioned.recordLength());
    }

    static void delete(Handle handle, long conversation, int position) {
        handle.execute("DELETE FROM turn_echo WHERE conversation = ? AND position = ?", conversation, position);
    }
}
