package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.o1api.testing.ChatClient;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.InOneContainer;
import org.o1api.testing.Script;

/** The strategy {@code vote} over HTTP. */
@InOneContainer
class VoteIT {
    private static final String VOTE = "presets: { v: { model: m, strategy: vote, vote: { first: 5, max: 5 } } }";
    private static final String WAVES = "presets: { v: { model: m, strategy: vote } }";
    private static final String TOOLS = "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"find\"}}]";
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Script SEVEN = exchange ->
            exchange.stream().text("It is 7.").finish("stop").usage(10, 5).done();

    /** Lets three samples agree; two wait until they are cut. */
    private static void threeAgree(GatewayFixture fixture) {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch started = new CountDownLatch(5);
        fixture.dispatch(request -> {
            boolean agrees = calls.getAndIncrement() % 5 < 3;
            return exchange -> {
                started.countDown();
                if (agrees) {
                    exchange.stream().await(started);
                    exchange.text("It is 7.").finish("stop").usage(10, 5).done();
                } else {
                    exchange.stream().text("Perhaps 8").awaitDisconnect();
                }
            };
        });
    }

    @InContainers(config = VOTE)
    void answersWithTheMajorityAndCancelsTheRest(GatewayFixture fixture) {
        threeAgree(fixture);

        ChatClient.JsonResponse reply = fixture.client().postQuestion("How many?");

        assertThat(reply.content()).isEqualTo("It is 7.");
        assertThat(reply.reasoning()).contains("Sample 1", "Cancelled, because the vote was decided.");
        JsonNode usage = reply.json().path("usage");
        assertThat(usage.path("completion_tokens").asLong()).isEqualTo(5);
        assertThat(reply.json().at("/x_o1/usage/calls").asLong()).isEqualTo(5);
        assertThat(reply.json().at("/x_o1/usage/completion_tokens").asLong()).isGreaterThanOrEqualTo(15);
        assertThat(reply.json().at("/x_o1/samples").toString())
                .isEqualTo("{\"started\":5,\"completed\":3,\"cancelled\":2,\"failed\":0}");
        assertThat(reply.json().at("/x_o1/agreement").toString())
                .startsWith("{\"key\":\"7\",\"votes\":3,\"of\":3,\"probability\":0.9375");
        assertThat(reply.json().at("/x_o1/ended_by").asText()).isEqualTo("decided");
        fixture.awaitAborted(2, LIMIT);
        assertThat(fixture.requests())
                .allMatch(request -> request.body().path("temperature").asDouble() == 0.7);
    }

    @InContainers(config = VOTE)
    void streamsTheMajority(GatewayFixture fixture) {
        threeAgree(fixture);

        try (ChatClient.Stream stream = fixture.client().streamQuestion("How many?")) {
            List<ChatClient.Event> events = stream.remainingEvents();
            assertThat(ChatClient.content(events)).isEqualTo("It is 7.");
            assertThat(ChatClient.reasoning(events)).contains("Sample 1", "Cancelled, because the vote was decided.");
        }
    }

    @InContainers(config = VOTE)
    void aDisconnectEndsAllCalls(GatewayFixture fixture) {
        fixture.dispatch(
                request -> exchange -> exchange.stream().text("Perhaps 8").awaitDisconnect());
        try (ChatClient.Stream stream = fixture.client().streamQuestion("How many?")) {
            assertThat(stream.nextText().reasoning()).isNotEmpty();
            await().atMost(LIMIT).until(() -> fixture.requests().size() == 5);
        }
        fixture.awaitAborted(5, LIMIT);
    }

    @InContainers(config = VOTE)
    void answersDirectlyWithoutEffort(GatewayFixture fixture) {
        fixture.script(SEVEN);

        ChatClient.JsonResponse reply = fixture.client().postQuestion("How many?", "\"reasoning_effort\": \"none\"");

        assertThat(reply.content()).isEqualTo("It is 7.");
        assertThat(reply.json().at("/x_o1/usage/calls").asLong()).isOne();
        assertThat(fixture.request(0).body().path("temperature").asDouble()).isEqualTo(0.2);
    }

