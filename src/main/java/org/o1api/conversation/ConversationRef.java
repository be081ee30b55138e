package org.o1api.conversation;

import org.jspecify.annotations.Nullable;
import org.o1api.model.TurnId;
import org.o1api.model.TurnParent;

/**
 * The conversation of a turn, and what the turn continues in it.
 *
 * <p>There are two kinds. A <b>named</b> conversation has an ID that the client chose or got: a turn continues its newest turn,
 * unless the client names another one, and its turns exclude each other. An <b>unnamed</b> conversation holds a stored response
 * without a conversation, and the responses that continue it: {@link #unnamed} begins one, {@link ResponseStore#continuing}
 * continues a response. Its turns do not exclude each other. No client knows its ID.
 *
 * @param caller owner of the conversation
 * @param id of the conversation
 * @param parent what the turn continues: a turn of a named conversation belongs to it, one of an unnamed conversation to any
 *     conversation of the caller
 * @param idempotencyKey of the request; null if it has none
 */
public record ConversationRef(
        String caller,
        String id,
        TurnParent parent,
        @Nullable IdempotencyKey idempotencyKey) {
    /**
     * An idempotency key: requests with the same key are answered once.
     *
     * @param value chosen by the client
     * @param requestDigest of the request, which must be the same when the key is used again
     */
    public record IdempotencyKey(String value, String requestDigest) {}

    /** A turn that continues the newest turn of a named conversation, or begins the conversation. */
    public ConversationRef(String caller, String id, @Nullable IdempotencyKey idempotencyKey) {
        this(caller, id, TurnParent.Fixed.NEWEST, idempotencyKey);
    }

    /**
     * A turn that begins an unnamed conversation: a stored response that continues nothing. All requests of a caller with the same
     * idempotency key have the same conversation, so that a repeated request is found.
     */
    public static ConversationRef unnamed(String caller, @Nullable IdempotencyKey idempotencyKey) {
        return unnamed(caller, TurnParent.Fixed.NONE, idempotencyKey);
    }

    static ConversationRef unnamed(String caller, TurnParent parent, @Nullable IdempotencyKey idempotencyKey) {
        String key = idempotencyKey == null ? null : idempotencyKey.value();
        return new ConversationRef(caller, ConversationId.unnamed(caller, key), parent, idempotencyKey);
    }

    /** The ID of the new turn: the same for all requests with the same idempotency key, which are answered once. */
    public String newTurnId() {
        return idempotencyKey == null ? TurnId.random() : TurnId.of(caller, id, idempotencyKey.value());
    }

    public boolean isUnnamed() {
        return ConversationId.isUnnamed(id);
    }

    /** Whether other turns of the conversation have to wait. Turns that continue responses do not. */
    public boolean isExclusive() {
        return parent == TurnParent.Fixed.NONE || !isUnnamed();
    }
}
