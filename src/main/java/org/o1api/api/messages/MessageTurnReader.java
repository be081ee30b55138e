package org.o1api.api.messages;

import jakarta.ws.rs.container.ContainerRequestContext;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestJson;
import org.o1api.api.TurnEndpoint;
import org.o1api.api.TurnRequests;
import org.o1api.api.TurnSelection;
import org.o1api.api.messages.MessageRequest.Thinking;
import org.o1api.model.Cancellation;
import org.o1api.model.PriceList;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.TurnId;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Presets;
import org.o1api.sealed.ReasoningSeal;
import org.o1api.turn.ConversationOptions;
import org.o1api.turn.TurnRequest;

/** Reads requests for a message, and looks up the preset that they name. Nothing is stored of them. */
public final class MessageTurnReader {
    private static final String SURFACE = "messages";

    private final ApiSettings settings;
    private final Presets presets;
    private final PriceList prices;
    private final ReasoningSeal seal;

    /**
     * Creates a reader.
     *
     * @param prices what the presets' models cost
     * @param seal encrypts reasoning for clients, and decrypts what they send back
     */
    public MessageTurnReader(ApiSettings settings, Presets presets, PriceList prices, ReasoningSeal seal) {
        this.settings = settings;
        this.presets = presets;
        this.prices = prices;
        this.seal = seal;
    }

    /**
     * Reads a request.
     *
     * @throws org.o1api.model.GatewayException if it is invalid
     */
    MessageTurn read(ContainerRequestContext context, Cancellation cancellation) {
        ReasoningSeal.Session sealed = seal.session(TurnEndpoint.caller(context).name());
        MessageRequest request = MessageRequestReader.read(
                RequestJson.takeText(context),
                settings.limits(),
                signatures -> sealed.openNewest(signatures, settings.limits().body(), cancellation::throwIfCancelled));
        RequestJson.body(context).drop();
        TurnSelection selected = TurnSelection.of(request.requested(), TurnEndpoint.caller(context), presets, prices);
        Preset preset = selected.preset();
        TurnRequest turn = TurnRequests.create(
                context,
                SURFACE,
                request.model(),
                selected,
                request.prompt(),
                new TurnRequests.Origin(TurnId.random(), null, ConversationOptions.DEFAULT, null),
                cancellation);
        return new MessageTurn(
                turn,
                new MessageObject("msg_" + TurnId.hex(turn.info().id()), turn.model(), settings.usage(preset)),
                request.thinking() != Thinking.DISABLED && settings.reasoningFormat(preset) != ReasoningFormat.NONE,
                new MessageContent.Form(request.thinking() == Thinking.OMITTED, sealed::seal));
    }
}
