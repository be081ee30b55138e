package org.o1api.api.conversations;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestException;
import org.o1api.api.StoreRequests;
import org.o1api.api.items.ItemSource;
import org.o1api.api.items.ItemWriter;
import org.o1api.api.items.ListFormat;
import org.o1api.api.items.PageRequest;
import org.o1api.conversation.Conversation;
import org.o1api.conversation.ConversationException;
import org.o1api.conversation.ConversationRef;
import org.o1api.conversation.ConversationStore;
import org.o1api.conversation.Conversations;
import org.o1api.conversation.OpenConversation;
import org.o1api.conversation.StoredTurn;
import org.o1api.json.Json;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;

/** {@code /v1/conversations/ID/items}: the messages, reasoning and tool calls of a conversation. */
@Path("v1/conversations/{id}/items")
@Produces(MediaType.APPLICATION_JSON)
public final class ConversationItemsResource {
    private final ApiSettings.RequestLimits limits;
    private final Conversations conversations;
    private final ConversationStore store;
    private final StoreRequests stored;
    private final ItemSource items;
    private final ConversationRequests requests;

    /**
     * Creates the resource.
     *
     * @param items lists the items of the turns of all API surfaces
     */
    public ConversationItemsResource(
            ApiSettings.RequestLimits limits, Conversations conversations, StoreRequests stored, ItemSource items) {
        this.limits = limits;
        this.conversations = conversations;
        store = conversations.store();
        this.stored = stored;
        this.items = items;
        requests = new ConversationRequests(limits, store);
    }

    /** Lists the items: one for each message, for the reasoning of an answer, and for each tool call. */
    @GET
    public byte[] items(@PathParam("id") String id, @Context ContainerRequestContext request) {
        return stored.admitted(request, () -> {
            Conversation conversation = requests.find(id, request);
            PageRequest asked = PageRequest.of(request);
            ConversationStore.Page<ItemWriter.Item> page = new ItemPage(store, items, conversation, asked.isAscending())
                    .read(asked.after(), asked.limit(), limits.body());
            return ListFormat.page(page.items(), page.hasMore(), ItemWriter.Item::id, ItemWriter.Item::body);
        });
    }

    /** Adds items without calling a model. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public byte[] add(@PathParam("id") String id, @Context ContainerRequestContext request) {
        return stored.admitted(request, () -> {
            Conversation conversation = requests.find(id, request);
            List<Message> messages = requests.read(request).messages();
            if (messages.isEmpty()) {
                throw new RequestException(
                        ErrorCode.INVALID_REQUEST,
                        "items",
                        "'items' must contain at least one message, function_call or function_call_output.");
            }
            StoredTurn turn = ConversationRequests.unanswered(messages);
            try (OpenConversation open = conversations
                    .tryOpen(new ConversationRef(ConversationRequests.caller(request), conversation.id(), null))
                    .orElseThrow(() -> new ConversationException(
                            ConversationException.Reason.BUSY, "A turn of this conversation is running."))) {
                open.append(turn);
            }
            return ListFormat.page(ItemWriter.items(turn), false, ItemWriter.Item::id, ItemWriter.Item::body);
        });
    }

    @GET
    @Path("{item_id}")
    public byte[] item(
            @PathParam("id") String id, @PathParam("item_id") String item, @Context ContainerRequestContext request) {
        return stored.admitted(request, () -> {
            Conversation conversation = requests.find(id, request);
            return new ItemPage(store, items, conversation, true)
                    .find(item)
                    .map(found -> Json.bytes(json -> found.body().write(json)))
                    .orElseThrow(
                            () -> new ConversationException(
                                    ErrorCode.CONVERSATION_NOT_FOUND,
                                    "item_id",
                                    "This conversation has no item with this ID. GET /v1/conversations/ID/items lists its items."));
        });
    }
}
