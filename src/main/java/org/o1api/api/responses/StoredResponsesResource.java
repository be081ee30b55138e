package org.o1api.api.responses;

import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.api.StoreRequests;
import org.o1api.api.TurnEndpoint;
import org.o1api.api.items.ItemWriter;
import org.o1api.api.items.ListFormat;
import org.o1api.api.items.PageRequest;
import org.o1api.conversation.ConversationException;
import org.o1api.conversation.ConversationStore;
import org.o1api.conversation.ResponseStore;
import org.o1api.json.Json;
import org.o1api.model.ErrorCode;
import org.o1api.sealed.ReasoningSeal;

/** {@code /v1/responses/ID}: a stored response. Those of other callers do not exist for a caller. */
@Path("v1/responses/{id: (?!compact$)[^/]+}") // OpenAI's /compact is an unknown URL, not a response
@Produces(MediaType.APPLICATION_JSON)
public final class StoredResponsesResource {
    private static final String ID = "response_id";

    private final ResponseStore responses;
    private final ReasoningSeal seal;
    private final StoreRequests requests;

    public StoredResponsesResource(ResponseStore responses, ReasoningSeal seal, StoreRequests requests) {
        this.responses = responses;
        this.seal = seal;
        this.requests = requests;
    }

    /** Returns a response as it was sent when it was complete. Clients write the name of a list with or without brackets. */
    @GET
    public byte[] get(
            @PathParam("id") String id,
            @QueryParam("include") List<String> include,
            @QueryParam("include[]") List<String> includeInBrackets,
            @QueryParam("stream") @DefaultValue("false") String stream,
            @Context ContainerRequestContext request) {
        if (!stream.equals("false")) {
            throw new RequestException(
                    ErrorCode.UNSUPPORTED_VALUE,
                    "stream",
                    "'stream' must be false: a stored response is returned as one JSON object.");
        }
        boolean encrypts = include.contains(StateReader.ENCRYPTED_REASONING)
                || includeInBrackets.contains(StateReader.ENCRYPTED_REASONING);
        String caller = TurnEndpoint.caller(request).name();
        return requests.admitted(
                request,
                () -> find(id, caller).response(encrypts ? steps -> seal.seal(caller, steps) : OutputForm.PLAIN));
    }

    /** Deletes a response and its items. Those that continue it remain, but can no longer be continued. */
    @DELETE
    public byte[] delete(@PathParam("id") String id, @Context ContainerRequestContext request) {
        return requests.admitted(request, () -> {
            if (!responses.delete(TurnEndpoint.caller(request).name(), id)) {
                throw ConversationException.responseNotFound(ID);
            }
            return Json.bytes(json -> {
                json.writeStartObject();
                json.writeStringField("id", id);
                json.writeStringField("object", "response");
                json.writeBooleanField("deleted", true);
                json.writeEndObject();
            });
        });
    }

    /** Lists the items of the input. */
    @GET
    @Path("input_items")
    public byte[] inputItems(@PathParam("id") String id, @Context ContainerRequestContext request) {
        return requests.admitted(request, () -> {
            PageRequest asked = PageRequest.of(request);
            List<ItemWriter.Item> items =
                    find(id, TurnEndpoint.caller(request).name()).input();
            if (!asked.isAscending()) {
                Collections.reverse(items);
            }
            List<ItemWriter.Item> left = items.subList(first(items, asked.after()), items.size());
            boolean hasMore = left.size() > asked.limit();
            return ListFormat.page(
                    hasMore ? left.subList(0, asked.limit()) : left,
                    hasMore,
                    ItemWriter.Item::id,
                    ItemWriter.Item::body);
        });
    }

    /** The index of the first item of a page. */
    private static int first(List<ItemWriter.Item> items, @Nullable String after) {
        if (after == null) {
            return 0;
        }
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).id().equals(after)) {
                return i + 1;
            }
        }
        throw ConversationStore.invalidCursor(after);
    }

    private ResponseView find(String id, String caller) {
        return responses
                .find(caller, id)
                .map(ResponseView::new)
                .orElseThrow(() -> ConversationException.responseNotFound(ID));
    }
}
