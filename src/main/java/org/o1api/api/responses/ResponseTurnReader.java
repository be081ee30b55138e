package org.o1api.api.responses;

import jakarta.ws.rs.container.ContainerRequestContext;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestJson;
import org.o1api.api.TurnEndpoint;
import org.o1api.api.TurnRequests;
import org.o1api.api.TurnSelection;
import org.o1api.model.Cancellation;
import org.o1api.model.PriceList;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.TurnId;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Presets;
import org.o1api.turn.TurnRequest;

/** Reads requests for a response, and looks up the preset that they name. */
public final class ResponseTurnReader {
    private static final String SURFACE = "responses";

    private final ApiSettings settings;
    private final Presets presets;
    private final PriceList prices;

    /**
     * Creates a reader.
     *
     * @param prices what the presets' models cost
     */
    public ResponseTurnReader(ApiSettings settings, Presets presets, PriceList prices) {
        this.settings = settings;
        this.presets = presets;
        this.prices = prices;
    }

    /**
     * Reads a request.
     *
     * @throws org.o1api.model.GatewayException if it is invalid
     */
    ResponseTurn read(ContainerRequestContext context, Cancellation cancellation) {
        ResponseRequest request =
                ResponseRequestReader.read(RequestJson.body(context).bytes(), settings.limits());
        RequestJson.body(context).drop();
        TurnSelection selected = TurnSelection.of(request.requested(), TurnEndpoint.caller(context), presets, prices);
        TurnRequest turn = TurnRequests.create(
                context,
                SURFACE,
                request.model(),
                selected,
                request.prompt(),
                new TurnRequests.Origin(TurnId.random(), null, null),
                cancellation);
        Preset preset = selected.preset();
        ReasoningFormat format =
                preset.reasoningFormat() == null ? settings.reasoningFormat() : preset.reasoningFormat();
        return new ResponseTurn(
                turn,
                new ResponseObject(
                        TurnId.response(turn.info().id()),
                        turn.created(),
                        turn.model(),
                        request.settings(selected.effort(), selected.mode()),
                        preset.usage() == null ? settings.usage() : preset.usage()),
                request.tools(),
                request.inputItems(),
                !request.excludesReasoning() && format != ReasoningFormat.NONE);
    }
}
