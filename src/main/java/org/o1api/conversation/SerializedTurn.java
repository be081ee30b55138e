package org.o1api.conversation;

import org.jspecify.annotations.Nullable;

/**
 * A turn to store.
 *
 * @param record the turn as JSON, without its echo
 * @param echo null: the turn has none
 * @param bytes its storage
 */
record SerializedTurn(
        StoredTurn turn, String record, @Nullable String echo, long bytes) {
    static SerializedTurn of(StoredTurn turn) {
        String record = TurnJson.write(turn);
        String echo = TurnEchoes.text(turn);
        return new SerializedTurn(
                turn,
                record,
                echo,
                StorageQuota.BYTES_PER_TURN + Utf8.length(record) + (echo == null ? 0 : Utf8.length(echo)));
    }
}
