package org.o1api.turn;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/**
 * What a request says about its conversation.
 *
 * @param instructions messages before all others, for this turn only: they are not stored
 * @param mayTruncate whether the oldest turns are left out of a prompt that is too long; otherwise the turn fails with
 *     {@code context_length_exceeded}
 * @param stores whether the turn is stored; otherwise it only gets the history
 * @param echo a JSON object that is stored with the turn, for showing it later; null: none
 */
public record ConversationOptions(
        List<Message> instructions,
        boolean mayTruncate,
        boolean stores,
        @Nullable RawJson echo) {
    public static final ConversationOptions DEFAULT = new ConversationOptions(List.of(), true, true, null);

    public ConversationOptions {
        instructions = List.copyOf(instructions);
    }
}