    @InContainers(demo = true, config = "presets: { v: { strategy: vote } }")
    void showsAVoteWithTheDemoModel(GatewayFixture fixture) {
        ChatClient.JsonResponse reply = fixture.client().postQuestion("How many?");

        assertThat(reply.content()).contains("demonstration");
        assertThat(reply.reasoning())
                .contains(
                        "Sample 1",
                        "Result: 42",
                        "Sample 2",
                        "17",
                        "Vote",
                        "- 42: 5 of 6",
                        "- 17: 1 of 6",
                        "Sampling stopped");
        assertThat(reply.json().at("/x_o1/agreement/key").asText()).isEqualTo("42");
    }

    /** The first sample is shown before any of the first wave has ended: all four are open at the provider. */
    @InContainers(config = WAVES)
    void showsTheFirstSampleWhileAllAreOpen(GatewayFixture fixture) {
        CountDownLatch seen = new CountDownLatch(1);
        fixture.dispatch(request -> exchange -> {
            exchange.stream().text("I think. ").await(seen);
            exchange.text("\nAnswer: 7").finish("stop").usage(10, 5).done();
        });
        try (ChatClient.Stream stream = fixture.client().streamQuestion("How many?")) {
            assertThat(stream.nextText().reasoning()).isNotEmpty();
            await().atMost(LIMIT).until(() -> fixture.requests().size() == 4);
            seen.countDown();
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("I think. \nAnswer: 7");
        }
        assertThat(fixture.requests()).hasSize(4);
    }

    @InContainers(config = WAVES)
    void oneFailingSampleDoesNotFailTheTurn(GatewayFixture fixture) {
        AtomicInteger calls = new AtomicInteger();
        fixture.dispatch(request -> calls.getAndIncrement() == 0 ? Script.error(400, "no") : SEVEN);

        ChatClient.JsonResponse reply = fixture.client().postQuestion("How many?");

        assertThat(reply.content()).isEqualTo("It is 7.");
        assertThat(reply.json().at("/x_o1/samples/failed").asInt()).isOne();
        assertThat(reply.json().at("/x_o1/samples/completed").asInt()).isBetween(2, 3); // nobody can catch up with two
        assertThat(calls.get()).isBetween(3, 4); // a rejected request is not repeated; one more may be cancelled before
    }

    @InContainers(config = WAVES)
    void allFailingSamplesFailTheTurn(GatewayFixture fixture) {
        fixture.dispatch(request -> Script.error(404, "no such model"));
        assertThat(fixture.client().postQuestion("How many?").status()).isEqualTo(502);
        try (ChatClient.Stream stream = fixture.client().streamQuestion("How many?")) {
            assertThat(stream.status()).isEqualTo(502);
        }
    }

    @InContainers(config = WAVES)
    void toolCallsThatAgreeAreTheAnswer(GatewayFixture fixture) {
        fixture.dispatch(request -> Script.toolCalls("find", "{\"a\": 1}"));

        ChatClient.JsonResponse reply = fixture.client().postQuestion("How many?", TOOLS);

        assertThat(reply.json().at("/choices/0/finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(reply.json()
                        .at("/choices/0/message/tool_calls/0/function/name")
                        .asText())
                .isEqualTo("find");
        assertThat(fixture.requests())
                .hasSize(4)
                .allMatch(request -> request.body().has("tools"));
    }

    @InContainers(config = WAVES)
    void jsonIsTheAnswerOfAClosingCall(GatewayFixture fixture) {
        fixture.dispatch(request -> request.body().has("response_format")
                ? exchange -> exchange.stream()
                        .text("{\"r\": 7}")
                        .finish("stop")
                        .usage(20, 7)
                        .done()
                : SEVEN);

        ChatClient.JsonResponse reply =
                fixture.client().postQuestion("How many?", "\"response_format\": {\"type\": \"json_object\"}");

        assertThat(reply.content()).isEqualTo("{\"r\": 7}");
        assertThat(fixture.requests()).hasSize(5);
        assertThat(reply.json().at("/x_o1/usage/prompt_tokens").asLong()).isEqualTo(4 * 10 + 20);
        assertThat(reply.json().at("/x_o1/usage/completion_tokens").asLong()).isEqualTo(4 * 5 + 7);
    }
}
