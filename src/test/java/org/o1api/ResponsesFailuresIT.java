package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.ResponsesClient;
import org.o1api.testing.ResponsesClient.Event;
import org.o1api.testing.Script;

/** Faults, limits, silence and disconnects on the Responses API: never an empty success, never a truncated answer as a complete one. */
class ResponsesFailuresIT {
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final String BEGIN_LATE = "begin_after: 30s";
    private static final String NO_FEEDBACK = "stream_status_feedback: false";
    private static final String QUESTION = "{\"input\": \"?\", \"reasoning\": {\"effort\": \"none\"}}";

    private static ResponsesClient client(GatewayFixture fixture) {
        return new ResponsesClient(fixture.client());
    }

    /** Faults of the provider before its first text, with the status and code that the client gets, as on Chat. */
    private static Map<Script, String> earlyFaults() {
        return Map.of(
                Script.reset(),
                "502 upstream_failed",
                Script.error(500, "no"),
                "502 upstream_failed",
                Script.error(503, "no"),
                "503 upstream_unavailable",
                Script.error(429, "slow", "Retry-After: 60"),
                "429 upstream_rate_limit",
                Script.error(401, "no"),
                "502 upstream_misconfigured",
                Script.error(400, "no such thing"),
                "400 upstream_refused",
                exchange -> exchange.stream().end(),
                "502 upstream_failed",
                exchange -> exchange.reply(200, "text/html", "<html></html>"),
                "502 upstream_failed");
    }

    @InContainers(config = {BEGIN_LATE, NO_FEEDBACK, "upstream max_retry_wait: 2s"})
    void failWithTheirOwnStatusBeforeTheFirstEvent(GatewayFixture fixture) {
        earlyFaults().forEach((fault, expected) -> {
            fixture.dispatch(call -> fault);
            JsonResponse whole = client(fixture).post(QUESTION);
            assertThat(whole.status() + " " + whole.json().at("/error/code").asText())
                    .isEqualTo(expected);

            fixture.dispatch(call -> fault);
            try (ResponsesClient.Stream stream = client(fixture).stream(QUESTION)) {
                JsonNode error = stream.errorBody().path("error");
                assertThat(stream.status() + " " + error.path("code").asText()).isEqualTo(expected);
            }
        });
    }

    /** Faults after some text. */
    private static List<Script> lateFaults() {
        return List.of(
                exchange -> exchange.stream().text("It").reset(),
                exchange -> exchange.stream().text("It").end(),
                exchange -> exchange.stream().text("It").event("{nonsense").end(),
                exchange -> exchange.stream()
                        .text("It")
                        .event("{\"error\":{\"message\":\"no\"}}")
                        .end());
    }

    @InContainers
    void endTheStreamWithAFailedResponse(GatewayFixture fixture) {
        for (Script fault : lateFaults()) {
            fixture.dispatch(call -> fault);
            try (ResponsesClient.Stream stream = client(fixture).stream(QUESTION)) {
                assertThat(stream.status()).isEqualTo(200);
                List<Event> events = stream.remainingEvents();
                assertThat(ResponsesClient.deltas(events, "response.output_text.delta"))
                        .isEqualTo("It");
                Event last = ResponsesClient.last(events);
                assertThat(last.name()).isEqualTo("response.failed");
                assertThat(last.response().path("status").asText()).isEqualTo("failed");
                assertThat(last.response().at("/error/code").asText()).isEqualTo("server_error");
                assertThat(last.response().at("/error/message").asText()).isNotBlank();
            }
            fixture.dispatch(call -> fault);
            assertThat(client(fixture).post(QUESTION).status()).isEqualTo(502);
        }
    }

    /** Clients need the first event to know the response that fails. */
    @InContainers(config = {NO_FEEDBACK, "begin_after: 100ms", "heartbeat: 50ms"})
    void precedesAFailureByTheFirstEvents(GatewayFixture fixture) {
        CountDownLatch pinged = new CountDownLatch(1);
        fixture.script(exchange -> exchange.await(pinged).reply(400, "application/json", "{}"));

        try (ResponsesClient.Stream stream = client(fixture).stream(QUESTION)) {
            assertThat(stream.status()).isEqualTo(200);
            pinged.countDown();
            assertThat(stream.remainingEvents())
                    .extracting(Event::name)
                    .containsExactly("response.created", "response.in_progress", "response.failed");
        }
    }

