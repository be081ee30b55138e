package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.o1api.testing.ChatClient;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Question;
import org.o1api.testing.Script;
import org.o1api.testing.Surface;
import org.o1api.testing.SurfaceClient;
import org.o1api.testing.SurfaceClient.Answer;
import org.o1api.testing.SurfaceEvent;
import org.o1api.testing.SurfaceStream;

/** The response header that says whether a request with an {@code Idempotency-Key} will be recognized. */
class IdempotencyIT {
    private static final String STATE = "x-o1-idempotency";
    private static final Question QUESTION = Question.withoutReasoning("?");

    /** A question that is stored; each name and API has a conversation of its own. */
    private static Question storedIn(String conversation, Surface surface) {
        return QUESTION.inConversation(conversation + "-" + surface);
    }

    private static @Nullable String streamState(SurfaceClient client, Question question) {
        try (SurfaceStream stream = client.stream(question)) {
            assertThat(stream.rest().end()).isEqualTo(SurfaceEvent.Kind.COMPLETED);
            return stream.header(STATE);
        }
    }

    @InContainers(surfaces = {Surface.CHAT, Surface.RESPONSES})
    void tellsWhetherTheAnswerIsStored(GatewayFixture fixture, Surface surface) {
        Question stored = storedIn("tellsWhetherTheAnswerIsStored", surface);
        SurfaceClient first = surface.client(fixture).withKey("k");
        SurfaceClient second = surface.client(fixture).withKey("k2");
        fixture.dispatch(request -> Script.answer("Yes."));
        assertThat(first.post(stored).header(STATE)).isEqualTo("stored");
        assertThat(first.post(stored).header(STATE)).isEqualTo("replayed");
        assertThat(streamState(first, stored)).isEqualTo("replayed");
        assertThat(streamState(second, stored)).isEqualTo("stored");
        assertThat(second.post(stored).header(STATE)).isEqualTo("replayed");
        assertThat(fixture.requests()).hasSize(2);
    }

    /** A turn of the Responses API is stored without a conversation, too. */
    @InContainers(surfaces = {Surface.CHAT, Surface.MESSAGES})
    void tellsThatTheAnswerIsNotStored(GatewayFixture fixture, Surface surface) {
        SurfaceClient client = surface.client(fixture).withKey("k");
        fixture.dispatch(request -> Script.answer("Yes."));
        assertThat(client.post(QUESTION).header(STATE)).isEqualTo("not-stored");
        assertThat(streamState(client, QUESTION)).isEqualTo("not-stored");
        assertThat(fixture.requests()).hasSize(2);
    }

    @InContainers
    void tellsThatOtherRequestsAreNotRecognized(GatewayFixture fixture) {
        for (String body : List.of("{}", "{\"metadata\": {\"topic\": \"x\"}}")) {
            assertThat(fixture.client()
                            .send(
                                    "/v1/conversations",
                                    request -> ChatClient.postJson(body).apply(request.header("Idempotency-Key", "k")))
                            .header(STATE))
                    .isEqualTo("not-stored");
        }
        assertThat(fixture.client()
                        .send("/v1/models", request -> request.GET().header("Idempotency-Key", "k"))
                        .header(STATE))
                .isEqualTo("not-stored");
    }

    @InContainers
    void isAbsentWithoutAKey(GatewayFixture fixture, Surface surface) {
        fixture.dispatch(request -> Script.answer("Yes."));
        for (Question question : List.of(storedIn("isAbsentWithoutAKey", surface), QUESTION)) {
            assertThat(surface.client(fixture).post(question).header(STATE)).isNull();
        }
    }

