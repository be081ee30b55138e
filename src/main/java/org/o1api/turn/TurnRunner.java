package org.o1api.turn;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.StoredTurn;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.Effort;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.model.Pricing;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnLedger;
import org.o1api.model.TurnSummary;
import org.o1api.model.UnexpectedException;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.TokenCounter;
import org.o1api.reasoning.TurnClient;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.TurnLog;
import org.o1api.reasoning.TurnReport;
import org.o1api.telemetry.EndedTurn;
import org.o1api.telemetry.TurnObserver;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.DefaultEffortUpstream;
import org.o1api.upstream.FallbackUpstream;
import org.o1api.upstream.Upstream;

/** Runs each turn on the calling thread: conversation, replay, strategy, storing. The same for all API surfaces. */
public final class TurnRunner {
    private final Map<String, Upstream> upstreams;
    private final ConversationLock conversationLock;
    private final long maxHistoryCharacters;
    private final Consumer<Supplier<EndedTurn>> observer;
    private final ScheduledExecutorService scheduler;
    private final Executor callThreads;
    private final Pricing pricing;

    /**
     * Creates a runner.
     *
     * @param upstreams by name
     * @param maxHistoryCharacters the maximum length of a stored history that is sent to a model ({@code limits.body})
     * @param scheduler ends the time of turns; its tasks are quick
     * @param callThreads runs the concurrent calls of turns; never the executor that runs turns
     */
    public TurnRunner(
            Map<String, Upstream> upstreams,
            ConversationLock conversationLock,
            long maxHistoryCharacters,
            TurnObserver observer,
            ScheduledExecutorService scheduler,
            Executor callThreads,
            Pricing pricing) {
        this.upstreams = Map.copyOf(upstreams);
        this.conversationLock = conversationLock;
        this.maxHistoryCharacters = maxHistoryCharacters;
        this.observer = observer.guarded();
        this.scheduler = scheduler;
        this.callThreads = callThreads;
        this.pricing = pricing;
    }

    /**
     * Runs an admitted turn and sends its events to the client. What the turn holds (its ticket, the conversation's lock, its calls)
     * is released after the answer was stored and before the last event is sent, since the client may send its next request as soon
     * as it has that event. It is released on every path.
     *
     * @throws GatewayException if the turn failed or was cancelled; the client has not got an end of the response
     */
    public void run(TurnRequest request, Admission.Ticket ticket, TurnClient client) {
        long startNanos = System.nanoTime();
        TurnLedger ledger = new TurnLedger(pricing.prices());
        TurnOutcome outcome;
        try (ticket;
                ConversationSession conversation =
                        ConversationSession.open(conversationLock, request, maxHistoryCharacters)) {
            StoredTurn answered = conversation.answered();
            outcome = answered == null
                    ? answer(request, conversation, ledger, startNanos, client)
                    : TurnOutcome.replay(answered);
        } catch (Throwable e) { // also an Error: it must not affect more than this turn
            GatewayException failure = UnexpectedException.of(e);
            reportEnd(request, ledger, startNanos, null, failure.code());
            throw failure;
        }
        reportEnd(request, ledger, startNanos, outcome, null);
        try {
            outcome.sendTo(client);
        } catch (Throwable e) {
            throw UnexpectedException.of(e);
        }
    }

    /**
     * Counts the input tokens of the first call that an admitted turn would make. No call is made, and nothing is stored.
     *
     * @throws GatewayException if the turn would fail before its first call
     */
    public long countInput(TurnRequest request, Admission.Ticket ticket) {
        Cancellation cancellation = request.cancellation();
        Cancellation firstCall = cancellation.child();
        try (ticket) { // also while the tokens are counted, which takes seconds for a long prompt
            long tokens = TokenCounter.countInput(firstCall(request, firstCall), cancellation::isCancelled);
            cancellation.throwIfCancelled();
            return tokens;
        } finally {
            firstCall.detach();
        }
    }

