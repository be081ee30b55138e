package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;

/** The response header that says whether a request with an {@code Idempotency-Key} will be recognized. */
class IdempotencyIT {
    private static final String STATE = "x-o1-idempotency";
    private static final String CHAT = "/v1/chat/completions";
    private static final String NOT_STORED =
            "{\"reasoning_effort\": \"none\", \"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}";

    private static String storedIn(String conversation) {
        return NOT_STORED.replaceFirst("\\{", "{\"conversation_id\": \"" + conversation + "\", ");
    }

    private static UnaryOperator<java.net.http.HttpRequest.Builder> keyed(@Nullable String key, String body) {
        return request ->
                ChatClient.postJson(body).apply(key == null ? request : request.header("Idempotency-Key", key));
    }

    private static JsonResponse sent(GatewayFixture fixture, String path, @Nullable String key, String body) {
        return fixture.client().send(path, keyed(key, body));
    }

    private static String streamed(String body) {
        return body.replaceFirst("\\{", "{\"stream\": true, ");
    }

    private static @Nullable String streamState(GatewayFixture fixture, String key, String body) {
        try (ChatClient.Stream stream = fixture.client().stream(keyed(key, streamed(body)))) {
            List<ChatClient.Event> events = stream.remainingEvents();
            assertThat(events.get(events.size() - 1).isDone()).isTrue();
            return stream.header(STATE);
        }
    }

    @InContainers
    void tellsWhetherTheAnswerIsStored(GatewayFixture fixture) {
        String stored = storedIn("tellsWhetherTheAnswerIsStored");
        fixture.dispatch(request -> Script.answer("Yes."));
        assertThat(sent(fixture, CHAT, "k", stored).header(STATE)).isEqualTo("stored");
        assertThat(sent(fixture, CHAT, "k", stored).header(STATE)).isEqualTo("replayed");
        assertThat(streamState(fixture, "k", stored)).isEqualTo("replayed");
        assertThat(streamState(fixture, "k2", stored)).isEqualTo("stored");
        assertThat(sent(fixture, CHAT, "k2", stored).header(STATE)).isEqualTo("replayed");
        assertThat(fixture.requests()).hasSize(2);
    }

    @InContainers
    void tellsThatTheAnswerIsNotStored(GatewayFixture fixture) {
        fixture.dispatch(request -> Script.answer("Yes."));
        assertThat(sent(fixture, CHAT, "k", NOT_STORED).header(STATE)).isEqualTo("not-stored");
        assertThat(streamState(fixture, "k", NOT_STORED)).isEqualTo("not-stored");
        assertThat(fixture.requests()).hasSize(2);
        for (String body : List.of("{}", "{\"metadata\": {\"topic\": \"x\"}}")) {
            assertThat(sent(fixture, "/v1/conversations", "k", body).header(STATE))
                    .isEqualTo("not-stored");
        }
        assertThat(fixture.client()
                        .send("/v1/models", request -> request.GET().header("Idempotency-Key", "k"))
                        .header(STATE))
                .isEqualTo("not-stored");
    }

    @InContainers
    void isAbsentWithoutAKey(GatewayFixture fixture) {
        String stored = storedIn("isAbsentWithoutAKey");
        fixture.dispatch(request -> Script.answer("Yes."));
        assertThat(sent(fixture, CHAT, null, stored).header(STATE)).isNull();
        assertThat(sent(fixture, CHAT, null, NOT_STORED).header(STATE)).isNull();
    }

    /** An error is never stored: the same request runs again. */
    @InContainers
    void isNotStoredIfTheTurnFails(GatewayFixture fixture) {
        String stored = storedIn("isNotStoredIfTheTurnFails");
        fixture.script(Script.status(400, "{\"error\": {\"message\": \"no\"}}"));
        JsonResponse failed = sent(fixture, CHAT, "k", stored);
        assertThat(failed.status()).isEqualTo(400);
        assertThat(failed.header(STATE)).isEqualTo("not-stored");
        fixture.dispatch(request -> Script.answer("Yes."));
        assertThat(sent(fixture, CHAT, "k", stored).header(STATE)).isEqualTo("stored");

        JsonResponse reused = sent(fixture, CHAT, "k", stored.replace("?", "!"));
        assertThat(reused.status()).isEqualTo(422);
        assertThat(reused.header(STATE)).isEqualTo("not-stored");
        for (String key : List.of(" ", "x".repeat(256))) {
            JsonResponse invalid = sent(fixture, CHAT, key, stored);
            assertThat(invalid.status()).isEqualTo(400);
            assertThat(invalid.json().at("/error/param").asText()).isEqualTo("Idempotency-Key");
            assertThat(invalid.header(STATE)).isEqualTo("not-stored");
        }
    }

    @InContainers(config = {"begin_after: 10ms", "json_heartbeat: 10ms"})
    void isSentBeforeTheAnswerIsComplete(GatewayFixture fixture) throws InterruptedException {
        String stored = storedIn("isSentBeforeTheAnswerIsComplete");
        CountDownLatch goOn = new CountDownLatch(1);
        fixture.script(exchange -> {
            exchange.await(goOn).stream()
                    .text("Yes.")
                    .finish("stop")
                    .usage(10, 5)
                    .done();
        });
        try (ChatClient.Stream stream = fixture.client().stream(keyed("k", streamed(stored)))) {
            assertThat(stream.header(STATE)).isEqualTo("stored");
            goOn.countDown();
            assertThat(stream.remainingEvents()).isNotEmpty();
        }
    }
}
