package org.o1api.reasoning;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Budget;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.Effort;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnLedger;
import org.o1api.model.Usage;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.Upstream;

/**
 * Runs turns of strategies with samples. Unless a test needs threads for all of them, one thread reads the samples one after the other, in
 * their order.
 */
public final class SamplingFixture implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final ExecutorService threads;
    private final List<TurnEvent.StepEnded> ends = new ArrayList<>();
    private Transcript out = new Transcript();
    private Cancellation cancellation = new Cancellation();
    private Consumer<ModelCalls> onFlush = calls -> {};
    private Consumer<TurnEvent> onTrace = event -> {};
    private LongSupplier nanoTime = System::nanoTime;
    private TurnLedger ledger = new TurnLedger();
    private Budget budget = Budget.DEFAULT;
    private Map<String, RawJson> fields = Map.of();
    private Map<String, RawJson> closingFields = Map.of();
    private @Nullable RawJson tools;
    private Prompt.@Nullable MaxTokens maxTokens;
    private List<Message> messages = List.of(Message.user("Why?"));

    public SamplingFixture() {
        this(Executors.newSingleThreadExecutor());
    }

    /** With these threads, which are shut down at the end. */
    public SamplingFixture(ExecutorService threads) {
        this.threads = threads;
    }

    /** What happens when the turn's thread writes to the client before it waits. */
    public SamplingFixture onFlush(Consumer<ModelCalls> action) {
        onFlush = action;
        return this;
    }

    /** What happens at each event, on the turn's thread, before the client gets it. */
    public SamplingFixture onTrace(Consumer<TurnEvent> action) {
        onTrace = action;
        return this;
    }

    /** With another clock. */
    public SamplingFixture nanoTime(LongSupplier clock) {
        nanoTime = clock;
        return this;
    }

    public SamplingFixture budget(Budget newBudget) {
        budget = newBudget;
        return this;
    }

    /** A field of all calls. */
    public SamplingFixture field(String name, String json) {
        fields = Map.of(name, new RawJson(json));
        return this;
    }

    /** A field of the answer. */
    public SamplingFixture closingField(String name, String json) {
        closingFields = Map.of(name, new RawJson(json));
        return this;
    }

    public SamplingFixture tools(String json) {
        tools = new RawJson(json);
        return this;
    }

    public SamplingFixture maxTokens(long limit) {
        maxTokens = new Prompt.MaxTokens("max_tokens", limit);
        return this;
    }

    public SamplingFixture messages(Message... newMessages) {
        messages = List.of(newMessages);
        return this;
    }

    /** Runs a turn with a new transcript and ledger. */
    public FinishReason run(Strategy strategy, Upstream upstream) {
        return run(strategy, upstream, calls -> {});
    }

    /** Runs a turn whose time for reasoning is used up from the start. */
    public FinishReason runAfterReasoningTime(Strategy strategy, Upstream upstream) {
        return run(strategy, upstream, ModelCalls::expireReasoning);
    }

    private FinishReason run(Strategy strategy, Upstream upstream, Consumer<ModelCalls> preparation) {
        ends.clear();
        ledger = new TurnLedger();
        cancellation = new Cancellation();
        Client client = new Client();
        out = client;
        Prompt prompt = new Prompt(messages, fields, tools, closingFields, maxTokens);
        try (ModelCalls calls =
                new ModelCalls(upstream, ScriptedUpstream.TURN, cancellation, budget, out, ledger, threads, nanoTime)) {
            client.calls = calls;
            preparation.accept(calls);
            return strategy.run(new TurnContext(prompt, TestPresets.preset(strategy), calls, out.log()));
        }
    }

    private final class Client extends Transcript {
        private @Nullable ModelCalls calls;

        @Override
        public void trace(TurnEvent event) {
            if (event instanceof TurnEvent.StepEnded end) {
                ends.add(end);
            }
            onTrace.accept(event);
        }

        @Override
        public void flush() {
            super.flush();
            if (calls != null) {
                onFlush.accept(calls);
            }
        }
    }

    /** How steps have ended, in the order in which they did. */
    public List<TurnEvent.StepEnded> ends() {
        return ends;
    }

    /** Cancels the turn that runs. */
    public Cancellation cancellation() {
        return cancellation;
    }

    public Transcript out() {
        return out;
    }

    public TurnReport report() {
        return out.log().report();
    }

    public TurnLedger ledger() {
        return ledger;
    }

    /** A strategy that answers with the text of one call, instead of {@code single} or {@code direct}. */
    public record OneCall(String name) implements Strategy {
        @Override
        public FinishReason run(TurnContext turn) {
            CallRequest request = new CallRequest("m", turn.prompt().messages(), Map.of());
            try (Call call = turn.calls().answerCall(request)) {
                for (Delta delta : call) {
                    if (delta instanceof Delta.Text piece) {
                        turn.log().answerText(piece.text());
                    }
                }
                return call.finishReason();
            }
        }

        @Override
        public Strategy withEffort(Effort effort) {
            return effort == Effort.NONE ? new OneCall("direct") : this;
        }
    }

    /** A sample in the format that its prompt asks for. */
    public static String sample(Object result) {
        return "=== Step: Think\nI think.\n=== Answer\nIt is " + result + ".\nAnswer: " + result;
    }

    /** Replies in the format for these results, in order; a reply without a result is one without a number. */
    public static ScriptedUpstream samples(String... results) {
        Reply[] replies = new Reply[results.length];
        for (int i = 0; i < results.length; i++) {
            replies[i] = reply(results[i].equals("-") ? "I do not know." : sample(results[i]));
        }
        return ScriptedUpstream.answering(replies);
    }

    /** An upstream whose k-th reply is computed, without an end. */
    public static ScriptedUpstream computed(IntFunction<String> texts) {
        int[] calls = {0};
        return ScriptedUpstream.answeringWith(request -> reply(texts.apply(calls[0]++)));
    }

    /** A reply of 5 tokens. */
    public static Reply reply(String text) {
        return Reply.of(new Delta.Text(text)).withUsage(new Usage(10, 0, 5, 0));
    }

    @Override
    public void close() {
        threads.shutdown();
        await().atMost(TIMEOUT).until(threads::isTerminated);
    }
}
