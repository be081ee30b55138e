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
 * @param storage whether the turn is stored; otherwise it only gets the history. Without a conversation nothing is stored; unless the
 *     value is {@code REQUIRED}, the provider then gets the same as if the turn was stored
 * @param echo what is stored with the turn, for showing it later; null: nothing
 */
public record ConversationOptions(
        List<Message> instructions,
        boolean mayTruncate,
        Storage storage,
        @Nullable Echo echo) {
    public static final ConversationOptions DEFAULT = new ConversationOptions(List.of(), true, Storage.REQUIRED, null);

    /** Whether a turn is stored. */
    public enum Storage {
        NONE,

        /** If the store fails or is full, the turn goes on without being stored. Only for a turn that continues nothing. */
        IF_POSSIBLE,

        /** If the store fails, so does the turn. */
        REQUIRED
    }

    /** Creates a JSON object that is stored with a turn. */
    public interface Echo {
        /**
         * Returns the object.
         *
         * @param stored the messages of the request that are stored, the same objects: without those that the conversation had already
         */
        RawJson of(List<Message> stored);
    }

    public ConversationOptions {
        instructions = List.copyOf(instructions);
    }

    /** Whether the turn is to be stored. */
    public boolean stores() {
        return storage != Storage.NONE;
    }
}
