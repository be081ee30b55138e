package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.model.Budget;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.model.Price;
import org.o1api.model.TurnLedger;
import org.o1api.model.TurnSummary.ModelUsage;
import org.o1api.model.Usage;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.Upstream;
import org.o1api.upstream.UpstreamException;

/** A provider that has accepted a request has read its prompt: the prompt counts, and costs, however the call ends. */
class AcceptedPromptTest {
    private static final CallRequest REQUEST = new CallRequest("m", List.of(Message.user("hello world")), Map.of());
    /** The input tokens that the gateway counts for that request. */
    private static final long PROMPT = 3 + 3 + 2;

    private static final Price PRICE =
            new Price(new BigDecimal(2), new BigDecimal(2), new BigDecimal(2), new BigDecimal(10));
    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    private final Cancellation turn = new Cancellation();
    private final TurnLedger ledger = new TurnLedger((upstream, model) -> PRICE);

    @AfterAll
    static void stop() {
        THREADS.shutdown();
    }

    /** Does what a script says; see the table. */
    private final class AttemptsUpstream implements Upstream {
        private final String script;

        AttemptsUpstream(String script) {
            this.script = script;
        }

        @Override
        public String name() {
            return "main";
        }

        @Override
        public List<String> names() {
            return List.of(name(), "spare");
        }

        @Override
        public Call open(CallRequest request, CallContext context) {
            for (String action : script.split(" ", -1)) {
                switch (action) {
                    case "sent" -> context.attemptListener().onRequestSent(name(), request.model());
                    case "spare" -> context.attemptListener().onRequestSent("spare", "other");
                    case "accepted" -> context.onAccepted().run();
                    case "usage" -> context.attemptListener().onFailedAttemptUsage(new Usage(5, 0, 3, 0));
                    case "empty" -> context.attemptListener().onFailedAttemptUsage(Usage.NONE);
                    case "fails" -> throw new UpstreamException(ErrorCode.UPSTREAM_FAILED, "It failed.", false, null);
                    case "cancelled" -> {
                        turn.cancel(ErrorCode.CLIENT_DISCONNECTED, "Gone.");
                        context.cancellation().throwIfCancelled();
                    }
                    default -> throw new AssertionError(action);
                }
            }
            return ScriptedUpstream.answering(ScriptedUpstream.Reply.of(new Delta.Text("hello")))
                    .open(request, new CallContext(context.cancellation(), context.retries(), () -> {}));
        }

        @Override
        public void close() {}
    }

    private ModelCalls calls(String script) {
        Budget budget = new Budget(30, 1000, Duration.ofMinutes(5), 6, BigDecimal.TEN);
        return new ModelCalls(
                new AttemptsUpstream(script), ScriptedUpstream.TURN, turn, budget, new Transcript(), ledger, THREADS);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cancelled                                |  0 | 0
            sent cancelled                           |  0 | 0
            sent accepted cancelled                  |  8 | 0
            sent fails                               |  0 | 0
            sent accepted fails                      |  8 | 0
            sent accepted empty fails                |  8 | 0
            sent accepted usage fails                |  5 | 3
            sent usage cancelled                     |  5 | 3
            sent sent accepted cancelled             |  8 | 0
            sent accepted sent fails                 |  8 | 0
            sent accepted sent accepted cancelled    | 16 | 0
            sent accepted usage sent accepted fails  | 13 | 3
            sent accepted spare cancelled            |  8 | 0
            sent accepted spare accepted cancelled   | 16 | 0
            sent accepted                            |  8 | 1
            sent accepted sent accepted              | 16 | 1
            sent accepted spare accepted             | 16 | 1
            """)
    void thePromptCountsOnceItIsAccepted(String script, long input, long output) {
        try (ModelCalls calls = calls(script)) {
            try (Call call = calls.answerCall(REQUEST)) {
                call.iterator().next();
            } catch (UpstreamException | CancelledException e) {
                assertThat(output).isNotEqualTo(1);
            }
            assertThat(calls.budget().meter().cost()).isEqualByComparingTo(ledger.cost());
        }
        check(script, input, output);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sent fails                               |  0 | 0
            sent accepted fails                      |  8 | 0
            sent accepted usage fails                |  5 | 3
            sent accepted sent fails                 |  8 | 0
            sent accepted spare accepted fails       | 16 | 0
            sent accepted                            |  8 | 1
            sent accepted spare accepted             | 16 | 1
            """)
    void theSameForACallOfSeveral(String script, long input, long output) {
        try (ModelCalls calls = calls(script);
                ConcurrentCalls concurrent = calls.concurrent()) {
            concurrent.start(new ModelCall(REQUEST, Purpose.SAMPLE));
            CallEvent event = concurrent.next();
            while (event instanceof CallEvent.Piece) {
                event = concurrent.next();
            }
            assertThat(Objects.requireNonNull(event))
                    .isInstanceOf(output == 1 ? CallEvent.Ended.class : CallEvent.Failed.class);
        }
        check(script, input, output);
    }

    private void check(String script, long input, long output) {
        Usage total = ledger.totalUsage();
        assertThat(total.inputTokens()).isEqualTo(input);
        assertThat(total.outputTokens()).isEqualTo(output);
        assertThat(ledger.cost()).isEqualByComparingTo(PRICE.cost(new Usage(input, 0, output, 0)));
        assertThat(ledger.byModel().stream()
                        .mapToLong(used -> used.usage().inputTokens())
                        .sum())
                .isEqualTo(input);
        assertThat(ledger.records()).hasSize(1);
        if (script.contains("accepted spare")) {
            assertThat(ledger.byModel())
                    .filteredOn(used -> used.upstream().equals("main"))
                    .extracting(ModelUsage::usage)
                    .containsExactly(new Usage(PROMPT, 0, 0, 0));
        }
    }
}
