package org.o1api.conversation;

/**
 * A turn that is to be stored.
 *
 * @param record the turn as JSON
 * @param bytes what it will occupy
 */
record NewTurn(StoredTurn turn, String record, long bytes) {
    static NewTurn of(StoredTurn turn) {
        String record = TurnJson.write(turn);
        return new NewTurn(turn, record, StorageQuota.BYTES_PER_TURN + Utf8.length(record));
    }
}
