package org.o1api.api.conversations;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.time.Instant;
import java.util.List;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestJson;
import org.o1api.api.TurnEndpoint;
import org.o1api.conversation.Conversation;
import org.o1api.conversation.ConversationException;
import org.o1api.conversation.ConversationId;
import org.o1api.conversation.ConversationStore;
import org.o1api.conversation.StoredTurn;
import org.o1api.model.Message;
import org.o1api.model.TurnId;

/** What the resources of conversations have in common: the body of a request, and the conversation of a path. */
final class ConversationRequests {
    private final ApiSettings.RequestLimits limits;
    private final ConversationStore store;

    ConversationRequests(ApiSettings.RequestLimits limits, ConversationStore store) {
        this.limits = limits;
        this.store = store;
    }

    /** Parses the body of a request. */
    ConversationRequest read(ContainerRequestContext request) {
        return ConversationRequest.read(RequestJson.takeText(request), limits);
    }

    /** A turn of messages that no model answers. */
    static StoredTurn unanswered(List<Message> messages) {
        return new StoredTurn(TurnId.random(), Instant.now().getEpochSecond(), "", messages, null);
    }

    /** The ID in the path. JAX-RS removes what follows a semicolon, which no valid ID contains. */
    static String requireId(String id, ContainerRequestContext request) {
        boolean hasParameters =
                request.getUriInfo().getRequestUri().getRawPath().contains(";");
        return ConversationId.requireValid(hasParameters ? id + ";" : id, ConversationId.FIELD);
    }

    /**
     * The conversation of a path.
     *
     * @throws ConversationException if the caller has no such conversation
     */
    Conversation find(String id, ContainerRequestContext request) {
        String conversationId = requireId(id, request);
        return store.find(caller(request), conversationId)
                .orElseThrow(() -> ConversationException.notFound(conversationId));
    }

    static String caller(ContainerRequestContext request) {
        return TurnEndpoint.caller(request).name();
    }
}
