package org.o1api.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationRef;
import org.o1api.conversation.Conversations;
import org.o1api.conversation.StoredTurn;
import org.o1api.model.Cancellation;
import org.o1api.model.TurnId;
import org.o1api.model.TurnInfo;
import org.o1api.reasoning.Prompt;
import org.o1api.server.RequestIdFilter;
import org.o1api.turn.ConversationOptions;
import org.o1api.turn.TurnRequest;

/** Creates the turn of a request that was read and validated, in the same way for all API surfaces. */
public final class TurnRequests {
    private TurnRequests() {}

    /**
     * What a turn continues.
     *
     * @param id of the turn
     * @param conversation null: the turn continues nothing and is not stored
     * @param options what the request says about its conversation
     * @param answered the stored turn that already answered this request; null: there is none
     */
    public record Origin(
            String id,
            @Nullable ConversationRef conversation,
            ConversationOptions options,
            @Nullable StoredTurn answered) {
        /** Returns the same with other options. */
        public Origin withOptions(ConversationOptions other) {
            return new Origin(id, conversation, other, answered);
        }
    }

    /**
     * Looks for the answer that a request has got already, and, if the turn is stored, promises that to the client.
     *
     * @param conversation null: the turn continues nothing and is not stored
     * @throws org.o1api.model.GatewayException if the request's idempotency key belongs to another request or to one that is
     *     still running, or the database is needed and unavailable
     */
    public static Origin origin(
            ContainerRequestContext context,
            @Nullable ConversationRef conversation,
            ConversationOptions options,
            Conversations conversations) {
        if (conversation == null || !options.stores()) {
            return new Origin(TurnId.random(), conversation, options, null);
        }
        StoredTurn answered = conversations.findAnsweredTurn(conversation).orElse(null);
        Idempotency.promise(context, answered != null);
        return new Origin(answered == null ? conversation.newTurnId() : answered.id(), conversation, options, answered);
    }

    /**
     * Creates a turn.
     *
     * @param surface the name of the API
     * @param model as the caller requested it; null: the default preset
     */
    public static TurnRequest create(
            ContainerRequestContext context,
            String surface,
            @Nullable String model,
            TurnSelection selected,
            Prompt prompt,
            Origin origin,
            Cancellation cancellation) {
        String preset = selected.preset().name();
        StoredTurn answered = origin.answered();
        TurnInfo info = new TurnInfo(
                origin.id(),
                TurnEndpoint.caller(context).name(),
                preset,
                surface,
                String.valueOf(context.getProperty(RequestIdFilter.ATTRIBUTE)),
                CallDepth.read(context),
                TraceHeaders.read(context));
        return new TurnRequest(
                info,
                answered == null ? Instant.now().getEpochSecond() : answered.created(),
                answered != null ? answered.model() : model == null ? preset : model,
                selected.preset(),
                selected.strategy(),
                selected.effort(),
                selected.mode(),
                selected.budget(),
                prompt,
                origin.conversation(),
                origin.options(),
                answered,
                cancellation);
    }
}
