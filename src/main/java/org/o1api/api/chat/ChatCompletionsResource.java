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
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.api.ErrorBody;
import org.o1api.api.ErrorMapper;
import org.o1api.api.Json;
import org.o1api.api.ModelsResource;
import org.o1api.api.RequestException;
import org.o1api.api.RequestJson;
import org.o1api.conversation.Bounds;
import org.o1api.conversation.Entry;
import org.o1api.conversation.StoredTurn;
import org.o1api.llm.Caller;
import org.o1api.llm.ErrorCode;
import org.o1api.llm.GatewayException;
import org.o1api.llm.Message;
import org.o1api.llm.ReasoningFormat;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Presets;
import org.o1api.reasoning.TurnListener;
import org.o1api.server.EventStream;
import org.o1api.server.OpenStreams;
import org.o1api.server.RequestIdFilter;
import org.o1api.server.ResponseGuard;
import org.o1api.turn.Admission;
import org.o1api.turn.Floor;
import org.o1api.turn.Outcome;
import org.o1api.turn.Turn;
import org.o1api.turn.TurnService;
import org.o1api.upstream.Cancellation;

/** {@code POST /v1/chat/completions}. A turn runs on the thread of its method; here its failure becomes a status or an event. */
@Path("v1/chat/completions")
@Consumes(MediaType.APPLICATION_JSON)
public final class ChatCompletionsResource {
    private static final System.Logger LOG = System.getLogger(ChatCompletionsResource.class.getName());

    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final int LONGEST_KEY = 255;

    private final ApiSettings settings;
    private final Presets presets;
    private final Admission admission;
    private final TurnService turns;
    private final Floor floor;
    private final OpenStreams streams;

    public ChatCompletionsResource(
            ApiSettings settings,
            Presets presets,
            Admission admission,
            TurnService turns,
            Floor floor,
            OpenStreams streams) {
        this.settings = settings;
        this.presets = presets;
        this.admission = admission;
        this.turns = turns;
        this.floor = floor;
        this.streams = streams;
    }

    /** Answers with one JSON object. */
    @POST
    @Produces(MediaType.APPLICATION_JSON)
    public void complete(@Context ContainerRequestContext context, @Suspended AsyncResponse response) {
        Cancellation cancellation = new Cancellation();
        try (Admission.Ticket ticket = admission.admit(caller(context).name(), cancellation)) {
            Asked asked = read(context, cancellation);
            Runnable release = () -> release(ticket, context);
            CompletionReply reply = new CompletionReply(asked.head, asked.format);
            @Nullable Recording recording = asked.recording(reply);
            Narrator narrator = new Narrator(asked.format, recording == null ? reply : recording.copying(), true);
            @Nullable LegacySteps legacy = settings.legacyResponse() ? new LegacySteps(narrator) : null;
            TurnListener listener = legacy == null ? narrator : legacy;
            Json.Body extra = json -> {
                if (legacy != null) {
                    legacy.write(json);
                }
            };
            Duration heartbeat = streams.jsonHeartbeat();
            if (heartbeat == null) {
                @Nullable GatewayException failure = run(asked, () -> tell(asked, recording, listener));
                release.run();
                if (failure != null) {
                    throw failure;
                }
                response.resume(reply.json(extra));
                return;
            }
            Runnable cut = () -> context.setProperty(ResponseGuard.CUT, true);
            try (EventStream stream = streams.json(response, heartbeat, cut, asked)) {
                reply.waitingOn(stream);
                run(asked, stream, release, () -> {
                    Outcome outcome = tell(asked, recording, listener);
                    release.run();
                    stream.end(reply.json(extra));
                    return outcome;
                });
            }
        }
    }

    /** Answers with a stream of chunks. */
    @POST
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public void stream(@Context ContainerRequestContext context, @Context SseEventSink sink) {
        Cancellation cancellation = new Cancellation();
        try (Admission.Ticket ticket = admission.admit(caller(context).name(), cancellation)) {
            Asked asked = read(context, cancellation);
            Runnable release = () -> release(ticket, context);
            ChunkReply reply = new ChunkReply(asked.head, asked.format, asked.request.includeUsage(), release);
            @Nullable Recording recording = asked.recording(reply);
            try (EventStream stream = streams.events(sink, reply.opening(), asked)) {
                reply.to(stream);
                Narrator narrator = new Narrator(asked.format, recording == null ? reply : recording.copying(), false);
                run(asked, stream, release, () -> tell(asked, recording, narrator));
            }
        }
    }

    /** What the request holds, before the end of its response is sent: its client may send the next one at once. */
    private static void release(Admission.Ticket ticket, ContainerRequestContext context) {
        RequestJson.body(context).release();
        ticket.release();
    }

    private static Caller caller(ContainerRequestContext context) {
        return (Caller) context.getProperty(Caller.PROPERTY);
    }

