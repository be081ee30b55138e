package org.o1api.turn;

import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationRef;
import org.o1api.conversation.StoredTurn;
import org.o1api.model.Budget;
import org.o1api.model.Cancellation;
import org.o1api.model.Effort;
import org.o1api.model.Mode;
import org.o1api.model.TurnInfo;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.Strategy;

/**
 * One request for an answer, from any API surface.
 *
 * @param created when the request arrived, in seconds since 1970
 * @param model as the caller requested it
 * @param strategy the strategy of the preset that the request selects, adapted to its effort and mode
 * @param effort how much reasoning the caller asks for; null: according to the preset
 * @param budget the smallest of preset, API key and request
 * @param prompt the request's messages, including assistant messages with only reasoning, which a conversation recognizes
 * @param conversation what the request continues; null: nothing, and nothing is stored
 * @param options what the request says about its conversation
 * @param answered the stored turn that already answered this request, to be replayed; null: there is none
 * @param cancellation cancels the turn: the client has disconnected, or the gateway stops
 */
public record TurnRequest(
        TurnInfo info,
        long created,
        String model,
        Preset preset,
        Strategy strategy,
        @Nullable Effort effort,
        Mode mode,
        Budget budget,
        Prompt prompt,
        @Nullable ConversationRef conversation,
        ConversationOptions options,
        @Nullable StoredTurn answered,
        Cancellation cancellation) {
    /** A turn with the default options. */
    public TurnRequest(
            TurnInfo info,
            long created,
            String model,
            Preset preset,
            Strategy strategy,
            @Nullable Effort effort,
            Mode mode,
            Budget budget,
            Prompt prompt,
            @Nullable ConversationRef conversation,
            @Nullable StoredTurn answered,
            Cancellation cancellation) {
        this(
                info,
                created,
                model,
                preset,
                strategy,
                effort,
                mode,
                budget,
                prompt,
                conversation,
                ConversationOptions.DEFAULT,
                answered,
                cancellation);
    }
}
