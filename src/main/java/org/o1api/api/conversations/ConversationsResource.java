package org.o1api.api.conversations;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestException;
import org.o1api.api.RequestJson;
import org.o1api.conversation.Conversation;
import org.o1api.conversation.ConversationException;
import org.o1api.conversation.ConversationId;
import org.o1api.conversation.ConversationRef;
import org.o1api.conversation.ConversationStore;
import org.o1api.conversation.Conversations;
import org.o1api.conversation.OpenConversation;
import org.o1api.conversation.StoredTurn;
import org.o1api.json.Json;
import org.o1api.model.Caller;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.turn.Admission;

/** {@code /v1/conversations}: the conversations of a caller and their items. Those of other callers are not visible. */
@Path("v1/conversations")
@Produces(MediaType.APPLICATION_JSON)
public final class ConversationsResource {
    private static final int MAX_PAGE_SIZE = 100;
    private static final String ID = "{id}";

    private final ApiSettings.RequestLimits limits;
    private final Conversations conversations;
    private final Admission admission;
    private final ConversationStore store;

    public ConversationsResource(ApiSettings.RequestLimits limits, Conversations conversations, Admission admission) {
        this.limits = limits;
        this.conversations = conversations;
        this.admission = admission;
        this.store = conversations.store();
    }