    /** Has a turn told: thought now, in its conversation where it has one, or repeated where that has its answer already. */
    private Outcome tell(Asked asked, @Nullable Recording recording, TurnListener listener) {
        if (asked.entry == null || recording == null) {
            return turns.run(asked.turn, listener);
        }
        if (asked.earlier != null) {
            return recording.repeat(asked.earlier, listener);
        }
        return floor.take(asked.entry, asked.turn.cancellation(), conversation -> {
            Optional<StoredTurn> earlier = conversation.answered();
            if (earlier.isPresent()) {
                return recording.repeat(earlier.get(), listener);
            }
            Preset.History history = asked.turn.preset().history();
            // A client that kept the conversation itself could bring no more than a body.
            Bounds bounds = new Bounds(history.tokens(), settings.limits().body(), history.reasoning());
            List<Message> messages = conversation.continuedBy(asked.request.messages(), bounds);
            return turns.run(asked.turn.saying(messages), recording.into(conversation, listener));
        });
    }

    /** What a request asks for, read and looked up. */
    private record Asked(
            ChatCompletionRequest request,
            Turn turn,
            ReasoningFormat format,
            CompletionHead head,
            Caller caller,
            Object requestId,
            @Nullable Entry entry,
            @Nullable StoredTurn earlier)
            implements EventStream.Owner {
        @Override
        public void disconnected() {
            turn.cancellation()
                    .cancel(ErrorCode.CLIENT_LEFT, "The client disconnected before the answer was complete.");
        }

        @Override
        public void failed(Throwable failure) {
            GatewayException unexpected = ErrorMapper.unexpected(failure);
            turn.cancellation().cancel(unexpected.code(), String.valueOf(unexpected.getMessage()));
        }

        @Nullable
        Recording recording(Reply reply) {
            return entry == null ? null : new Recording(head, format, reply, turn.cancellation());
        }
    }

    private Asked read(ContainerRequestContext context, Cancellation cancellation) {
        if (context.getMediaType() == null) {
            throw new NotSupportedException(); // Jersey takes a body without a type for one of any type
        }
        Caller caller = caller(context);
        byte[] body = RequestJson.body(context).bytes();
        ChatCompletionRequest request = RequestReader.read(body, settings.limits());
        Preset preset = presets.find(request.model(), caller::mayUse)
                .orElseThrow(() -> ModelsResource.unknown(String.valueOf(request.model())));
        @Nullable Entry entry = entry(request, caller, body, context);
        RequestJson.body(context).drop();
        @Nullable
        StoredTurn earlier = entry == null ? null : floor.answered(entry).orElse(null);
        return new Asked(
                request,
                new Turn(caller.name(), preset, request.question(preset), cancellation),
                request.format(preset, settings.reasoningFormat()),
                earlier == null
                        ? CompletionHead.of(request.model() == null ? preset.name() : request.model(), entry)
                        : new CompletionHead(earlier.id(), earlier.created(), earlier.model(), request.conversation()),
                caller,
                context.getProperty(RequestIdFilter.ATTRIBUTE),
                entry,
                earlier);
    }

    private static @Nullable Entry entry(
            ChatCompletionRequest request, Caller caller, byte[] body, ContainerRequestContext context) {
        if (request.conversation() == null) {
            return null;
        }
        String key = context.getHeaderString(IDEMPOTENCY_KEY);
        if (key != null && (key.isBlank() || key.length() > LONGEST_KEY)) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    IDEMPOTENCY_KEY,
                    "The header 'Idempotency-Key' must have 1 to " + LONGEST_KEY + " characters.");
        }
        return new Entry(
                caller.name(),
                request.conversation(),
                key == null ? null : new Entry.Idempotency(key, Fingerprint.of(body)));
    }

    /** Runs a turn into a stream. A failure ends the stream where it has begun, and is the response where it has not. */
    private void run(Asked asked, EventStream stream, Runnable release, Supplier<Outcome> work) {
        @Nullable GatewayException failure = run(asked, work);
        release.run();
        if (failure != null && !stream.fail(ErrorBody.of(failure).event())) {
            throw failure;
        }
    }

    /** Runs the turn, and logs one line of it: never a key, nor what was asked and answered. */
    private @Nullable GatewayException run(Asked asked, Supplier<Outcome> work) {
        long startNanos = System.nanoTime();
        GatewayException failure;
        try {
            Outcome outcome = work.get();
            LOG.log(
                    Level.INFO,
                    "turn done: request={0} caller={1} model={2} upstream={3} calls={4} tokens={5}+{6} ms={7} finish={8}",
                    asked.requestId,
                    asked.caller.name(),
                    asked.turn.preset().name(),
                    asked.turn.preset().upstream(),
                    String.valueOf(outcome.calls()),
                    String.valueOf(outcome.usage().inputTokens()),
                    String.valueOf(outcome.usage().outputTokens()),
                    millisSince(startNanos),
                    outcome.reason().wireName());
            return null;
        } catch (GatewayException e) {
            failure = e;
        } catch (Throwable e) { // also an Error: the stream has to end
            failure = ErrorMapper.unexpected(e);
        }
        LOG.log(
                failure.code() == ErrorCode.CLIENT_LEFT ? Level.DEBUG : Level.WARNING,
                "turn failed: request={0} caller={1} model={2} upstream={3} status={4} code={5} ms={6}",
                asked.requestId,
                asked.caller.name(),
                asked.turn.preset().name(),
                asked.turn.preset().upstream(),
                String.valueOf(failure.code().status()),
                failure.code().wireName(),
                millisSince(startNanos)); // not the message: it may quote the provider, and the provider the prompt
        return failure;
    }

    private static String millisSince(long startNanos) {
        return String.valueOf((System.nanoTime() - startNanos) / 1_000_000);
    }
}
