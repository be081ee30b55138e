package org.o1api.api.responses;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.api.Idempotency;
import org.o1api.api.RequestJson;
import org.o1api.api.TurnEndpoint;
import org.o1api.api.TurnRequests;
import org.o1api.api.TurnSelection;
import org.o1api.conversation.ConversationException;
import org.o1api.conversation.ConversationRef;
import org.o1api.conversation.Conversations;
import org.o1api.conversation.StoredResponse;
import org.o1api.conversation.StoredTurn;
import org.o1api.model.Cancellation;
import org.o1api.model.Message;
import org.o1api.model.PriceList;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.TurnId;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Presets;
import org.o1api.reasoning.Prompt;
import org.o1api.sealed.ReasoningSeal;
import org.o1api.turn.ConversationOptions;
import org.o1api.turn.TurnRequest;

/** Reads requests for a response, and looks up what they name: the preset, the response or conversation to continue, earlier items. */
public final class ResponseTurnReader {
    private static final String SURFACE = "responses";

    private final ApiSettings settings;
    private final Presets presets;
    private final PriceList prices;
    private final Conversations conversations;
    private final ReasoningSeal seal;

    /**
     * Creates a reader.
     *
     * @param prices what the presets' models cost
     * @param seal encrypts reasoning for clients, and decrypts what they send back
     */
    public ResponseTurnReader(
            ApiSettings settings, Presets presets, PriceList prices, Conversations conversations, ReasoningSeal seal) {
        this.settings = settings;
        this.presets = presets;
        this.prices = prices;
        this.conversations = conversations;
        this.seal = seal;
    }

    /**
     * Reads a request.
     *
     * @throws org.o1api.model.GatewayException if it is invalid, or the database is needed and unavailable
     */
    ResponseTurn read(ContainerRequestContext context, Cancellation cancellation) {
        return read(context, cancellation, true);
    }

    /** Reads a request that is not answered, so that there is nothing to store, and that may be without an input. */
    ResponseTurn readUnanswered(ContainerRequestContext context, Cancellation cancellation) {
        return read(context, cancellation, false);
    }

    private ResponseTurn read(ContainerRequestContext context, Cancellation cancellation, boolean isAnswered) {
        ResponseRequestReader reader =
                ResponseRequestReader.readFields(RequestJson.takeText(context), settings.limits());
        boolean stores = isAnswered && stores(reader.state());
        try {
            ConversationRef.IdempotencyKey key = stores ? Idempotency.key(context) : null;
            RequestJson.body(context).drop(); // reading the items of a large input takes a multiple of its memory
            return read(reader, new Context(context, cancellation, isAnswered, stores, key));
        } catch (ConversationException e) {
            throw StateReader.terms(reader.state().conversation() != null).of(e);
        }
    }

    /** What is known of a request besides its fields. */
    private record Context(
            ContainerRequestContext http,
            Cancellation cancellation,
            boolean isAnswered,
            boolean stores,
            ConversationRef.@Nullable IdempotencyKey key) {
        String caller() {
            return TurnEndpoint.caller(http).name();
        }
    }

    /** The answer of a repeated request is looked up before what its input refers to, which may have been deleted since. */
    private ResponseTurn read(ResponseRequestReader reader, Context context) {
        ResponseState state = reader.state();
        TurnSelection selected =
                TurnSelection.of(reader.requested(), TurnEndpoint.caller(context.http), presets, prices);
        TurnRequests.Origin origin = TurnRequests.origin(
                context.http, conversation(state, context), options(List.of(), state, context, null), conversations);
        ReasoningSeal.Session sealed = seal.session(context.caller());
        return origin.answered() == null
                ? newTurn(reader, selected, origin, sealed, context)
                : repeatedTurn(selected, origin, origin.answered(), sealed, state, context);
    }

