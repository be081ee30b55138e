package org.o1api.conversation;

import org.jspecify.annotations.Nullable;

/**
 * Identifies the conversation of a request.
 *
 * @param caller owner of the conversation
 * @param id of the conversation
 * @param idempotencyKey of the request; null if it has none
 */
public record ConversationRef(
        String caller, String id, @Nullable IdempotencyKey idempotencyKey) {
    /**
     * An idempotency key: requests with the same key are answered once.
     *
     * @param value chosen by the client
     * @param requestDigest of the request, which must be the same when the key is used again
     */
    public record IdempotencyKey(String value, String requestDigest) {}
}