    /** The request of the first call. The conversation is not locked while its tokens are counted. */
    private CallRequest firstCall(TurnRequest request, Cancellation cancellation) {
        Preset preset = request.preset();
        FirstCall first = new FirstCall(preset.upstreams(), cancellation);
        try (ConversationSession conversation =
                        ConversationSession.open(conversationLock, request, maxHistoryCharacters);
                ModelCalls calls = new ModelCalls(
                        first,
                        request.info(),
                        cancellation,
                        request.budget(),
                        NoClient.INSTANCE,
                        new TurnLedger(pricing.prices()),
                        Runnable::run)) { // there is no reply that a thread could wait for
            TurnLog log = new TurnLog(NoClient.INSTANCE, preset.show(), false);
            request.strategy().run(new TurnContext(conversation.unansweredPrompt(), preset, calls, log));
        } catch (CancelledException e) {
            if (first.request() == null) {
                throw e;
            }
        }
        return Objects.requireNonNull(first.request(), "every strategy makes at least one call");
    }

    /** Gets the events of a turn that is not run to its end. */
    private enum NoClient implements TurnClient {
        INSTANCE;

        @Override
        public void write(TurnEvent event) {}

        @Override
        public void flush() {}

        @Override
        public void end() {}
    }

    private TurnOutcome answer(
            TurnRequest request,
            ConversationSession conversation,
            TurnLedger ledger,
            long startNanos,
            TurnClient client) {
        Preset preset = request.preset();
        TurnLog log = new TurnLog(client, preset.show(), conversation.isStored());
        FinishReason reason;
        try (ModelCalls calls = new ModelCalls(
                upstream(preset),
                request.info(),
                request.cancellation(),
                request.budget(),
                client,
                ledger,
                callThreads)) {
            TurnTimers timers = TurnTimers.start(request.budget(), calls, scheduler);
            try (timers) {
                reason = request.strategy().run(new TurnContext(conversation.prompt(), preset, calls, log));
            }
        }
        if (conversation.isStored()) {
            client.flush(); // fails if the client has disconnected: then nothing is stored
            request.cancellation().throwIfCancelled();
        }
        TurnSummary summary = summary(request, log.report(), ledger, startNanos);
        TurnEvent.Completed completed = new TurnEvent.Completed(
                reason, ledger.usage(), summary, log.report().stopSequence());
        log.write(completed); // not sent before the end
        if (conversation.isStored()) {
            conversation.store(new StoredTurn.Answer(log.events(), client.sentContent()));
        }
        if (conversation.storeFailed()) {
            client.notStored();
        }
        return TurnOutcome.completed(reason, summary);
    }

    private TurnSummary summary(TurnRequest request, TurnReport report, TurnLedger ledger, long startNanos) {
        TurnSummary.Samples samples = report.samples();
        return new TurnSummary(
                request.info().id(),
                request.info().preset(),
                request.strategy().name(),
                report.route(),
                request.effort(),
                request.mode(),
                report.steps(),
                samples == null ? null : samples.withoutUnsent(ledger.unsentSamples()),
                report.agreement(),
                report.endedBy(),
                ledger.cost(),
                pricing.currency(),
                ledger.byModel(),
                Duration.ofNanos(System.nanoTime() - startNanos));
    }

    private void reportEnd(
            TurnRequest request,
            TurnLedger ledger,
            long startNanos,
            @Nullable TurnOutcome outcome,
            @Nullable ErrorCode failure) {
        observer.accept(() -> new EndedTurn(
                request.info(),
                request.preset().upstreamNames(),
                request.strategy().name(),
                outcome == null ? null : outcome.summary(),
                ledger,
                Duration.ofNanos(System.nanoTime() - startNanos),
                outcome == null ? null : outcome.finishReason(),
                failure));
    }

    private Upstream upstream(Preset preset) {
        List<Upstream> candidates =
                preset.upstreams().stream().map(this::upstream).toList();
        Upstream upstream = candidates.size() == 1 ? candidates.get(0) : new FallbackUpstream(candidates);
        Effort effort = preset.modelEffort();
        return effort == null ? upstream : new DefaultEffortUpstream(upstream, effort);
    }

    private Upstream upstream(String name) {
        return Objects.requireNonNull(
                upstreams.get(name), () -> "a preset names '" + name + "', which is not configured");
    }
}
