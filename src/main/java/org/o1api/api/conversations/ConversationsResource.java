package org.o1api.api.conversations;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestException;
import org.o1api.api.StoreRequests;
import org.o1api.api.items.ListFormat;
import org.o1api.api.items.PageRequest;
import org.o1api.conversation.Conversation;
import org.o1api.conversation.ConversationException;
import org.o1api.conversation.ConversationStore;
import org.o1api.conversation.Conversations;
import org.o1api.conversation.StoredTurn;
import org.o1api.model.RawJson;

/** {@code /v1/conversations}: the conversations of a caller. Those of other callers are not visible. */
@Path("v1/conversations")
@Produces(MediaType.APPLICATION_JSON)
public final class ConversationsResource {
    private static final String ID = "{id}";

    private final ConversationStore store;
    private final StoreRequests stored;
    private final ConversationRequests requests;

    public ConversationsResource(ApiSettings.RequestLimits limits, Conversations conversations, StoreRequests stored) {
        store = conversations.store();
        this.stored = stored;
        requests = new ConversationRequests(limits, store);
    }

    @GET
    public byte[] list(@Context ContainerRequestContext request) {
        return stored.admitted(request, () -> {
            PageRequest asked = PageRequest.of(request);
            ConversationStore.Page<Conversation> page =
                    store.list(ConversationRequests.caller(request), asked.after(), asked.isAscending(), asked.limit());
            return ListFormat.page(page.items(), page.hasMore(), Conversation::id, ConversationJson::body);
        });
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public byte[] create(@Context ContainerRequestContext request) {
        return stored.admitted(request, () -> {
            ConversationRequest body = requests.read(request);
            StoredTurn first = body.messages().isEmpty() ? null : ConversationRequests.unanswered(body.messages());
            RawJson metadata = body.metadata() == null ? new RawJson("{}") : body.metadata();
            return ConversationJson.write(store.create(ConversationRequests.caller(request), metadata, first));
        });
    }

    @GET
    @Path(ID)
    public byte[] get(@PathParam("id") String id, @Context ContainerRequestContext request) {
        return stored.admitted(request, () -> {
            return ConversationJson.write(requests.find(id, request));
        });
    }

    @POST
    @Path(ID)
    @Consumes(MediaType.APPLICATION_JSON)
    public byte[] update(@PathParam("id") String id, @Context ContainerRequestContext request) {
        return stored.admitted(request, () -> {
            String conversationId = ConversationRequests.requireId(id, request);
            RawJson metadata = requests.read(request).metadata();
            if (metadata == null) {
                throw RequestException.missing("metadata");
            }
            return ConversationJson.write(store.update(ConversationRequests.caller(request), conversationId, metadata)
                    .orElseThrow(() -> ConversationException.notFound(conversationId)));
        });
    }

    @DELETE
    @Path(ID)
    public byte[] delete(@PathParam("id") String id, @Context ContainerRequestContext request) {
        return stored.admitted(request, () -> {
            String conversationId = ConversationRequests.requireId(id, request);
            if (!store.delete(ConversationRequests.caller(request), conversationId)) {
                throw ConversationException.notFound(conversationId);
            }
            return ConversationJson.deleted(conversationId);
        });
    }
}
