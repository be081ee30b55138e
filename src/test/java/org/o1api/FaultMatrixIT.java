package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.testing.Container;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.Question;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;
import org.o1api.testing.Surface;
import org.o1api.testing.SurfaceClient;
import org.o1api.testing.SurfaceClient.Answer;
import org.o1api.testing.SurfaceEvent;
import org.o1api.testing.SurfaceStream;

/**
 * Every way in which a provider fails, and what the client of each API gets: never an empty success, never a truncated answer as a
 * complete one.
 */
@Tag("alone")
class FaultMatrixIT {
    private static final String BEGIN_LATE = "begin_after: 30s";
    private static final String NO_FEEDBACK = "stream_status_feedback: false";
    private static final String SHORT_TIMEOUTS =
            "upstream timeouts: { connect: 2s, first_token: 700ms, idle: 1200ms, call: 4s }, max_retry_wait: 2s, event: 64KiB";
    /** How many milliseconds the wall clock and the monotonic clock may differ. */
    private static final long CLOCK_DIFFERENCE_MILLIS = 5;

    private static final Map<Container, GatewayFixture> FIXTURES = new EnumMap<>(Container.class);

    /** One fixture for all tests of a container. */
    private static GatewayFixture fixture(Container container) {
        return FIXTURES.computeIfAbsent(
                container,
                server -> GatewayFixture.open(server, List.of(BEGIN_LATE, NO_FEEDBACK, SHORT_TIMEOUTS), false));
    }

    @AfterAll
    static void closeFixtures() {
        FIXTURES.values().forEach(GatewayFixture::close);
        FIXTURES.clear();
    }

    /** One case of the matrix: a fault, streamed or not, in one container. */
    private record Cell<F>(F fault, boolean streamed, Container container) {
        @Override
        public String toString() {
            return fault + ", " + (streamed ? "streamed" : "whole") + ", " + container;
        }
    }

    /** Each fault in both containers: streamed in one, and whole in the other. */
    private static <F> Stream<Cell<F>> cells(List<F> faults) {
        Container[] containers = Container.values();
        return IntStream.range(0, faults.size())
                .boxed()
                .flatMap(i -> Stream.of(
                        new Cell<>(faults.get(i), true, containers[i % 2]),
                        new Cell<>(faults.get(i), false, containers[(i + 1) % 2])));
    }

    /** The question of an API's client. */
    private static Question question(Surface surface) {
        return Question.withoutReasoning("Asked on " + surface);
    }

    /** The calls for the question of an API's client. */
    private static List<FakeUpstream.Request> requests(GatewayFixture fixture, Surface surface) {
        return fixture.requests().stream()
                .filter(request -> request.text().contains(question(surface).text()))
                .toList();
    }

    /** Sets the scripts of the calls of each API's client. */
    private static void script(GatewayFixture fixture, Script... scripts) {
        Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
        fixture.dispatch(request -> {
            String question = Stream.of(Surface.values())
                    .map(surface -> question(surface).text())
                    .filter(text -> request.text().contains(text))
                    .findFirst()
                    .orElseThrow();
            int number = calls.computeIfAbsent(question, unseen -> new AtomicInteger())
                    .getAndIncrement();
            return number < scripts.length ? scripts[number] : Script.error(500, "no script for call " + number);
        });
    }

