package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.function.UnaryOperator;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.MessagesClient;
import org.o1api.testing.Script;

/** Errors that other APIs do not have or report in another way. What all APIs have in common is in the tests that take a {@code Surface}. */
class MessagesFailuresIT {
    private static final String QUESTION =
            "{\"messages\": [{\"role\": \"user\", \"content\": \"?\"}], \"thinking\": {\"type\": \"disabled\"}}";

    private static MessagesClient client(GatewayFixture fixture) {
        return new MessagesClient(fixture.client());
    }

    private static String shown(JsonResponse response) {
        assertThat(response.json().path("request_id").asText())
                .isEqualTo(response.header("request-id"))
                .isEqualTo(response.header("x-request-id"));
        return response.status() + " " + response.json().at("/error/type").asText();
    }

    @InContainers(config = "presets: { thinker: { model: fake-model } }")
    void areInAnthropicsFormOnEveryPath(GatewayFixture fixture) {
        fixture.script();
        String path = "/v1/messages";
        assertThat(shown(fixture.client().send(path, HttpRequest.Builder::GET))).isEqualTo("405 invalid_request_error");
        assertThat(shown(fixture.client().send(path + "/nothing", ChatClient.postJson("{}"))))
                .isEqualTo("404 not_found_error");
        assertThat(shown(fixture.client().send(path, post("text/plain", "{}")))).isEqualTo("415 invalid_request_error");
        assertThat(shown(fixture.client().send(path, ChatClient.postJson("{")))).isEqualTo("400 invalid_request_error");
        assertThat(shown(client(fixture).post(QUESTION.replace("{\"messages\"", "{\"model\": \"none\", \"messages\""))))
                .isEqualTo("404 not_found_error");
        assertThat(shown(client(fixture).countTokens("{}"))).isEqualTo("400 invalid_request_error");
        assertThat(shown(fixture.client().send(path, ChatClient.postJson("x".repeat(11 << 20)))))
                .isEqualTo("413 request_too_large");
        assertThat(shown(fixture.gateway().client("sk-wrong").send(path, ChatClient.postJson(QUESTION))))
                .isEqualTo("401 authentication_error");
        assertThat(shown(fixture.gateway().client("").send("/v1/messages/count_tokens", ChatClient.postJson(QUESTION))))
                .isEqualTo("401 authentication_error");
        assertThat(shown(fixture.client()
                        .send("/v1/models/none", request -> request.header("anthropic-version", "2023-06-01"))))
                .isEqualTo("404 not_found_error");
        assertThat(fixture.requests()).isEmpty();
    }

    private static UnaryOperator<HttpRequest.Builder> post(String type, String body) {
        return request -> request.header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofString(body));
    }

    @InContainers
    void tellClaudeCodeThatThePromptIsTooLong(GatewayFixture fixture) {
        fixture.dispatch(
                call -> Script.status(
                        400,
                        "{\"error\":{\"message\":\"This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.\",\"code\":\"context_length_exceeded\"}}"));
        JsonResponse answer = client(fixture).post(QUESTION);
        assertThat(shown(answer)).isEqualTo("400 invalid_request_error");
        assertThat(answer.json().at("/error/message").asText()).startsWith("prompt is too long: ");
        assertThat(fixture.requests()).hasSize(1);

        String reasoned = QUESTION.replace("disabled", "adaptive");
        assertThat(shown(client(fixture).post(reasoned))).isEqualTo("400 invalid_request_error");
        assertThat(fixture.requests()).hasSize(2);
        try (MessagesClient.Stream stream = client(fixture).stream(reasoned)) {
            assertThat(stream.status()).isEqualTo(400);
        }
        assertThat(fixture.requests()).hasSize(3);
        assertThat(client(fixture).countTokens(reasoned).status()).isEqualTo(200);
        assertThat(fixture.requests()).hasSize(3);
    }

    /** With the status that the clients of each API know. */
    @InContainers
    void reportAnOverloadOfTheProvider(GatewayFixture fixture) {
        fixture.dispatch(call -> Script.error(529, "Overloaded", "Retry-After: 60"));
        JsonResponse answer = client(fixture).post(QUESTION);
        assertThat(shown(answer)).isEqualTo("529 overloaded_error");
        assertThat(answer.header("Retry-After")).isEqualTo("60");
        JsonResponse chat = fixture.client().post(QUESTION);
        assertThat(chat.status()).isEqualTo(503);
        assertThat(chat.json().at("/error/code").asText()).isEqualTo("upstream_unavailable");
        assertThat(chat.header("Retry-After")).isEqualTo("60");
    }

    @InContainers
    void rejectACallWithoutAnObject(GatewayFixture fixture) {
        String body = QUESTION.replace("{\"messages\"", "{\"tools\": [{\"name\": \"f\"}], \"messages\"");
        fixture.dispatch(call -> Script.toolCalls("f", "[1]"));
        assertThat(shown(client(fixture).post(body))).isEqualTo("502 api_error");
        try (MessagesClient.Stream stream = client(fixture).stream(body)) {
            assertThat(stream.next("error").json().at("/error/type").asText()).isEqualTo("api_error");
            assertThat(stream.next()).isNull();
        }
    }

    @InContainers
    void acceptTheKeyInAnthropicsHeaderOnEveryRoute(GatewayFixture fixture) {
        ChatClient anonymous = fixture.gateway().client("");
        UnaryOperator<HttpRequest.Builder> key = request -> request.header("x-api-key", GatewayFixture.KEY);
        assertThat(anonymous.send("/v1/models", key).status()).isEqualTo(200);
        assertThat(anonymous
                        .send("/v1/models", request -> key.apply(request).header("Authorization", "Bearer placeholder"))
                        .status())
                .isEqualTo(200);
        fixture.script(Script.answer("Yes."));
        assertThat(anonymous
                        .send(
                                "/v1/messages",
                                request -> ChatClient.postJson(QUESTION).apply(key.apply(request)))
                        .status())
                .isEqualTo(200);
        assertThat(anonymous
                        .send("/v1/models", request -> request.header("x-api-key", "sk-wrong"))
                        .status())
                .isEqualTo(401);
    }
}
