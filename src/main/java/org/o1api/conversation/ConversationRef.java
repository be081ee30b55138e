package org.o1api.conversation;

import org.jspecify.annotations.Nullable;

/**
 * How a turn enters a conversation.
 *
 * @param caller whose conversation it is
 * @param id of the conversation
 * @param idempotencyKey under what key it is asked once only; null: none
 */
public record ConversationRef(
        String caller, String id, @Nullable IdempotencyKey idempotencyKey) {
    /**
     * What makes a request that is sent twice one turn.
     *
     * @param value by the caller's choice
     * @param requestDigest of the request, which has to be the same
     */
    public record IdempotencyKey(String value, String requestDigest) {}
}
