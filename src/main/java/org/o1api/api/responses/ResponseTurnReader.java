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
import org.o1api.conversation.ConversationRef;
import org.o1api.conversation.Conversations;
import org.o1api.model.Cancellation;
import org.o1api.model.PriceList;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.TurnId;
import org.o1api.model.UsageReport;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Presets;
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

    /** Reads a request that is not answered, so that there is nothing to store. */
    ResponseTurn readUnanswered(ContainerRequestContext context, Cancellation cancellation) {
        return read(context, cancellation, false);
    }

    private ResponseTurn read(ContainerRequestContext context, Cancellation cancellation, boolean isAnswered) {
        String caller = TurnEndpoint.caller(context).name();
        byte[] body = RequestJson.body(context).bytes();
        ResponseRequest request = ResponseRequestReader.read(
                body,
                settings.limits(),
                new StoredItems(
                        caller,
                        conversations.responses(),
                        seal,
                        settings.limits().body()));
        TurnSelection selected = TurnSelection.of(request.requested(), TurnEndpoint.caller(context), presets, prices);
        boolean stores = isAnswered && stores(request.state());
        ConversationRef.IdempotencyKey key = stores ? Idempotency.key(context, body) : null;
        RequestJson.body(context).drop();
        Preset preset = selected.preset();
        ResponseEcho echo = new ResponseEcho(
                request.settings(selected.effort(), selected.mode(), stores),
                usageReport(preset),
                showsReasoning(request, preset),
                request.tools(),
                request.input());
        TurnRequest turn = TurnRequests.create(
                context,
                SURFACE,
                request.model(),
                selected,
                request.prompt(),
                TurnRequests.origin(
                        context,
                        conversation(caller, request.state(), stores, key),
                        new ConversationOptions(
                                request.instructions(),
                                request.state().mayTruncate(),
                                stores,
                                stores ? echo.write() : null),
                        conversations),
                cancellation);
        return turn(turn, echo, encryption(caller, request.state().encryptsReasoning()));
    }

    /** Without a wish of the client an answer does not depend on the database. */
    private boolean stores(ResponseState state) {
        return state.store() == null ? conversations.isAvailable() : state.store();
    }

    private UsageReport usageReport(Preset preset) {
        return preset.usage() == null ? settings.usage() : preset.usage();
    }

    private boolean showsReasoning(ResponseRequest request, Preset preset) {
        ReasoningFormat format =
                preset.reasoningFormat() == null ? settings.reasoningFormat() : preset.reasoningFormat();
        return !request.excludesReasoning() && format != ReasoningFormat.NONE;
    }

    private Function<List<String>, Optional<String>> encryption(String caller, boolean encrypts) {
        return encrypts ? steps -> seal.seal(caller, steps) : OutputForm.PLAIN;
    }

    private @Nullable ConversationRef conversation(
            String caller, ResponseState state, boolean stores, ConversationRef.@Nullable IdempotencyKey key) {
        if (state.conversation() != null) {
            return new ConversationRef(caller, state.conversation(), key);
        }
        if (state.previousResponse() != null) {
            return conversations.responses().continuing(caller, state.previousResponse(), key);
        }
        return stores ? ConversationRef.unnamed(caller, key) : null;
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
