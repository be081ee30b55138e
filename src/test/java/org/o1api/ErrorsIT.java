package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Question;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;
import org.o1api.testing.Surface;
import org.o1api.testing.SurfaceClient;
import org.o1api.testing.SurfaceStream;

/** Errors in OpenAI's format, with an HTTP status unless the stream has started. */
class ErrorsIT {
    private static void assertError(JsonResponse answer, int status, String code) {
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).startsWith("application/json");
        assertError(answer.json(), code);
    }

    private static void assertError(JsonNode body, String code) {
        assertThat(body.path("error").properties().stream().map(Map.Entry::getKey))
                .containsExactly("message", "type", "param", "code");
        assertThat(body.at("/error/code").asText()).isEqualTo(code);
        assertThat(body.toString()).doesNotContain("Exception", "org.o1api", GatewayFixture.PROVIDER_KEY, "127.0.0.1");
    }

    @InContainers
    void rejectsRequestsWithoutAKey(GatewayFixture fixture) {
        JsonResponse missing = fixture.gateway().client("").postQuestion("?");
        JsonResponse wrong = fixture.gateway().client("sk-wrong").postQuestion("?");

        assertError(missing, 401, "invalid_api_key");
        assertError(wrong, 401, "invalid_api_key");
        assertThat(missing.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(missing.json().at("/error/message"))
                .isNotEqualTo(wrong.json().at("/error/message"));
    }

    @InContainers
    void hidesWhichPathsExist(GatewayFixture fixture) {
        for (String path : List.of("/v1/models", "/v1/nothing", "/error", "/index.html", "/health")) {
            JsonResponse answer = fixture.gateway().client("").get(path);
            assertThat(answer.status()).as(path).isIn(401, 404);
            assertThat(answer.json().at("/error/message").asText()).as(path).isNotEmpty();
        }
        assertThat(fixture.gateway().client("").get("/v1/nothing").status()).isEqualTo(401);
        JsonResponse hidden = fixture.client().get("/WEB-INF/web.xml");
        assertThat(hidden.status()).as("%s", hidden.response().body()).isEqualTo(404);
    }

    @InContainers
    void rejectsUnknownPathsMethodsAndTypes(GatewayFixture fixture) {
        ChatClient client = fixture.client();

        assertError(client.get("/v1/nothing"), 404, "unknown_url");
        assertError(client.get("/index.html"), 404, "unknown_url");
        assertError(client.send("/v1/responses/compact", ChatClient.postJson("{}")), 404, "unknown_url");
        assertError(client.get("/v1/chat/completions"), 405, "method_not_allowed");
        assertThat(client.get("/v1/chat/completions").header("Allow")).contains("POST");
        assertError(client.send("/v1/chat/completions", request -> request.DELETE()), 405, "method_not_allowed");
        assertError(
                client.send(
                        "/v1/chat/completions",
                        request -> request.header("Content-Type", "text/plain").POST(BodyPublishers.ofString("hi"))),
                415,
                "unsupported_media_type");
        assertError(
                client.send("/v1/chat/completions", request -> request.POST(BodyPublishers.ofString("{}"))),
                415,
                "unsupported_media_type");
        for (String type : List.of("garbage", "application/", "/json", "application/json; charset", "a b/c")) {
            assertError(
                    client.send(
                            "/v1/chat/completions",
                            request -> request.header("Content-Type", type).POST(BodyPublishers.ofString("{}"))),
                    415,
                    "unsupported_media_type");
        }
        assertError(client.get("/v1/models/nothing"), 404, "model_not_found");
    }

    @InContainers
    void rejectsEncodedBodies(GatewayFixture fixture) {
        for (String encoding : List.of("gzip", "br", "identity, gzip")) {
            JsonResponse answer = fixture.client()
                    .send(
                            "/v1/chat/completions",
                            request -> request.header("Content-Type", "application/json")
                                    .header("Content-Encoding", encoding)
                                    .POST(BodyPublishers.ofString("{}")));
            assertError(answer, 415, "unsupported_media_type");
            assertThat(answer.json().at("/error/message").asText()).contains("Content-Encoding");
        }
        fixture.script(Script.answer("Yes."));
        JsonResponse answer = fixture.client()
                .send(
                        "/v1/chat/completions",
                        request -> request.header("Content-Type", "application/json")
                                .header("Content-Encoding", "Identity")
                                .POST(
                                        BodyPublishers.ofString(
                                                "{\"reasoning_effort\": \"none\", \"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}")));
        assertThat(answer.content()).isEqualTo("Yes.");
    }

    @InContainers
    void explainsWhatIsWrongWithARequest(GatewayFixture fixture) {
        ChatClient client = fixture.client();
        Map<String, String> paramOf = Map.of(
                "{\"messages\": []}", "messages",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"?\"}], \"n\": 2}", "n",
                "{\"messages\": [{\"role\": \"pope\", \"content\": \"?\"}]}", "messages[0].role",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"?\"}], \"temperature\": 3}", "temperature");
        paramOf.forEach((body, param) -> {
            JsonResponse answer = client.post(body);
            assertThat(answer.status()).as(body).isEqualTo(400);
            assertThat(answer.json().at("/error/param").asText()).as(body).isEqualTo(param);
        });
        assertError(client.post("{"), 400, "invalid_json");
        assertError(client.post(""), 400, "invalid_json");
    }

    @InContainers
    void reportsATruncatedRequestAsAClientError(GatewayFixture fixture) throws IOException {
        URI url = fixture.gateway().url();
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                    + GatewayFixture.KEY
                                    + "\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(reply).startsWith("HTTP/1.1 400").contains("\"type\":\"invalid_request_error\"");
        }
    }

    /** Otherwise some clients reuse the connection, and their next request fails. */
    @InContainers
    void announcesTheCloseIfItDoesNotReadTheBody(GatewayFixture fixture) throws IOException {
        for (String authorization : List.of("", "Authorization: Bearer sk-wrong\r\n")) {
            String reply = rawResponse(
                    fixture,
                    "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n" + authorization
                            + "Content-Type: application/json\r\nContent-Length: 50\r\n\r\n");

            assertThat(reply).startsWith("HTTP/1.1 401").containsIgnoringCase("\r\nConnection: close\r\n");
        }
    }

    @InContainers
    void keepsTheConnectionIfThereIsNoBody(GatewayFixture fixture) {
        assertThat(fixture.gateway().client("").get("/v1/models").header("Connection"))
                .isNull();
        assertThat(fixture.client()
                        .send("/v1/chat/completions", request -> request.POST(BodyPublishers.ofString("hi"))))
                .satisfies(answer -> assertThat(answer.status()).isEqualTo(415))
                .satisfies(answer -> assertThat(answer.header("Connection")).isNull());
    }

    /** Content-Length alone is enough to reject an oversized body. */
    @InContainers(config = "limits: { body: 2KiB }")
    void rejectsAnOversizedBodyBeforeReadingIt(GatewayFixture fixture) throws IOException {
        for (String length : List.of("2049", "1000000000000")) {
            String reply = rawResponse(
                    fixture,
                    "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                            + GatewayFixture.KEY + "\r\nContent-Type: application/json\r\nContent-Length: " + length
                            + "\r\n\r\n");

            assertThat(reply)
                    .startsWith("HTTP/1.1 413")
                    .containsIgnoringCase("\r\nConnection: close\r\n")
                    .contains("\"code\":\"request_too_large\"");
        }
    }

    /** The response up to the end of the connection or of a JSON text. */
    private static String rawResponse(GatewayFixture fixture, String request) throws IOException {
        URI url = fixture.gateway().url();
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            StringBuilder reply = new StringBuilder();
            for (int c = socket.getInputStream().read();
                    c >= 0;
                    c = socket.getInputStream().read()) {
                reply.append((char) c);
                if (reply.indexOf("}}") >= 0) {
                    break;
                }
            }
            return reply.toString();
        }
    }

    @InContainers(config = "limits: { body: 2KiB }")
    void rejectsAnOversizedBody(GatewayFixture fixture, Surface surface) {
        surface.client(fixture).post(Question.of("x".repeat(3000))).assertFails(413, "request_too_large");
    }

    @InContainers
    void sendsAStatusForAFailureBeforeTheStream(GatewayFixture fixture) {
        Map<Integer, Integer> statusOf = Map.of(
                400, 400, 401, 502, 403, 502, 404, 502, 413, 413, 422, 400, 429, 429, 500, 502, 503, 503, 504, 504);
        statusOf.forEach((upstreamStatus, expected) -> {
            fixture.dispatch(request -> Script.error(
                    upstreamStatus,
                    "secret " + GatewayFixture.PROVIDER_KEY + " at http://127.0.0.1:"
                            + fixture.gateway().url().getPort()));
            JsonResponse answer = fixture.client().postQuestion("?");
            assertThat(answer.status())
                    .as("for %s: %s", upstreamStatus, answer.json())
                    .isEqualTo(expected);
            assertError(answer.json(), answer.json().at("/error/code").asText());

            try (ChatClient.Stream stream = fixture.client().streamQuestion("?")) {
                assertThat(stream.status()).isEqualTo(expected);
                assertThat(stream.header("Content-Type")).startsWith("application/json");
                assertThat(stream.errorBody().at("/error/code"))
                        .isEqualTo(answer.json().at("/error/code"));
            }
        });
    }

    @InContainers
    void retriesATemporaryFailure(GatewayFixture fixture) {
        fixture.script(
                Script.error(503, "busy"),
                Script.reset(),
                Script.answer(StepScripts.step("First", "one", "final_answer")),
                Script.error(500, "oops"),
                Script.answer("Yes."));

        try (ChatClient.Stream stream = fixture.client().streamQuestion("?", "\"reasoning_effort\": \"minimal\"")) {
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("Yes.");
        }
        assertThat(fixture.requests()).hasSize(5);
    }

    @InContainers
    void doesNotRetryARejectedRequest(GatewayFixture fixture) {
        fixture.dispatch(request -> Script.error(400, "Your image is broken."));

        fixture.client().postQuestion("?");

        assertThat(fixture.requests()).hasSize(1);
    }

    @InContainers
    void forwardsRetryAfter(GatewayFixture fixture, Surface surface) {
        fixture.dispatch(request -> Script.error(429, "slow down", "Retry-After: 30"));
        assertRateLimit(fixture, surface, "30");
    }

    @InContainers
    void sendsRetryAfterIfTheUpstreamDoesNot(GatewayFixture fixture, Surface surface) {
        fixture.dispatch(request -> Script.error(429, "slow down"));
        assertRateLimit(fixture, surface, "5");
    }

    private static void assertRateLimit(GatewayFixture fixture, Surface surface, String retryAfter) {
        Question question = Question.of("?");
        SurfaceClient.Answer answer = surface.client(fixture).post(question);
        answer.assertFails(429, "upstream_rate_limit");
        assertThat(answer.header("Retry-After")).isEqualTo(retryAfter);
        try (SurfaceStream stream = surface.client(fixture).stream(question)) {
            stream.assertRejected(429, "upstream_rate_limit");
            assertThat(stream.header("Retry-After")).isEqualTo(retryAfter);
        }
    }

    @InContainers
    void forwardsTheFieldThatTheUpstreamRejects(GatewayFixture fixture) {
        String error = "{\"error\":{\"message\":\"Too long.\",\"type\":\"invalid_request_error\",\"param\":"
                + "\"messages\",\"code\":\"context_length_exceeded\"}}";
        fixture.dispatch(request -> Script.status(400, error));

        JsonResponse jsonReply = fixture.client().postQuestion("?");
        assertError(jsonReply, 400, "context_length_exceeded");
        assertThat(jsonReply.json()).hasToString(error);

        try (ChatClient.Stream stream = fixture.client().streamQuestion("?")) {
            assertThat(stream.status()).isEqualTo(400);
            assertThat(stream.errorBody()).hasToString(error);
        }
        fixture.dispatch(request -> request.asksForJson()
                ? Script.answer(StepScripts.step("First", "one", "final_answer"))
                : Script.status(400, error));
        try (ChatClient.Stream stream = fixture.client().streamQuestion("?", "\"reasoning_effort\": \"minimal\"")) {
            List<Event> events = stream.remainingEvents();
            assertThat(events.get(events.size() - 1).json()).hasToString(error);
        }
    }

    @InContainers(config = "notes: { retry: Noch einmal. }")
    void explainsARetryInTheConfiguredWords(GatewayFixture fixture) {
        fixture.script(
                exchange -> exchange.stream()
                        .text("{\"title\": \"First\", \"content\": \"and th")
                        .reset(),
                Script.answer(StepScripts.step("First", "one", "final_answer")),
                Script.answer("Yes."));

        assertThat(fixture.client()
                        .postQuestion("?", "\"reasoning_effort\": \"minimal\"")
                        .reasoning())
                .isEqualTo("## Step 1: First\nand th\n\n*Noch einmal.*\n\n## Step 1: First\none");
    }

    @InContainers
    void retriesAnInterruptedStep(GatewayFixture fixture) {
        fixture.script(
                exchange -> exchange.stream()
                        .text("{\"title\": \"First\", \"content\": \"and th")
                        .reset(),
                Script.answer(StepScripts.step("First", "one", "final_answer")),
                Script.answer("Yes."));

        try (ChatClient.Stream stream = fixture.client().streamQuestion("?", "\"reasoning_effort\": \"minimal\"")) {
            List<Event> events = stream.remainingEvents();

            assertThat(ChatClient.reasoning(events))
                    .isEqualTo("## Step 1: First\nand th\n\n*The model provider broke the connection or sent invalid"
                            + " data. Retrying this step.*\n\n## Step 1: First\none");
            assertThat(ChatClient.content(events)).isEqualTo("Yes.");
        }
    }

    @InContainers
    void countsTheTokensOfAnInterruptedStep(GatewayFixture fixture) {
        fixture.script(
                exchange -> exchange.stream()
                        .text("{\"title\": \"First\", \"content\": \"one two three four five six")
                        .reset(),
                Script.answer(StepScripts.step("First", "one", "final_answer")),
                Script.answer("Yes."));

        JsonNode reply = fixture.client()
                .postQuestion("?", "\"reasoning_effort\": \"minimal\"")
                .json();

        JsonNode total = reply.at("/x_o1/usage");
        assertThat(total.path("calls").asInt()).isEqualTo(3);
        assertThat(total.path("completion_tokens").asInt()).isBetween(10 + 8, 10 + 30);
        assertThat(total.path("reasoning_tokens").asInt())
                .isEqualTo(total.path("completion_tokens").asInt() - 5);
        assertThat(total.path("prompt_tokens").asInt()).isGreaterThan(20 + 50);
        assertThat(reply.at("/usage/prompt_tokens").asInt()).isEqualTo(10);
        assertThat(reply.at("/usage/completion_tokens").asInt()).isEqualTo(10);
    }

    @InContainers
    void endsAStartedStreamWithAnErrorEvent(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer(
                exchange -> exchange.stream().text("It is").reset()));

        try (ChatClient.Stream stream = fixture.client().streamQuestion("?")) {
            List<Event> events = stream.remainingEvents();
            Event last = events.get(events.size() - 1);

            assertThat(stream.status()).isEqualTo(200);
            assertThat(ChatClient.content(events.subList(0, events.size() - 1))).isEqualTo("It is");
            assertThat(last.name()).isEqualTo("error");
            assertError(last.json(), "upstream_failed");
            assertThat(events).noneMatch(Event::isDone).allMatch(event -> event.finishReason() == null);
        }
    }

    @InContainers
    void returnsNoPartialAnswerInJson(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer(
                exchange -> exchange.stream().text("It is").reset()));

        assertError(fixture.client().postQuestion("?"), 502, "upstream_failed");
    }
}
