package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Answer;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.Exchange;
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;
import org.o1api.testing.Stage;

/** Each way in which a provider fails, and what a client sees of it: never an empty success, never half an answer as a whole. */
class FaultMatrixIT {
    private static final String BEGIN_LATE = "begin_after: 30s";
    private static final String NO_FEEDBACK = "stream_status_feedback: false";
    private static final String SHORT =
            "upstream timeouts: { connect: 2s, first_token: 700ms, idle: 700ms, call: 3s }, max_retry_wait: 2s";
    private static final String AT_ONCE = "\"reasoning_effort\": \"none\"";
    private static final byte[] HALF_A_CHARACTER = Arrays.copyOf(
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"€".getBytes(StandardCharsets.UTF_8), 47);

    /** A fault before the first word: the status and code that the client gets, and how often the provider was asked. */
    private record Early(String name, Script script, int status, String code, int calls) {}

    private static List<Early> early() {
        String inAMinute = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(1));
        return List.of(
                new Early("reset", Script.reset(), 502, "upstream_failed", 3),
                new Early("end", exchange -> exchange.stream().end(), 502, "upstream_failed", 3),
                new Early("half a character", FaultMatrixIT::halfACharacter, 502, "upstream_failed", 3),
                new Early("silence", Script.silence(), 504, "upstream_timeout", 1),
                new Early("silence after its head", FaultMatrixIT::onlyHead, 504, "upstream_timeout", 1),
                new Early("an error object", errorObject(), 502, "upstream_failed", 3),
                new Early("HTML", html(), 502, "upstream_failed", 3),
                new Early("junk", junk(), 502, "upstream_failed", 3),
                new Early("a line of 50 MB", FaultMatrixIT::longLine, 502, "upstream_failed", 1),
                new Early(
                        "429 for a minute",
                        Script.error(429, "slow", "Retry-After: 60"),
                        429,
                        "upstream_rate_limit",
                        1),
                new Early(
                        "429 by a date",
                        Script.error(429, "slow", "Retry-After: " + inAMinute),
                        429,
                        "upstream_rate_limit",
                        1),
                new Early("500", Script.error(500, "no"), 502, "upstream_failed", 3),
                new Early("503", Script.error(503, "no"), 503, "upstream_unavailable", 3),
                new Early("401", Script.error(401, "no"), 502, "upstream_misconfigured", 1),
                new Early("404", Script.error(404, "no"), 502, "upstream_misconfigured", 1),
                new Early("redirect", Script.status(302, "{}", "Location: /other"), 502, "upstream_misconfigured", 1),
                new Early("400", Script.error(400, "no such thing"), 400, "upstream_refused", 1));
    }

    private static void halfACharacter(Exchange exchange) throws IOException {
        exchange.stream().body(HALF_A_CHARACTER).end();
    }

    private static void onlyHead(Exchange exchange) throws IOException {
        exchange.stream().awaitClientLeft();
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

    private static void longLine(Exchange exchange) throws IOException {
        exchange.stream().body("data: ");
        for (int i = 0; i < 50; i++) {
            exchange.body("x".repeat(1 << 20)); // until the gateway has had enough
        }
        exchange.awaitClientLeft();
    }

    @InContainers(config = {BEGIN_LATE, NO_FEEDBACK, SHORT})
    void aFaultBeforeTheFirstWordHasItsStatus(Stage stage) {
        for (Early fault : early()) {
            stage.decides(request -> fault.script());
            Answer answer = stage.client().askWhole("?", AT_ONCE);
            assertThat(answer.status()).as(fault.name()).isEqualTo(fault.status());
            assertThat(answer.json().at("/error/code").asText())
                    .as(fault.name())
                    .isEqualTo(fault.code());
            assertThat(stage.requests()).as(fault.name()).hasSize(fault.calls());

            stage.decides(request -> fault.script());
            try (ChatClient.Stream stream = stage.client().ask("?", AT_ONCE)) {
                assertThat(stream.status()).as(fault.name()).isEqualTo(fault.status());
            }
            assertThat(stage.requests()).as(fault.name()).hasSize(fault.calls());
        }
    }

    /** A fault after the first word of the answer. */
    private record Late(String name, Script script, String code) {}

    private static List<Late> late() {
        return List.of(
                new Late("reset", exchange -> exchange.stream().text("It is").reset(), "upstream_failed"),
                new Late("end", exchange -> exchange.stream().text("It is").end(), "upstream_failed"),
                new Late("half a character", FaultMatrixIT::halfACharacterLate, "upstream_failed"),
                new Late("silence", exchange -> exchange.stream().text("It is").awaitClientLeft(), "upstream_timeout"),
                new Late("an error object", FaultMatrixIT::errorLate, "upstream_failed"),
                new Late(
                        "an event named error",
                        exchange -> exchange.stream()
                                .text("It is")
                                .event("error", "{\"message\":\"overloaded\"}")
                                .done(),
                        "upstream_failed"),
                new Late(
                        "junk",
                        exchange -> exchange.stream()
                                .text("It is")
                                .event("{nonsense")
                                .end(),
                        "upstream_failed"),
                new Late("a drip", FaultMatrixIT::drip, "upstream_timeout"));
    }

    private static void halfACharacterLate(Exchange exchange) throws IOException {
        exchange.stream().text("It is").body(HALF_A_CHARACTER).end();
    }

    private static void errorLate(Exchange exchange) throws IOException {
        exchange.stream()
                .text("It is")
                .event("{\"error\":{\"message\":\"no\"}}")
                .end();
    }

    /** A byte now and then, and never a whole event. */
    private static void drip(Exchange exchange) throws IOException, InterruptedException {
        exchange.stream().text("It is");
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 1000; i++) {
            exchange.body("d");
            if (never.await(100, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    @InContainers(config = {BEGIN_LATE, NO_FEEDBACK, SHORT})
    void aFaultWithinTheAnswerEndsItByAnError(Stage stage) {
        for (Late fault : late()) {
            stage.decides(request -> fault.script());
            try (ChatClient.Stream stream = stage.client().ask("?", AT_ONCE)) {
                List<Event> events = stream.rest();
                Event last = events.get(events.size() - 1);
                assertThat(last.name()).as(fault.name()).isEqualTo("error");
                assertThat(last.json().at("/error/code").asText())
                        .as(fault.name())
                        .isEqualTo(fault.code());
                assertThat(events).as(fault.name()).noneMatch(Event::done);
                assertThat(ChatClient.content(events.subList(0, events.size() - 1)))
                        .as(fault.name())
                        .startsWith("It is");
            }
            assertThat(stage.requests()).as(fault.name()).hasSize(1);

            stage.decides(request -> fault.script());
            Answer answer = stage.client().askWhole("?", AT_ONCE);
            assertThat(answer.json().at("/error/code").asText())
                    .as(fault.name())
                    .isEqualTo(fault.code());
        }
    }

    @InContainers(config = {BEGIN_LATE, NO_FEEDBACK, SHORT})
    void waitsAsLongAsTheProviderAsks(Stage stage) {
        stage.plays(Script.error(429, "slow", "Retry-After: 1"), Script.answer("Yes."));
        assertThat(stage.client().askWhole("?", AT_ONCE).content()).isEqualTo("Yes.");
        long waited = stage.request(1).nanos() - stage.request(0).nanos();
        assertThat(TimeUnit.NANOSECONDS.toMillis(waited)).isGreaterThanOrEqualTo(1000);
    }
}
