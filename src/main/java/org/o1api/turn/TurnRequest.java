package org.o1api.turn;

import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationRef;
import org.o1api.conversation.StoredTurn;
import org.o1api.model.Cancellation;
import org.o1api.model.Effort;
import org.o1api.model.TurnInfo;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.Strategy;

/**
 * One request for an answer, from any API surface.
 *
 * @param created when the request arrived, in seconds since 1970
 * @param model as the caller requested it
 * @param effort how much to reason; null: according to the preset
 * @param prompt the request's messages, including assistant messages with only reasoning, which a conversation recognizes
 * @param conversation the conversation that the request continues; null: nothing is stored
 * @param answered the stored turn that already answered this request, to be replayed; null: there is none
 * @param cancellation cancels the turn: the client has disconnected, or the gateway stops
 */
public record TurnRequest(
        TurnInfo info,
        long created,
        String model,
        Preset preset,
        @Nullable Effort effort,
        Prompt prompt,
        @Nullable ConversationRef conversation,
        @Nullable StoredTurn answered,
        Cancellation cancellation) {
    /** The preset's strategy, adapted to the effort. */
    Strategy strategy() {
        return effort == null ? preset.strategy() : preset.strategy().withEffort(effort);
    }
}