    /** Also if its turn has left the conversation since. */
    @InContainers
    void answersATurnAfterAParentOnce(GatewayFixture fixture) {
        fixture.dispatch(request -> Script.answer("To " + request.lastMessage()));
        String body =
                "{\"conversation_id\": \"parent\", \"reasoning_effort\": \"none\", \"messages\": [{\"role\": \"user\","
                        + " \"content\": \"%s\"}], \"x_o1\": {\"parent\": %s}}";
        ChatClient client = fixture.client();
        JsonNode first = client.post(body.formatted("a", null)).json();
        JsonNode second =
                client.post(body.formatted("b", first.at("/x_o1/turn"))).json();
        String retry = body.formatted("c", first.at("/x_o1/turn"));
        ChatClient.JsonResponse stored = keyed(client, retry);
        assertThat(stored.header(STATE)).isEqualTo("stored");
        for (JsonNode parent : List.of(stored.json().at("/x_o1/turn"), first.at("/x_o1/turn"))) {
            assertThat(client.post(body.formatted("d", parent)).status()).isEqualTo(200);
            JsonNode items = client.get("/v1/conversations/parent/items").json();
            ChatClient.JsonResponse again = keyed(client, retry);
            assertThat(again.header(STATE)).isEqualTo("replayed");
            assertThat(again.json()).isEqualTo(stored.json());
            assertThat(client.get("/v1/conversations/parent/items").json()).isEqualTo(items);
        }
        for (String other : List.of(
                body.formatted("c", second.at("/x_o1/turn")),
                body.formatted("c", null),
                body.formatted("c", null).replaceFirst(", \"x_o1.*", "}"))) {
            ChatClient.JsonResponse reused = keyed(client, other);
            assertThat(reused.status()).isEqualTo(422);
            assertThat(reused.json().at("/error/code").asText()).isEqualTo("idempotency_key_reused");
        }
    }

    private static ChatClient.JsonResponse keyed(ChatClient client, String body) {
        return client.send(
                "/v1/chat/completions",
                request -> ChatClient.postJson(body).apply(request.header("Idempotency-Key", "parent")));
    }

    /** An error is never stored: the same request runs again. */
    @InContainers(surfaces = {Surface.CHAT, Surface.RESPONSES})
    void isNotStoredIfTheTurnFails(GatewayFixture fixture, Surface surface) {
        Question stored = storedIn("isNotStoredIfTheTurnFails", surface);
        SurfaceClient client = surface.client(fixture).withKey("k");
        fixture.script(Script.status(400, "{\"error\": {\"message\": \"no\"}}"));
        Answer failed = client.post(stored);
        assertThat(failed.status()).isEqualTo(400);
        assertThat(failed.header(STATE)).isEqualTo("not-stored");
        fixture.dispatch(request -> Script.answer("Yes."));
        assertThat(client.post(stored).header(STATE)).isEqualTo("stored");

        Answer reused = client.post(stored.withText("!"));
        assertThat(reused.status()).isEqualTo(422);
        assertThat(reused.header(STATE)).isEqualTo("not-stored");
        for (String key : List.of(" ", "x".repeat(256))) {
            Answer invalid = surface.client(fixture).withKey(key).post(stored);
            assertThat(invalid.status()).isEqualTo(400);
            assertThat(invalid.response().json().at("/error/param").asText()).isEqualTo("Idempotency-Key");
            assertThat(invalid.header(STATE)).isEqualTo("not-stored");
        }
    }

    @InContainers(
            config = {"begin_after: 10ms", "json_heartbeat: 10ms"},
            surfaces = {Surface.CHAT, Surface.RESPONSES})
    void isSentBeforeTheAnswerIsComplete(GatewayFixture fixture, Surface surface) {
        CountDownLatch goOn = new CountDownLatch(1);
        fixture.script(exchange -> {
            exchange.await(goOn).stream()
                    .text("Yes.")
                    .finish("stop")
                    .usage(10, 5)
                    .done();
        });
        Question stored = storedIn("isSentBeforeTheAnswerIsComplete", surface);
        try (SurfaceStream stream = surface.client(fixture).withKey("k").stream(stored)) {
            assertThat(stream.header(STATE)).isEqualTo("stored");
            goOn.countDown();
            assertThat(stream.rest().end()).isEqualTo(SurfaceEvent.Kind.COMPLETED);
        }
    }
}
