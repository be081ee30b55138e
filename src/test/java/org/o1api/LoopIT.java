package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.o1api.testing.ChatClient;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.InOneContainer;
import org.o1api.testing.Script;

/** The header {@code x-o1-depth}, and a gateway that is its own provider. */
@InOneContainer
class LoopIT {
    private static final String DEPTH = "x-o1-depth";
    private static final String STEP = "{\"title\":\"T\",\"content\":\"c\",\"next_action\":\"final_answer\"}";
    private static final String QUESTION = "{\"stream\": %s, \"reasoning_effort\": \"minimal\","
            + " \"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}";
    private static final String MESSAGE =
            "This request has already passed 3 gateways (x-o1-depth): a gateway is its own"
                    + " provider. Check default_api_url and upstreams.*.url in the gateway's configuration.";

    private static List<String> depths(GatewayFixture fixture) {
        return fixture.requests().stream()
                .map(request -> String.valueOf(request.headers().get(DEPTH)))
                .toList();
    }

    private static ChatClient.JsonResponse post(ChatClient client, String body, String... headers) {
        return client.send("/v1/chat/completions", request -> {
            HttpRequest.Builder post = ChatClient.postJson(body).apply(request);
            return headers.length == 0 ? post : post.headers(headers);
        });
    }

    /** What the gateway sends to its provider comes back to it. */
    private static Script sendBack(GatewayFixture fixture, FakeUpstream.Request request) {
        return exchange -> {
            ChatClient.JsonResponse reply = post(
                    fixture.client(),
                    request.text(),
                    DEPTH,
                    String.valueOf(request.headers().get(DEPTH)));
            exchange.reply(reply.status(), "application/json", reply.response().body());
        };
    }

    /** A stream that has begun could not have the status 400. */
    @InContainers(config = "begin_after: 60s")
    void endsALoop(GatewayFixture fixture) {
        for (boolean streamed : List.of(true, false)) {
            fixture.dispatch(request -> sendBack(fixture, request));
            ChatClient.JsonResponse reply = post(fixture.client(), QUESTION.formatted(streamed));

            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.json().at("/error/code").asText()).isEqualTo("loop_detected");
            assertThat(reply.json().at("/error/type").asText()).isEqualTo("invalid_request_error");
            assertThat(reply.json().at("/error/message").asText()).isEqualTo(MESSAGE);
            assertThat(depths(fixture)).containsExactly("1", "2", "3");
        }
    }

    @InContainers
    void countsTheGatewaysOfARequest(GatewayFixture fixture) {
        Map.of("", "1", "0", "1", "1", "2", "2", "3", "none", "1", "-7", "1", "1.5", "1", "0, 2", "3")
                .forEach((sent, next) -> {
                    fixture.script(Script.answer(STEP), Script.answer("Yes."));
                    ChatClient.JsonResponse reply = sent.isEmpty()
                            ? post(fixture.client(), QUESTION.formatted(false))
                            : post(fixture.client(), QUESTION.formatted(false), DEPTH, sent);

                    assertThat(reply.content()).as(sent).isEqualTo("Yes.");
                    assertThat(depths(fixture)).as(sent).containsExactly(next, next);
                });
    }

    @InContainers
    void rejectsARequestAtTheLimitBeforeAnyCall(GatewayFixture fixture) {
        fixture.script();
        for (String depth : List.of("3", "4", "99999999999999999999", "1, 3")) {
            ChatClient.JsonResponse reply = post(fixture.client(), QUESTION.formatted(false), DEPTH, depth);
            assertThat(reply.status()).as(depth).isEqualTo(400);
            assertThat(reply.json().at("/error/code").asText()).isEqualTo("loop_detected");
        }
        assertThat(fixture.requests()).isEmpty();
    }

    /** Retries and calls with trace headers have it, too. */
    @InContainers(config = "upstream trace_headers: true")
    void sendsTheDepthWithEachAttempt(GatewayFixture fixture) {
        fixture.script(Script.error(500, "no"), Script.answer(STEP), Script.answer("Yes."));
        ChatClient.JsonResponse reply = post(fixture.client(), QUESTION.formatted(false), DEPTH, "1");
        assertThat(reply.content()).isEqualTo("Yes.");
        assertThat(depths(fixture)).containsExactly("2", "2", "2");
    }
}
