package org.o1api.conversation;

import org.jspecify.annotations.Nullable;

/**
 * How a turn enters a conversation.
 *
 * @param caller whose conversation it is
 * @param id of the conversation
 * @param idempotency under what key it is asked once only; null: none
 */
public record Entry(String caller, String id, @Nullable Idempotency idempotency) {
    /**
     * What makes a request that is sent twice one turn.
     *
     * @param key by the caller's choice
     * @param fingerprint of the request, which has to be the same
     */
    public record Idempotency(String key, String fingerprint) {}
}
