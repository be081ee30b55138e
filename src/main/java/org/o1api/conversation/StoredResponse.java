package org.o1api.conversation;

import org.jspecify.annotations.Nullable;

/**
 * A stored turn with an answer, found by its own ID.
 *
 * @param conversation ID of its conversation; null: it is unnamed
 * @param parent ID of the turn that it continues; null: none
 */
public record StoredResponse(
        StoredTurn turn,
        @Nullable String conversation,
        @Nullable String parent) {}