    @GET
    public byte[] list(
            @QueryParam("after") @Nullable String after,
            @QueryParam("order") @DefaultValue("desc") String order,
            @QueryParam("limit") @DefaultValue("20") String limit,
            @Context ContainerRequestContext request) {
        return admitted(request, () -> {
            ConversationStore.Page<Conversation> page =
                    store.list(caller(request), cursor(after), isAscending(order), limit(limit));
            return page(page.items(), page.hasMore(), Conversation::id, ConversationsResource::body);
        });
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public byte[] create(@Context ContainerRequestContext request) {
        return admitted(request, () -> {
            ConversationRequest body =
                    ConversationRequest.read(RequestJson.body(request).bytes(), limits);
            StoredTurn first = body.messages().isEmpty() ? null : unanswered(body.messages());
            RawJson metadata = body.metadata() == null ? new RawJson("{}") : body.metadata();
            return json(store.create(caller(request), metadata, first));
        });
    }

    @GET
    @Path(ID)
    public byte[] get(@PathParam("id") String id, @Context ContainerRequestContext request) {
        return admitted(request, () -> {
            return json(find(id, request));
        });
    }

    @POST
    @Path(ID)
    @Consumes(MediaType.APPLICATION_JSON)
    public byte[] update(@PathParam("id") String id, @Context ContainerRequestContext request) {
        return admitted(request, () -> {
            String conversationId = requireId(id, request);
            RawJson metadata = ConversationRequest.read(
                            RequestJson.body(request).bytes(), limits)
                    .metadata();
            if (metadata == null) {
                throw RequestException.missing("metadata");
            }
            return json(store.update(caller(request), conversationId, metadata)
                    .orElseThrow(() -> ConversationException.notFound(conversationId)));
        });
    }

    @DELETE
    @Path(ID)
    public byte[] delete(@PathParam("id") String id, @Context ContainerRequestContext request) {
        return admitted(request, () -> {
            String conversationId = requireId(id, request);
            if (!store.delete(caller(request), conversationId)) {
                throw ConversationException.notFound(conversationId);
            }
            return Json.bytes(json -> {
                json.writeStartObject();
                json.writeStringField("id", conversationId);
                json.writeStringField("object", "conversation.deleted");
                json.writeBooleanField("deleted", true);
                json.writeEndObject();
            });
        });
    }

    /** Lists the items: one for each message, for the reasoning of an answer, and for each tool call. */
    @GET
    @Path(ID + "/items")
    public byte[] items(
            @PathParam("id") String id,
            @QueryParam("after") @Nullable String after,
            @QueryParam("order") @DefaultValue("desc") String order,
            @QueryParam("limit") @DefaultValue("20") String limit,
            @Context ContainerRequestContext request) {
        return admitted(request, () -> {
            Conversation conversation = find(id, request);
            ConversationStore.Page<ItemWriter.Item> page = new ItemPage(store, conversation, isAscending(order))
                    .read(cursor(after), limit(limit), limits.body());
            return page(page.items(), page.hasMore(), ItemWriter.Item::id, ItemWriter.Item::body);
        });
    }

    /** Adds items without calling a model. */
    @POST
    @Path(ID + "/items")
    @Consumes(MediaType.APPLICATION_JSON)
    public byte[] add(@PathParam("id") String id, @Context ContainerRequestContext request) {
        return admitted(request, () -> {
            Conversation conversation = find(id, request);
            List<Message> messages = ConversationRequest.read(
                            RequestJson.body(request).bytes(), limits)
                    .messages();
            if (messages.isEmpty()) {
                throw new RequestException(
                        ErrorCode.INVALID_REQUEST,
                        "items",
                        "'items' must contain at least one message, function_call or function_call_output.");
            }
            StoredTurn turn = unanswered(messages);
            try (OpenConversation open = conversations
                    .tryOpen(new ConversationRef(caller(request), conversation.id(), null))
                    .orElseThrow(() -> new ConversationException(
                            ErrorCode.CONVERSATION_BUSY,
                            ConversationId.FIELD,
                            "A turn of this conversation is running. Retry after it has completed."))) {
                open.append(turn);
            }
            return page(ItemWriter.items(turn), false, ItemWriter.Item::id, ItemWriter.Item::body);
        });
    }

    @GET
    @Path(ID + "/items/{item_id}")
    public byte[] item(
            @PathParam("id") String id, @PathParam("item_id") String item, @Context ContainerRequestContext request) {
        return admitted(request, () -> {
            Conversation conversation = find(id, request);
            return new ItemPage(store, conversation, true)
                    .find(item)
                    .map(found -> Json.bytes(json -> found.body().write(json)))
                    .orElseThrow(
                            () -> new ConversationException(
                                    ErrorCode.CONVERSATION_NOT_FOUND,
                                    "item_id",
                                    "This conversation has no item with this ID. GET /v1/conversations/ID/items lists its items."));
        });
    }

    /** Runs a request within the limits of concurrent requests, since the database may be slow. */
    private byte[] admitted(ContainerRequestContext request, Supplier<byte[]> action) {
        Admission.Ticket ticket = admission.admit(caller(request), RequestJson.body(request)::release);
        try (ticket) {
            return action.get();
        }
    }

    private static StoredTurn unanswered(List<Message> messages) {
        return new StoredTurn(
                ItemWriter.TURN_PREFIX + UUID.randomUUID().toString().replace("-", ""),
                Instant.now().getEpochSecond(),
                "",
                messages,
                null);
    }

    /** The ID in the path. JAX-RS removes what follows a semicolon, which no valid ID contains. */
    private static String requireId(String id, ContainerRequestContext request) {
        boolean hasParameters =
                request.getUriInfo().getRequestUri().getRawPath().contains(";");
        return ConversationId.requireValid(hasParameters ? id + ";" : id, ConversationId.FIELD);
    }

    private Conversation find(String id, ContainerRequestContext request) {
        String conversationId = requireId(id, request);
        return store.find(caller(request), conversationId)
                .orElseThrow(() -> ConversationException.notFound(conversationId));
    }

    private static String caller(ContainerRequestContext request) {
        return ((Caller) request.getProperty(Caller.PROPERTY)).name();
    }

    /** An empty cursor counts as absent, because {@code last_id} of an empty page is an empty string. */
    private static @Nullable String cursor(@Nullable String after) {
        return after == null || after.isEmpty() ? null : after;
    }

    private static boolean isAscending(String order) {
        if (!order.equals("asc") && !order.equals("desc")) {
            throw new RequestException(ErrorCode.INVALID_REQUEST, "order", "'order' must be one of asc, desc.");
        }
        return order.equals("asc");
    }

    private static int limit(String limit) {
        if (!limit.matches("[1-9]\\d{0,2}") || Integer.parseInt(limit) > MAX_PAGE_SIZE) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    "limit",
                    "'limit' must be a whole number from 1 to " + MAX_PAGE_SIZE + ".");
        }
        return Integer.parseInt(limit);
    }

    private static byte[] json(Conversation conversation) {
        return Json.bytes(body(conversation));
    }

    private static Json.ValueWriter body(Conversation conversation) {
        return json -> {
            json.writeStartObject();
            json.writeStringField("id", conversation.id());
            json.writeStringField("object", "conversation");
            json.writeNumberField("created_at", conversation.createdAt().getEpochSecond());
            json.writeFieldName("metadata");
            json.writeRawValue(conversation.metadata().text());
            json.writeEndObject();
        };
    }

    private static <T> byte[] page(
            List<T> items, boolean hasMore, Function<T, String> id, Function<T, Json.ValueWriter> body) {
        return Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("object", "list");
            json.writeArrayFieldStart("data");
            for (T item : items) {
                body.apply(item).write(json);
            }
            json.writeEndArray();
            json.writeBooleanField("has_more", hasMore);
            json.writeStringField("first_id", items.isEmpty() ? "" : id.apply(items.get(0)));
            json.writeStringField("last_id", items.isEmpty() ? "" : id.apply(items.get(items.size() - 1)));
            json.writeEndObject();
        });
    }
}