    @InContainers
    void beginsAndPingsDuringSilence(GatewayFixture fixture) {
        CountDownLatch seen = new CountDownLatch(1);
        fixture.script(exchange -> exchange.await(seen).stream().text("Yes.").done());

        try (ResponsesClient.Stream stream = client(fixture).stream(QUESTION)) {
            assertThat(stream.next("response.in_progress")
                            .response()
                            .path("status")
                            .asText())
                    .isEqualTo("in_progress");
            CompletableFuture<Event> text =
                    CompletableFuture.supplyAsync(() -> stream.next("response.output_text.delta"));
            await().atMost(LIMIT).until(() -> stream.comments().size() >= 2);
            seen.countDown();
            assertThat(text.join().text("delta")).isEqualTo("Yes.");
            assertThat(stream.comments()).containsOnly(": ping");
            assertThat(ResponsesClient.last(stream.remainingEvents()).name()).isEqualTo("response.completed");
        }
    }

    @InContainers(config = {"begin_after: 50ms", "json_heartbeat: 50ms"})
    void keepsASilentResponseOfOneObjectAlive(GatewayFixture fixture) {
        fixture.script(exchange -> {
            Thread.sleep(300);
            exchange.stream().text("Yes.").done();
        });
        JsonResponse answer = client(fixture).post(QUESTION);
        assertThat(answer.response().body()).startsWith(" ").contains("\"text\":\"Yes.\"");
    }

    @InContainers
    void cancelTheCallOfADisconnectedClient(GatewayFixture fixture) {
        fixture.script(exchange -> exchange.stream().text("It").awaitDisconnect());
        try (ResponsesClient.Stream stream = client(fixture).stream(QUESTION)) {
            stream.next("response.output_text.delta");
        }
        fixture.awaitAborted(LIMIT);
    }

    @InContainers(config = "limits: { turns_per_caller: 1 }")
    void rejectRequestsAboveTheLimit(GatewayFixture fixture) {
        CountDownLatch rejected = new CountDownLatch(1);
        fixture.script(exchange -> exchange.stream().text("It").await(rejected).done());
        try (ResponsesClient.Stream stream = client(fixture).stream(QUESTION)) {
            stream.next("response.output_text.delta");
            JsonResponse second = client(fixture).post(QUESTION);
            assertThat(second.status()).isEqualTo(429);
            assertThat(second.json().at("/error/code").asText()).isEqualTo("rate_limit_exceeded");
            assertThat(second.header("Retry-After")).isEqualTo("1");
            rejected.countDown();
            assertThat(ResponsesClient.last(stream.remainingEvents()).name()).isEqualTo("response.completed");
        }
    }

    @InContainers
    void rejectInvalidRequests(GatewayFixture fixture) {
        fixture.script();
        Map<String, String> requests = Map.of(
                "{\"input\": 5}", "400 invalid_request input",
                "{\"input\": \"?\", \"background\": true}", "400 unsupported_value background",
                "{\"input\": \"?\", \"previous_response_id\": \"resp_1\"}",
                        "404 response_not_found previous_response_id",
                "{\"input\": [{\"type\": \"item_reference\", \"id\": \"msg_1\"}]}",
                        "404 response_not_found input[0].id",
                "{\"messages\": []}", "400 invalid_request messages");
        requests.forEach((body, expected) -> {
            JsonNode error = client(fixture).post(body).json().path("error");
            assertThat(client(fixture).post(body).status() + " "
                            + error.path("code").asText() + " "
                            + error.path("param").asText())
                    .isEqualTo(expected);
            try (ResponsesClient.Stream stream = client(fixture).stream(body)) {
                assertThat(stream.status() + "").isEqualTo(expected.substring(0, 3));
            }
        });
        assertThat(fixture.requests()).isEmpty();
    }

    /** A call whose arguments are cut is not a complete one. */
    @InContainers
    void reportACutCallAsIncomplete(GatewayFixture fixture) {
        fixture.script(ResponsesFailuresIT::cutCall);
        try (ResponsesClient.Stream stream = client(fixture).stream(
                "{\"input\": \"?\", \"reasoning\": {\"effort\": \"none\"}, \"tools\": [{\"type\": \"function\", \"name\": \"f\"}]}")) {
            Event last = ResponsesClient.last(stream.remainingEvents());
            assertThat(last.name()).isEqualTo("response.incomplete");
            assertThat(last.response().at("/output/0/status").asText()).isEqualTo("incomplete");
        }
    }

    private static void cutCall(FakeExchange exchange) throws java.io.IOException {
        exchange.stream()
                .delta(
                        "{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\"}}]}")
                .finish("length")
                .done();
    }
}
