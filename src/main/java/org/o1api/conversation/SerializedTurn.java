package org.o1api.conversation;

/**
 * A turn to store.
 *
 * @param record the turn as JSON
 * @param bytes its storage
 */
record SerializedTurn(StoredTurn turn, String record, long bytes) {
    static SerializedTurn of(StoredTurn turn) {
        String record = TurnJson.write(turn);
        return new SerializedTurn(turn, record, StorageQuota.BYTES_PER_TURN + Utf8.length(record));
    }
}