    private ResponseTurn newTurn(
            ResponseRequestReader reader,
            TurnSelection selected,
            TurnRequests.Origin origin,
            ReasoningSeal.Session sealed,
            Context context) {
        StoredItems earlier = new StoredItems(
                context.caller(),
                conversations.responses(),
                sealed,
                settings.limits().body(),
                context.cancellation);
        ResponseRequest request = context.isAnswered ? reader.withInput(earlier) : reader.withOptionalInput(earlier);
        ResponseEcho echo = new ResponseEcho(
                request.settings(selected.effort(), selected.mode(), context.stores),
                settings.usage(selected.preset()),
                showsReasoning(request, selected.preset()),
                request.tools(),
                request.input());
        ConversationOptions options = options(
                request.instructions(),
                request.state(),
                context,
                context.stores ? stored -> echo.write(request.prompt().messages(), stored) : null);
        TurnRequest turn = TurnRequests.create(
                context.http,
                SURFACE,
                request.model(),
                selected,
                request.prompt(),
                origin.withOptions(options),
                context.cancellation);
        return turn(turn, echo, encryption(sealed, request.state()));
    }

    /** The same response as before, with what was stored of the request. */
    private ResponseTurn repeatedTurn(
            TurnSelection selected,
            TurnRequests.Origin origin,
            StoredTurn answered,
            ReasoningSeal.Session sealed,
            ResponseState state,
            Context context) {
        StoredResponse stored = conversations
                .responses()
                .find(context.caller(), TurnId.response(answered.id()))
                .orElseGet(() -> new StoredResponse(answered, state.conversation(), null));
        Prompt unused = new Prompt(List.of(), Map.of(), null, Map.of(), null);
        TurnRequest turn =
                TurnRequests.create(context.http, SURFACE, null, selected, unused, origin, context.cancellation);
        return turn(turn, ResponseEcho.of(stored), encryption(sealed, state));
    }

    private static ConversationOptions options(
            List<Message> instructions, ResponseState state, Context context, ConversationOptions.@Nullable Echo echo) {
        return new ConversationOptions(instructions, state.mayTruncate(), storage(state, context), echo);
    }

    /** A request with a key has to be answered the same again: the promise in the header is made before the answer. */
    private static ConversationOptions.Storage storage(ResponseState state, Context context) {
        if (!context.stores) {
            return ConversationOptions.Storage.NONE;
        }
        return context.key != null || state.requiresStorage()
                ? ConversationOptions.Storage.REQUIRED
                : ConversationOptions.Storage.IF_POSSIBLE;
    }

    /** If the client does not say whether to store, the answer must not depend on the database. */
    private boolean stores(ResponseState state) {
        return state.store() == null ? conversations.isAvailable() : state.store();
    }

    private boolean showsReasoning(ResponseRequest request, Preset preset) {
        return !request.excludesReasoning() && settings.reasoningFormat(preset) != ReasoningFormat.NONE;
    }

    private static Function<List<String>, Optional<String>> encryption(
            ReasoningSeal.Session sealed, ResponseState state) {
        return state.encryptsReasoning() ? sealed::seal : OutputForm.PLAIN;
    }

    private @Nullable ConversationRef conversation(ResponseState state, Context context) {
        if (state.conversation() != null) {
            return new ConversationRef(context.caller(), state.conversation(), context.key);
        }
        if (state.previousResponse() != null) {
            return conversations.responses().continuing(context.caller(), state.previousResponse(), context.key);
        }
        return context.stores ? ConversationRef.unnamed(context.caller(), context.key) : null;
    }

    private static ResponseTurn turn(
            TurnRequest turn, ResponseEcho echo, Function<List<String>, Optional<String>> encryption) {
        Map<String, RawJson> repeated = echo.settings();
        return new ResponseTurn(
                turn,
                new ResponseObject(
                        TurnId.response(turn.info().id()), turn.created(), turn.model(), repeated, echo.usage()),
                new OutputForm(echo.input().items(), echo.tools(), echo.showsReasoning(), encryption));
    }
}
