package org.o1api.api.chat;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.api.ErrorBody;
import org.o1api.api.ErrorMapper;
import org.o1api.api.ModelsResource;
import org.o1api.api.RequestException;
import org.o1api.api.RequestJson;
import org.o1api.conversation.ConversationRef;
import org.o1api.conversation.HistoryLimits;
import org.o1api.conversation.StoredTurn;
import org.o1api.json.Json;
import org.o1api.model.Caller;
import org.o1api.model.Cancellation;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.model.Message;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.UsageReport;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Presets;
import org.o1api.server.EventStream;
import org.o1api.server.OpenStreams;
import org.o1api.server.RequestIdFilter;
import org.o1api.server.ResponseGuard;
import org.o1api.turn.Admission;
import org.o1api.turn.ConversationLock;
import org.o1api.turn.Turn;
import org.o1api.turn.TurnService;

/**
 * {@code POST /v1/chat/completions}. A turn runs on the thread of its resource method, which turns failures into a
 * status or an error event.
 */
@Path("v1/chat/completions")
@Consumes(MediaType.APPLICATION_JSON)
public final class ChatCompletionsResource {
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final int MAX_KEY_LENGTH = 255;

    private final ApiSettings settings;
    private final Presets presets;
    private final Map<String, String> fingerprints;
    private final Admission admission;
    private final TurnService turns;
    private final ConversationLock conversationLock;
    private final OpenStreams streams;

    /**
     * Creates the resource.
     *
     * @param fingerprints the {@code system_fingerprint} of each preset, by name
     */
    public ChatCompletionsResource(
            ApiSettings settings,
            Presets presets,
            Map<String, String> fingerprints,
            Admission admission,
            TurnService turns,
            ConversationLock conversationLock,
            OpenStreams streams) {
        this.settings = settings;
        this.presets = presets;
        this.fingerprints = fingerprints;
        this.admission = admission;
        this.turns = turns;
        this.conversationLock = conversationLock;
        this.streams = streams;
    }

    /** Responds with one JSON object. */
    @POST
    @Produces(MediaType.APPLICATION_JSON)
    public void complete(@Context ContainerRequestContext context, @Suspended AsyncResponse response) {
        Cancellation cancellation = new Cancellation();
        try (Admission.Ticket ticket = admission.admit(caller(context).name(), cancellation)) {
            ChatTurn chatTurn = prepare(context, cancellation);
            Runnable release = () -> release(ticket, context);
            ChatCompletionWriter writer = new ChatCompletionWriter(chatTurn.metadata, chatTurn.format, chatTurn.usage);
            @Nullable TurnRecorder recorder = chatTurn.recorder(writer);
            ReasoningFormatter formatter = new ReasoningFormatter(
                    chatTurn.format, recorder == null ? writer : recorder.recordingWriter(), true);
            @Nullable LegacySteps legacySteps = settings.legacyResponse() ? new LegacySteps(formatter) : null;
            TurnListener listener = legacySteps == null ? formatter : legacySteps;
            Json.ValueWriter extraFields = json -> {
                if (legacySteps != null) {
                    legacySteps.write(json);
                }
            };
            Duration heartbeat = streams.jsonHeartbeat();
            if (heartbeat == null) {
                @Nullable
                GatewayException failure = chatTurn.loggedTurn().run(() -> runOrReplay(chatTurn, recorder, listener));
                release.run();
                if (failure != null) {
                    throw failure;
                }
                response.resume(writer.toJson(extraFields));
                return;
            }
            Runnable abort = () -> context.setProperty(ResponseGuard.ABORT, true);
            try (EventStream stream = streams.openJson(response, heartbeat, abort, chatTurn)) {
                writer.attach(stream);
                runInStream(chatTurn, stream, release, () -> {
                    FinishReason reason = runOrReplay(chatTurn, recorder, listener);
                    release.run();
                    stream.end(writer.toJson(extraFields));
                    return reason;
                });
            }
        }
    }

    /** Responds with a stream of chunks. */
    @POST
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public void stream(@Context ContainerRequestContext context, @Context SseEventSink sink) {
        Cancellation cancellation = new Cancellation();
        try (Admission.Ticket ticket = admission.admit(caller(context).name(), cancellation)) {
            ChatTurn chatTurn = prepare(context, cancellation);
            Runnable release = () -> release(ticket, context);
            @Nullable UsageReport usage = chatTurn.request.includeUsage() ? chatTurn.usage : null;
            StreamingChatWriter writer = new StreamingChatWriter(chatTurn.metadata, chatTurn.format, usage, release);
            @Nullable TurnRecorder recorder = chatTurn.recorder(writer);
            try (EventStream stream = streams.openEventStream(sink, writer.openingEvent(), chatTurn)) {
                writer.attach(stream);
                ReasoningFormatter formatter = new ReasoningFormatter(
                        chatTurn.format, recorder == null ? writer : recorder.recordingWriter(), false);
                runInStream(chatTurn, stream, release, () -> runOrReplay(chatTurn, recorder, formatter));
            }
        }
    }

    /**
     * Releases the resources of a request. Called before the end of the response is sent, since the client may send its
     * next request immediately.
     */
    private static void release(Admission.Ticket ticket, ContainerRequestContext context) {
        RequestJson.body(context).release();
        ticket.release();
    }

