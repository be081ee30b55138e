package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.Container;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** Every way in which a provider fails, and what the client gets: never an empty success, never a truncated answer as a complete one. */
class FaultMatrixIT {
    private static final String BEGIN_LATE = "begin_after: 30s";
    private static final String NO_FEEDBACK = "stream_status_feedback: false";
    private static final String SHORT_TIMEOUTS =
            "upstream timeouts: { connect: 2s, first_token: 700ms, idle: 1200ms, call: 4s }, max_retry_wait: 2s, event: 64KiB";
    /** How many milliseconds the wall clock and the monotonic clock may differ. */
    private static final long CLOCK_DIFFERENCE_MILLIS = 5;

    private static final String MINIMAL_EFFORT = "\"reasoning_effort\": \"minimal\"";
    private static final String NO_REASONING = "\"reasoning_effort\": \"none\"";
    private static final byte[] TRUNCATED_CHARACTER = Arrays.copyOf(
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"€".getBytes(StandardCharsets.UTF_8), 47);

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

    private static <F> Stream<Cell<F>> cells(List<F> faults) {
        return Stream.of(Container.values())
                .flatMap(container -> faults.stream()
                        .flatMap(fault ->
                                Stream.of(false, true).map(streamed -> new Cell<>(fault, streamed, container))));
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
                new EarlyFault("half a character", FaultMatrixIT::truncatedCharacter, 502, "upstream_failed", 3),
                new EarlyFault("silence", Script.silence(), 504, "upstream_timeout", 1),
                new EarlyFault("silence after its head", FaultMatrixIT::onlyHead, 504, "upstream_timeout", 1),
                new EarlyFault(
                        "a drip of a byte a second",
                        exchange -> sendEndlessEvent(exchange.stream()),
                        504,
                        "upstream_timeout",
                        1),
                new EarlyFault("an error object", errorObject(), 502, "upstream_failed", 3),
                new EarlyFault("HTML", html(), 502, "upstream_failed", 3),
                new EarlyFault("junk", junk(), 502, "upstream_failed", 3),
                new EarlyFault("a line of 50 MB", FaultMatrixIT::longLine, 502, "upstream_failed", 1),
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

    private static void truncatedCharacter(FakeExchange exchange) throws IOException {
        exchange.stream().body(TRUNCATED_CHARACTER).end();
    }

    private static void onlyHead(FakeExchange exchange) throws IOException {
        exchange.stream().awaitDisconnect();
    }

    private static Script errorObject() {
        return exchange ->
                exchange.stream().event("{\"error\":{\"message\":\"no\"}}").end();
    }

    private static Script html() {
        return exchange -> exchange.reply(200, "text/html", "<html><body>Sorry</body></html>");
    }

    private static Script junk() {
        return exchange -> exchange.stream().event("{nonsense").end();
    }

    private static void longLine(FakeExchange exchange) throws IOException {
        exchange.stream().body("data: ");
        for (int i = 0; i < 50; i++) {
            exchange.body("x".repeat(1 << 20)); // until the gateway closes the connection
        }
        exchange.awaitDisconnect();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("earlyFaults")
    void aFaultBeforeTheFirstTextHasAStatus(Cell<EarlyFault> cell) {
        EarlyFault fault = cell.fault();
        GatewayFixture fixture = fixture(cell.container());
        fixture.dispatch(request -> fault.script());
        if (cell.streamed()) {
            try (ChatClient.Stream stream = fixture.client().streamQuestion("?", NO_REASONING)) {
                assertThat(stream.status()).isEqualTo(fault.status());
                assertThat(stream.errorBody().at("/error/code").asText()).isEqualTo(fault.code());
            }
        } else {
            assertFails(fixture.client().postQuestion("?", NO_REASONING), fault.status(), fault.code());
        }
        assertThat(fixture.requests()).hasSize(fault.calls());
    }

    private static void assertFails(JsonResponse answer, int status, String code) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().at("/error/code").asText()).isEqualTo(code);
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
                ChatClient client = gateway.client(GatewayFixture.KEY);
                assertFails(client.postQuestion("?", NO_REASONING), 502, "upstream_failed");
                try (ChatClient.Stream stream = client.streamQuestion("?", NO_REASONING)) {
                    assertThat(stream.status()).isEqualTo(502);
                    assertThat(stream.errorBody().at("/error/code").asText()).isEqualTo("upstream_failed");
                }
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
                new LateFault("half a character", FaultMatrixIT::truncatedCharacterLate, 502, "upstream_failed"),
                new LateFault(
                        "silence",
                        exchange -> exchange.stream().text("It is").awaitDisconnect(),
                        504,
                        "upstream_timeout"),
                new LateFault("an error object", FaultMatrixIT::errorLate, 502, "upstream_failed"),
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
                        "a drip of a byte a second", FaultMatrixIT::sendEndlessEventLate, 504, "upstream_timeout")));
    }

    private static void truncatedCharacterLate(FakeExchange exchange) throws IOException {
        exchange.stream().text("It is").body(TRUNCATED_CHARACTER).end();
    }

    private static void errorLate(FakeExchange exchange) throws IOException {
        exchange.stream()
                .text("It is")
                .event("{\"error\":{\"message\":\"no\"}}")
                .end();
    }

    private static void sendEndlessEventLate(FakeExchange exchange) throws IOException, InterruptedException {
        sendEndlessEvent(exchange.stream().text("It is"));
    }

    /** An event that never completes, sent at one byte a second. */
    private static void sendEndlessEvent(FakeExchange exchange) throws IOException, InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 20; i++) {
            exchange.body("d");
            if (never.await(1, TimeUnit.SECONDS)) {
                return;
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lateFaults")
    void aFaultWithinTheAnswerEndsItWithAnError(Cell<LateFault> cell) {
        LateFault fault = cell.fault();
        GatewayFixture fixture = fixture(cell.container());
        fixture.dispatch(request -> fault.script());
        if (cell.streamed()) {
            try (ChatClient.Stream stream = fixture.client().streamQuestion("?", NO_REASONING)) {
                List<Event> events = stream.remainingEvents();
                Event last = events.get(events.size() - 1);
                assertThat(last.name()).isEqualTo("error");
                assertThat(last.json().at("/error/code").asText()).isEqualTo(fault.code());
                List<Event> before = events.subList(0, events.size() - 1);
                assertThat(before).noneMatch(Event::isDone).allMatch(event -> event.finishReason() == null);
                assertThat(ChatClient.content(before)).startsWith("It is");
            }
        } else {
            assertFails(fixture.client().postQuestion("?", NO_REASONING), fault.status(), fault.code());
        }
        assertThat(fixture.requests()).hasSize(1);
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
                        exchange -> halfStep(exchange).body(TRUNCATED_CHARACTER).end()),
                new StepFault("silence", exchange -> halfStep(exchange).awaitDisconnect()),
                new StepFault("a drip of a byte a second", exchange -> sendEndlessEvent(halfStep(exchange))),
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
        fixture.script(
                cell.fault().script(),
                Script.answer(StepScripts.step("Anew", "A whole one.", "final_answer")),
                Script.answer("Yes."));
        String reasoning;
        if (cell.streamed()) {
            try (ChatClient.Stream stream = fixture.client().streamQuestion("?", MINIMAL_EFFORT)) {
                List<Event> events = stream.remainingEvents();
                assertThat(events).noneMatch(event -> event.name().equals("error"));
                assertThat(events.get(events.size() - 1).isDone()).isTrue();
                assertThat(ChatClient.content(events)).isEqualTo("Yes.");
                reasoning = ChatClient.reasoning(events);
            }
        } else {
            JsonResponse answer = fixture.client().postQuestion("?", MINIMAL_EFFORT);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.content()).isEqualTo("Yes.");
            reasoning = answer.reasoning();
        }
        assertThat(reasoning)
                .startsWith("## Step 1: First\nHalf")
                .endsWith("## Step 1: Anew\nA whole one.")
                .doesNotContain("Step 2");
        assertThat(fixture.requests()).hasSize(3);
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
        fixture.script(cell.fault().script(), Script.answer("Yes."));
        if (cell.streamed()) {
            try (ChatClient.Stream stream = fixture.client().streamQuestion("?", NO_REASONING)) {
                assertThat(stream.status()).isEqualTo(200);
                List<Event> events = stream.remainingEvents();
                assertThat(ChatClient.content(events)).isEqualTo("Yes.");
                assertThat(events.get(events.size() - 1).isDone()).isTrue();
            }
        } else {
            assertThat(fixture.client().postQuestion("?", NO_REASONING).content())
                    .isEqualTo("Yes.");
        }
        assertThat(fixture.requests()).hasSize(2);
        long waited = fixture.request(1).nanos() - fixture.request(0).nanos();
        assertThat(waited)
                .isGreaterThanOrEqualTo(
                        TimeUnit.MILLISECONDS.toNanos(cell.fault().millis() - CLOCK_DIFFERENCE_MILLIS));
    }
}