    /** A fault before the first text: the status and code that the client gets, and the number of calls that the provider receives. */
    private record EarlyFault(String name, Script script, int status, String code, int calls) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Cell<EarlyFault>> earlyFaults() {
        String inAMinute = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(1));
        return cells(List.of(
                new EarlyFault("reset", Script.reset(), 502, "upstream_failed", 3),
                new EarlyFault("end", exchange -> exchange.stream().end(), 502, "upstream_failed", 3),
                new EarlyFault("half a character", FaultScripts::truncatedCharacter, 502, "upstream_failed", 3),
                new EarlyFault("silence", Script.silence(), 504, "upstream_timeout", 1),
                new EarlyFault("silence after its head", FaultScripts::onlyHead, 504, "upstream_timeout", 1),
                new EarlyFault(
                        "a drip of a byte a second",
                        exchange -> FaultScripts.sendEndlessEvent(exchange.stream()),
                        504,
                        "upstream_timeout",
                        1),
                new EarlyFault("an error object", FaultScripts.errorObject(), 502, "upstream_failed", 3),
                new EarlyFault("HTML", FaultScripts.html(), 502, "upstream_failed", 3),
                new EarlyFault("junk", FaultScripts.junk(), 502, "upstream_failed", 3),
                new EarlyFault("a line of 50 MB", FaultScripts::longLine, 502, "upstream_failed", 1),
                new EarlyFault(
                        "429 for a minute",
                        Script.error(429, "slow", "Retry-After: 60"),
                        429,
                        "upstream_rate_limit",
                        1),
                new EarlyFault(
                        "429 by a date",
                        Script.error(429, "slow", "Retry-After: " + inAMinute),
                        429,
                        "upstream_rate_limit",
                        1),
                new EarlyFault("500", Script.error(500, "no"), 502, "upstream_failed", 3),
                new EarlyFault("503", Script.error(503, "no"), 503, "upstream_unavailable", 3),
                new EarlyFault("401", Script.error(401, "no"), 502, "upstream_misconfigured", 1),
                new EarlyFault("404", Script.error(404, "no"), 502, "upstream_misconfigured", 1),
                new EarlyFault(
                        "redirect", Script.status(302, "{}", "Location: /other"), 502, "upstream_misconfigured", 1),
                new EarlyFault("400", Script.error(400, "no such thing"), 400, "upstream_refused", 1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("earlyFaults")
    void aFaultBeforeTheFirstTextHasAStatus(Cell<EarlyFault> cell) {
        EarlyFault fault = cell.fault();
        GatewayFixture fixture = fixture(cell.container());
        fixture.dispatch(request -> fault.script());
        Surface.forAll(surface -> {
            assertRejected(surface.client(fixture), cell.streamed(), question(surface), fault.status(), fault.code());
            assertThat(requests(fixture, surface)).hasSize(fault.calls());
        });
    }

    private static void assertRejected(
            SurfaceClient client, boolean streamed, Question question, int status, String code) {
        if (streamed) {
            try (SurfaceStream stream = client.stream(question)) {
                stream.assertRejected(status, code);
            }
        } else {
            client.post(question).assertFails(status, code);
        }
    }

    /** The port is bound but not listening, so connections are refused. */
    @ParameterizedTest
    @EnumSource
    void aRefusedConnectionHasAStatus(Container container) throws IOException {
        try (Socket boundSocket = new Socket()) {
            boundSocket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
            try (RunningGateway gateway =
                    container.start("api_bearer_token: " + GatewayFixture.KEY + "\n" + BEGIN_LATE + "\n"
                            + NO_FEEDBACK + "\ndefault_model: fake-model\ndefault_api_url: http://127.0.0.1:"
                            + boundSocket.getLocalPort() + "/v1/chat/completions\n")) {
                Surface.forAll(surface -> {
                    SurfaceClient client = surface.client(gateway.client(GatewayFixture.KEY));
                    for (boolean streamed : new boolean[] {false, true}) {
                        assertRejected(client, streamed, question(surface), 502, "upstream_failed");
                    }
                });
            }
        }
    }

    /** A fault after the first word of the answer: the code, and the status of a JSON reply. */
    private record LateFault(String name, Script script, int status, String code) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Cell<LateFault>> lateFaults() {
        return cells(List.of(
                new LateFault(
                        "reset", exchange -> exchange.stream().text("It is").reset(), 502, "upstream_failed"),
                new LateFault("end", exchange -> exchange.stream().text("It is").end(), 502, "upstream_failed"),
                new LateFault("half a character", FaultScripts::truncatedCharacterLate, 502, "upstream_failed"),
                new LateFault(
                        "silence",
                        exchange -> exchange.stream().text("It is").awaitDisconnect(),
                        504,
                        "upstream_timeout"),
                new LateFault("an error object", FaultScripts::errorLate, 502, "upstream_failed"),
                new LateFault(
                        "an event named error",
                        exchange -> exchange.stream()
                                .text("It is")
                                .event("error", "{\"message\":\"overloaded\"}")
                                .done(),
                        502,
                        "upstream_failed"),
                new LateFault(
                        "junk",
                        exchange -> exchange.stream()
                                .text("It is")
                                .event("{nonsense")
                                .end(),
                        502,
                        "upstream_failed"),
                new LateFault(
                        "a drip of a byte a second", FaultScripts::sendEndlessEventLate, 504, "upstream_timeout")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lateFaults")
    void aFaultWithinTheAnswerEndsItWithAnError(Cell<LateFault> cell) {
        LateFault fault = cell.fault();
        GatewayFixture fixture = fixture(cell.container());
        fixture.dispatch(request -> fault.script());
        Surface.forAll(surface -> {
            SurfaceClient client = surface.client(fixture);
            if (cell.streamed()) {
                try (SurfaceStream stream = client.stream(question(surface))) {
                    SurfaceStream.Rest answer = stream.rest();
                    answer.assertFailed(fault.code());
                    assertThat(answer.content()).startsWith("It is");
                }
            } else {
                client.post(question(surface)).assertFails(fault.status(), fault.code());
            }
            assertThat(requests(fixture, surface)).hasSize(1);
        });
    }

    /** A fault within a step, after its first half. */
    private record StepFault(String name, Script script) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static FakeExchange halfStep(FakeExchange exchange) throws IOException {
        return exchange.stream().text("{\"title\": \"First\", \"content\": \"Half");
    }

    private static Stream<Cell<StepFault>> stepFaults() {
        return cells(List.of(
                new StepFault("reset", exchange -> halfStep(exchange).reset()),
                new StepFault("end", exchange -> halfStep(exchange).end()),
                new StepFault(
                        "half a character",
                        exchange -> halfStep(exchange)
                                .body(FaultScripts.TRUNCATED_CHARACTER)
                                .end()),
                new StepFault("silence", exchange -> halfStep(exchange).awaitDisconnect()),
                new StepFault(
                        "a drip of a byte a second", exchange -> FaultScripts.sendEndlessEvent(halfStep(exchange))),
                new StepFault(
                        "an error object",
                        exchange -> halfStep(exchange)
                                .event("{\"error\":{\"message\":\"no\"}}")
                                .end()),
                new StepFault(
                        "junk",
                        exchange -> halfStep(exchange).event("{nonsense").end())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("stepFaults")
    void anInterruptedStepIsRetriedUnderItsNumber(Cell<StepFault> cell) {
        GatewayFixture fixture = fixture(cell.container());
        script(
                fixture,
                cell.fault().script(),
                Script.answer(StepScripts.step("Anew", "A whole one.", "final_answer")),
                Script.answer("Yes."));
        Surface.forAll(surface -> {
            SurfaceClient client = surface.client(fixture);
            Question question = question(surface).withEffort("minimal");
            if (cell.streamed()) {
                try (SurfaceStream stream = client.stream(question)) {
                    SurfaceStream.Rest answer = stream.rest();
                    assertThat(answer.end()).isEqualTo(SurfaceEvent.Kind.COMPLETED);
                    assertThat(answer.content()).isEqualTo("Yes.");
                    assertShowsTheStepTwice(surface, answer.reasoning());
                }
            } else {
                Answer answer = client.post(question);
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.content()).isEqualTo("Yes.");
                assertShowsTheStepTwice(surface, answer.reasoning());
            }
            assertThat(requests(fixture, surface)).hasSize(3);
        });
    }

    private static void assertShowsTheStepTwice(Surface surface, String reasoning) {
        assertThat(reasoning)
                .startsWith(surface.step(1, "First", "Half"))
                .endsWith(surface.step(1, "Anew", "A whole one."))
                .doesNotContain("Step 2");
    }

    /** A temporary error, and the provider's Retry-After. */
    private record TemporaryFault(String name, Script script, long millis) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Cell<TemporaryFault>> temporaryFaults() {
        return cells(List.of(
                new TemporaryFault("reset once", Script.reset(), 0),
                new TemporaryFault("500 once", Script.error(500, "no"), 0),
                new TemporaryFault("503 once", Script.error(503, "no"), 0),
                new TemporaryFault("429 for a second", Script.error(429, "slow", "Retry-After: 1"), 1000),
                new TemporaryFault("429 by a date", FaultMatrixIT::retryAfterDate, 1000)));
    }

    /** HTTP dates have whole seconds: this one is at least one second ahead. */
    private static void retryAfterDate(FakeExchange exchange) throws IOException, InterruptedException {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(2));
        Script.error(429, "slow", "Retry-After: " + date).run(exchange);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("temporaryFaults")
    void aTemporaryFaultIsInvisible(Cell<TemporaryFault> cell) {
        GatewayFixture fixture = fixture(cell.container());
        script(fixture, cell.fault().script(), Script.answer("Yes."));
        Surface.forAll(surface -> {
            SurfaceClient client = surface.client(fixture);
            if (cell.streamed()) {
                try (SurfaceStream stream = client.stream(question(surface))) {
                    assertThat(stream.status()).isEqualTo(200);
                    SurfaceStream.Rest answer = stream.rest();
                    assertThat(answer.content()).isEqualTo("Yes.");
                    assertThat(answer.end()).isEqualTo(SurfaceEvent.Kind.COMPLETED);
                }
            } else {
                assertThat(client.post(question(surface)).content()).isEqualTo("Yes.");
            }
            List<FakeUpstream.Request> calls = requests(fixture, surface);
            assertThat(calls).hasSize(2);
            assertThat(calls.get(1).nanos() - calls.get(0).nanos())
                    .isGreaterThanOrEqualTo(
                            TimeUnit.MILLISECONDS.toNanos(cell.fault().millis() - CLOCK_DIFFERENCE_MILLIS));
        });
    }
}
