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
import org.o1api.testing.Script;

/** The strategy {@code vote} over HTTP. */
class VoteIT {
    private static final String VOTE = "presets: { v: { model: m, strategy: vote, vote: { max: 5 } } }";
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
        assertThat(usage.path("completion_tokens").asLong()).isGreaterThanOrEqualTo(15);
        assertThat(usage.at("/completion_tokens_details/reasoning_tokens").asLong())
                .isEqualTo(usage.path("completion_tokens").asLong() - 5);
        assertThat(reply.json().at("/x_o1/usage/calls").asLong()).isEqualTo(5);
        fixture.awaitAborted(2, LIMIT);
        assertThat(fixture.requests()).allMatch(request -> !request.body().has("temperature"));
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

        assertThat(reply.content()).contains("demonstration").endsWith("The result of this sample: 42");
        assertThat(reply.reasoning()).contains("Sample 1", "Sample 2");
    }
}