    private static Caller caller(ContainerRequestContext context) {
        return (Caller) context.getProperty(Caller.PROPERTY);
    }

    /**
     * Runs the turn in its conversation, if it has one, or replays the stored answer of a repeated request. Returns the
     * finish reason.
     */
    private FinishReason runOrReplay(ChatTurn chatTurn, @Nullable TurnRecorder recorder, TurnListener listener) {
        if (chatTurn.conversation == null || recorder == null) {
            return turns.run(chatTurn.turn, new ListenerClient(listener));
        }
        if (chatTurn.storedTurn != null) {
            return recorder.replay(chatTurn.storedTurn, listener);
        }
        return conversationLock.withLock(chatTurn.conversation, chatTurn.turn.cancellation(), conversation -> {
            Optional<StoredTurn> answered = conversation.findAnsweredTurn();
            if (answered.isPresent()) {
                return recorder.replay(answered.get(), listener);
            }
            Preset.History history = chatTurn.turn.preset().history();
            // A client that stores the conversation itself could not send more than the maximum body size.
            HistoryLimits historyLimits =
                    new HistoryLimits(history.tokens(), settings.limits().body(), history.reasoning());
            List<Message> messages = conversation.buildPrompt(chatTurn.request.messages(), historyLimits);
            return turns.run(
                    chatTurn.turn.withMessages(messages),
                    new ListenerClient(recorder.storingIn(conversation, listener)));
        });
    }

    /** A validated request with everything that was looked up for it. */
    private record ChatTurn(
            ChatCompletionRequest request,
            Turn turn,
            ReasoningFormat format,
            UsageReport usage,
            CompletionMetadata metadata,
            Object requestId,
            @Nullable ConversationRef conversation,
            @Nullable StoredTurn storedTurn)
            implements EventStream.Listener {
        @Override
        public void disconnected() {
            turn.cancellation()
                    .cancel(ErrorCode.CLIENT_DISCONNECTED, "The client disconnected before the answer was complete.");
        }

        @Override
        public void failed(Throwable failure) {
            GatewayException unexpected = ErrorMapper.unexpected(failure);
            turn.cancellation().cancel(unexpected.code(), String.valueOf(unexpected.getMessage()));
        }

        LoggedTurn loggedTurn() {
            return new LoggedTurn(turn, requestId);
        }

        @Nullable
        TurnRecorder recorder(ChatWriter writer) {
            return conversation == null ? null : new TurnRecorder(metadata, format, writer, turn.cancellation());
        }
    }

    private ChatTurn prepare(ContainerRequestContext context, Cancellation cancellation) {
        if (context.getMediaType() == null) {
            throw new NotSupportedException(); // without Content-Type Jersey accepts the body as any type
        }
        Caller caller = caller(context);
        byte[] body = RequestJson.body(context).bytes();
        ChatCompletionRequest request = RequestReader.read(body, settings.limits());
        Preset preset = presets.find(request.model(), caller::mayUse)
                .orElseThrow(() -> ModelsResource.modelNotFound(String.valueOf(request.model())));
        @Nullable ConversationRef conversation = conversationRef(request, caller, body, context);
        RequestJson.body(context).drop();
        @Nullable
        StoredTurn storedTurn = conversation == null
                ? null
                : conversationLock.findAnswer(conversation).orElse(null);
        String fingerprint = Objects.requireNonNull(fingerprints.get(preset.name()));
        return new ChatTurn(
                request,
                new Turn(caller.name(), preset, request.prompt(preset), cancellation),
                request.format(preset, settings.reasoningFormat()),
                preset.usage() == null ? settings.usage() : preset.usage(),
                storedTurn == null
                        ? CompletionMetadata.of(
                                request.model() == null ? preset.name() : request.model(), fingerprint, conversation)
                        : new CompletionMetadata(
                                storedTurn.id(),
                                storedTurn.created(),
                                storedTurn.model(),
                                fingerprint,
                                request.conversationId()),
                context.getProperty(RequestIdFilter.ATTRIBUTE),
                conversation,
                storedTurn);
    }

    private static @Nullable ConversationRef conversationRef(
            ChatCompletionRequest request, Caller caller, byte[] body, ContainerRequestContext context) {
        if (request.conversationId() == null) {
            return null;
        }
        String key = context.getHeaderString(IDEMPOTENCY_KEY);
        if (key != null && (key.isBlank() || key.length() > MAX_KEY_LENGTH)) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    IDEMPOTENCY_KEY,
                    "The header 'Idempotency-Key' must have 1 to " + MAX_KEY_LENGTH + " characters.");
        }
        return new ConversationRef(
                caller.name(),
                request.conversationId(),
                key == null ? null : new ConversationRef.IdempotencyKey(key, RequestDigest.of(body)));
    }

    /**
     * Runs a turn that writes to a stream. A failure becomes the last event if the stream was started, otherwise the
     * response.
     */
    private static void runInStream(
            ChatTurn chatTurn, EventStream stream, Runnable release, Supplier<FinishReason> work) {
        @Nullable GatewayException failure = chatTurn.loggedTurn().run(work);
        release.run();
        if (failure != null && !stream.fail(ErrorBody.of(failure).toEvent())) {
            throw failure;
        }
    }
}
