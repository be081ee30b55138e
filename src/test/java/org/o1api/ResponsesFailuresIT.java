package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.ResponsesClient;
import org.o1api.testing.ResponsesClient.Event;

/** Failures that other APIs do not have or report in another way. What all APIs have in common is in the tests that take a {@code Surface}. */
class ResponsesFailuresIT {
    private static final String QUESTION = "{\"input\": \"?\", \"reasoning\": {\"effort\": \"none\"}}";

    private static ResponsesClient client(GatewayFixture fixture) {
        return new ResponsesClient(fixture.client());
    }

    /** Clients need the first event to know the response that fails. */
    @InContainers(config = {"stream_status_feedback: false", "begin_after: 100ms", "heartbeat: 50ms"})
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
