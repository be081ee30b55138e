package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.o1api.testing.ChatClient;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.InOneContainer;
import org.o1api.testing.Script;

/** The strategy {@code auto} over HTTP. */
@InOneContainer
class AutoIT {
    private static final String AUTO = "presets: { a: { model: m, strategy: auto } }";
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private static Script answer(String text) {
        return exchange ->
                exchange.stream().text(text).finish("stop").usage(10, 5).done();
    }

    private static Script result(int result) {
        return answer("=== Step: Add\nI add.\n=== Answer\nIt is " + result + ".\nAnswer: " + result);
    }

    private static String route(ChatClient.JsonResponse reply) {
        return reply.json().at("/x_o1/route").asText();
    }

    @InContainers(config = AUTO)
    void twoSamplesThatAgreeAreEnough(GatewayFixture fixture) {
        fixture.dispatch(request -> result(7));

        ChatClient.JsonResponse reply = fixture.client().postQuestion("How many?");

        assertThat(reply.content()).isEqualTo("It is 7.");
        assertThat(reply.reasoning())
                .contains("## Step 1: Sample 1", "### Add", "I add.", "Vote", "both samples agree");
        assertThat(route(reply)).isEqualTo("agreed");
        assertThat(fixture.requests()).hasSize(2);
        assertThat(reply.json().at("/x_o1/strategy").asText()).isEqualTo("auto");
        assertThat(reply.json().at("/x_o1/usage/completion_tokens").asLong()).isEqualTo(10);
        assertThat(reply.json().at("/usage/completion_tokens").asLong()).isEqualTo(5);
    }

    @InContainers(config = AUTO)
    void samplesThatDifferAreTheFirstTwoOfAVote(GatewayFixture fixture) {
        AtomicInteger calls = new AtomicInteger();
        fixture.dispatch(request -> result(calls.getAndIncrement() == 0 ? 8 : 7));

        ChatClient.JsonResponse reply = fixture.client().postQuestion("How many?");

        assertThat(reply.content()).isEqualTo("It is 7.");
        assertThat(route(reply)).isEqualTo("vote");
        assertThat(fixture.requests()).hasSize(6);
        assertThat(reply.reasoning()).contains("- 7: 5 of 6", "- 8: 1 of 6");
    }

    @InContainers(config = AUTO)
    void aJudgeComparesOpenText(GatewayFixture fixture) {
        AtomicInteger calls = new AtomicInteger();
        fixture.dispatch(request -> request.lastMessage().contains("same or different")
                ? answer("same")
                : answer("=== Answer\nIt depends, view " + (char) ('a' + calls.getAndIncrement())));

        ChatClient.JsonResponse reply = fixture.client().postQuestion("Why?");

        assertThat(reply.content()).startsWith("It depends, view ");
        assertThat(route(reply)).isEqualTo("agreed");
        assertThat(fixture.requests()).hasSize(3);
        assertThat(reply.reasoning()).contains("Comparison", "Both samples say the same.");
        assertThat(reply.json().at("/x_o1/usage/calls").asInt()).isEqualTo(3);
    }

    @InContainers(config = AUTO)
    void showsTheFirstSampleWhileBothAreOpen(GatewayFixture fixture) {
        CountDownLatch seen = new CountDownLatch(1);
        fixture.dispatch(request -> exchange -> {
            exchange.stream().text("I think. ").await(seen);
            exchange.text("\nAnswer: 7").finish("stop").usage(10, 5).done();
        });
        try (ChatClient.Stream stream = fixture.client().streamQuestion("How many?")) {
            assertThat(stream.nextText().reasoning()).isNotEmpty();
            await().atMost(LIMIT).until(() -> fixture.requests().size() == 2);
            seen.countDown();
            List<ChatClient.Event> rest = stream.remainingEvents();
            assertThat(ChatClient.content(rest)).isEqualTo("I think. \nAnswer: 7");
        }
    }

    @InContainers(config = AUTO)
    void aDisconnectEndsBothCalls(GatewayFixture fixture) {
        fixture.dispatch(
                request -> exchange -> exchange.stream().text("Perhaps 8").awaitDisconnect());
        try (ChatClient.Stream stream = fixture.client().streamQuestion("How many?")) {
            assertThat(stream.nextText().reasoning()).isNotEmpty();
            await().atMost(LIMIT).until(() -> fixture.requests().size() == 2);
        }
        fixture.awaitAborted(2, LIMIT);
    }

    @InContainers(config = AUTO)
    void easyRequestsTakeOneCall(GatewayFixture fixture) {
        fixture.dispatch(request -> answer("It is 7."));
        ChatClient client = fixture.client();

        assertThat(route(client.postQuestion("How many?", "\"reasoning_effort\": \"none\"")))
                .isEqualTo("direct");
        assertThat(route(client.postQuestion("How many?", "\"max_tokens\": 255")))
                .isEqualTo("direct");
        assertThat(route(client.postQuestion("How many?", "\"reasoning_effort\": \"low\"")))
                .isEqualTo("single");
        assertThat(fixture.requests()).hasSize(3);
    }

    @InContainers(demo = true, config = "presets: { a: { strategy: auto } }")
    void showsAVoteWithTheDemoModel(GatewayFixture fixture) {
        ChatClient.JsonResponse reply = fixture.client().postQuestion("How many?");

        assertThat(reply.content()).contains("demonstration");
        assertThat(route(reply)).isEqualTo("vote");
    }
}
