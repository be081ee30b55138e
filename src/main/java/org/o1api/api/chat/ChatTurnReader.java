package org.o1api.api.chat;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.api.Idempotency;
import org.o1api.api.RequestJson;
import org.o1api.api.TurnEndpoint;
import org.o1api.api.TurnRequests;
import org.o1api.api.TurnSelection;
import org.o1api.conversation.ConversationRef;
import org.o1api.conversation.Conversations;
import org.o1api.model.Caller;
import org.o1api.model.Cancellation;
import org.o1api.model.PriceList;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Presets;
import org.o1api.turn.ConversationOptions;
import org.o1api.turn.TurnRequest;

/** Reads chat completion requests, and looks up what they name: the preset and the conversation. */
public final class ChatTurnReader {
    private static final String SURFACE = "chat";

    private final ApiSettings settings;
    private final Presets presets;
    private final PriceList prices;
    private final Map<String, String> fingerprints;
    private final Conversations conversations;

    /**
     * Creates a reader.
     *
     * @param prices what the presets' models cost
     * @param fingerprints the {@code system_fingerprint} of each preset, by name
     */
    public ChatTurnReader(
            ApiSettings settings,
            Presets presets,
            PriceList prices,
            Map<String, String> fingerprints,
            Conversations conversations) {
        this.settings = settings;
        this.presets = presets;
        this.prices = prices;
        this.fingerprints = fingerprints;
        this.conversations = conversations;
    }

    /**
     * Reads a request.
     *
     * @throws org.o1api.model.GatewayException if it is invalid, or the database is needed and unavailable
     */
    ChatTurn read(ContainerRequestContext context, Cancellation cancellation) {
        Caller caller = TurnEndpoint.caller(context);
        ChatCompletionRequest request = RequestReader.read(RequestJson.takeText(context), settings.limits());
        TurnSelection selected = TurnSelection.of(request.requested(), caller, presets, prices);
        Preset preset = selected.preset();
        @Nullable ConversationRef conversation = conversationRef(request, caller, context);
        RequestJson.body(context).drop();
        TurnRequest turn = TurnRequests.create(
                context,
                SURFACE,
                request.model(),
                selected,
                request.prompt(),
                TurnRequests.origin(context, conversation, ConversationOptions.DEFAULT, conversations),
                cancellation);
        return new ChatTurn(
                turn,
                CompletionMetadata.of(turn, Objects.requireNonNull(fingerprints.get(preset.name()))),
                request.format(preset, settings.reasoningFormat()),
                settings.usage(preset),
                request.includeUsage(),
                request.includeTrace(),
                settings.legacyResponse());
    }

    private static @Nullable ConversationRef conversationRef(
            ChatCompletionRequest request, Caller caller, ContainerRequestContext context) {
        return request.conversationId() == null
                ? null
                : new ConversationRef(
                        caller.name(),
                        request.conversationId(),
                        request.options().parent(),
                        Idempotency.key(context));
    }
}
