package org.o1api.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.o1api.model.Budget;
import org.o1api.model.Cancellation;
import org.o1api.model.Effort;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;
import org.o1api.model.Message;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.TestPresets;
import org.o1api.reasoning.Transcript;
import org.o1api.reasoning.steps.StepsStrategyType;
import org.o1api.settings.Section;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;
import org.o1api.upstream.HttpUpstream;
import org.o1api.upstream.UpstreamSettings;

/** Time limits of a turn with a slow upstream. */
class TurnTimeTest {
    private static final Duration TIME = Duration.ofSeconds(3);
    private static final String STEP = "{\"title\": \"T\", \"content\": \"C\", \"next_action\": \"continue\"}";

    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
    private final Transcript out = new Transcript();
    private final Cancellation cancellation = new Cancellation();
    private @Nullable Effort effort;
    private long millis;

    @AfterEach
    void close() {
        scheduler.shutdownNow();
    }

    private void run(FakeUpstream fake, Transcript listener) {
        run(fake, fake, listener);
    }

    /** Runs a turn with a preset of two upstreams. */
    private void run(FakeUpstream fake, FakeUpstream spare, Transcript listener) {
        Preset preset = TestPresets.preset(
                List.of("main", "spare"),
                new StepsStrategyType().reader(Section.absent()).apply(Section.absent()),
                new Budget(30, 50_000, TIME, 6),
                Preset.History.DEFAULT,
                null);
        Prompt prompt = new Prompt(List.of(Message.user("Why?")), Map.of(), null, Map.of(), null);
        try (fake;
                spare;
                HttpUpstream upstream = upstream("main", fake);
                HttpUpstream other = upstream("spare", spare)) {
            TurnFixture turns = new TurnFixture(Map.of("main", upstream, "spare", other), scheduler);
            upstream.warmUp();
            long start = System.nanoTime();
            try {
                turns.run(TurnFixture.request(preset, effort, prompt, cancellation, null), listener);
            } finally {
                millis = (System.nanoTime() - start) / 1_000_000;
                fake.awaitIdle();
            }
        }
    }

    private HttpUpstream upstream(String name, FakeUpstream fake) {
        UpstreamSettings settings = new UpstreamSettings(
                name,
                fake.url(),
                null,
                null,
                UpstreamSettings.Timeouts.DEFAULT,
                UpstreamSettings.Limits.DEFAULT,
                Map.of(),
                null);
        return new HttpUpstream(settings, scheduler);
    }

    private GatewayException failure(FakeUpstream fake, Transcript listener) {
        return catchThrowableOfType(GatewayException.class, () -> run(fake, listener));
    }

    @Test
    void endsAStepWhenTheReasoningTimeIsUsedUp() {
        FakeUpstream fake = FakeUpstream.scripted(
                Script.answer(STEP),
                exchange -> exchange.stream().text("{\"content\": \"Half a").awaitDisconnect(),
                Script.answer("Because."));
        run(fake, out);
        assertThat(millis).isGreaterThanOrEqualTo(TIME.toMillis() / 2);
        assertThat(out.step(2)).isEqualTo("Half a");
        assertThat(out.answer()).isEqualTo("Because.");
        assertThat(out.events()).contains("end 2", "completed STOP");
        assertThat(fake.abortedCalls()).isOne();
        assertThat(fake.request(2).body().path("messages").toString()).contains("Half a");
    }

    @Test
    void adaptsTheStrategyToTheEffort() {
        effort = Effort.NONE;
        run(FakeUpstream.scripted(Script.answer("Because.")), out);
        assertThat(out.steps()).isZero();
        assertThat(out.answer()).isEqualTo("Because.");
    }

    @Test
    void endsAStepThatHasNotStarted() {
        FakeUpstream fake = FakeUpstream.scripted(Script.answer(STEP), Script.silence(), Script.answer("Because."));
        run(fake, out);
        assertThat(out.steps()).isOne();
        assertThat(out.answer()).isEqualTo("Because.");
        assertThat(out.events()).contains("completed STOP");
        assertThat(fake.abortedCalls()).isOne();
    }

    @Test
    void truncatesAnAnswerThatTakesTooLong() {
        FakeUpstream fake = FakeUpstream.dispatching(request -> request.asksForJson()
                ? Script.silence()
                : exchange -> exchange.stream().text("Be").awaitDisconnect());
        run(fake, out);
        assertThat(millis).isGreaterThanOrEqualTo(TIME.toMillis());
        assertThat(out.answer()).isEqualTo("Be");
        assertThat(out.events()).contains("completed LENGTH");
    }

    @Test
    void failsWithoutAnAnswerInTime() {
        FakeUpstream fake = FakeUpstream.dispatching(request -> request.asksForJson()
                ? Script.silence()
                : exchange -> exchange.stream().reasoning("Hm").awaitDisconnect());
        GatewayException failure = failure(fake, out);
        assertThat(millis).isGreaterThanOrEqualTo(TIME.toMillis());
        assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
        assertThat(failure).hasMessage("The request exceeded its time limit of 3.0 s (budget.time).");
        assertThat(out.events()).doesNotContain("completed LENGTH");
    }

    @Test
    void makesNoClosingCallForADisconnectedClient() {
        FakeUpstream fake = FakeUpstream.scripted(
                exchange -> exchange.stream().text("{\"content\": \"Half a").awaitDisconnect());
        Transcript disconnecting = new Transcript(() -> cancellation.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone"));
        assertThat(failure(fake, disconnecting).code()).isEqualTo(ErrorCode.CLIENT_DISCONNECTED);
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void usesTheNextUpstreamIfOneIsDown() {
        FakeUpstream spare = FakeUpstream.dispatching(request -> request.asksForJson()
                ? Script.answer(StepScripts.step("T", "C" + request.number(), "final_answer"))
                : Script.answer("Because."));
        run(FakeUpstream.dispatching(request -> Script.error(401, "no")), spare, out);
        assertThat(out.answer()).isEqualTo("Because.");
        assertThat(spare.requests()).hasSize(4);
    }
}
