package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.o1api.testing.ChatClient;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.InOneContainer;

/** The strategy {@code direct} over HTTP. */
@InOneContainer
class DirectIT {
    private static final String DIRECT = "presets: { d: { model: m, strategy: direct } }";

    @InContainers(config = DIRECT)
    void streamsTheModelsOwnReasoningAndItsAnswer(GatewayFixture fixture) {
        CountDownLatch reasoned = new CountDownLatch(1);
        fixture.script(exchange -> {
            exchange.stream().reasoning("hm").await(reasoned);
            exchange.text("Four.").finish("stop").usage(10, 7).done();
        });

        try (ChatClient.Stream stream = fixture.client().streamQuestion("How many?")) {
            assertThat(stream.nextText().reasoning()).startsWith("## Step 1\nhm");
            reasoned.countDown();
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("Four.");
        }
        assertThat(fixture.requests()).hasSize(1);
        assertThat(fixture.request(0).body().path("messages")).hasSize(1);
    }

    @InContainers(config = DIRECT)
    void passesTheRequestOn(GatewayFixture fixture) {
        fixture.script(exchange -> exchange.stream()
                .text("{\"a\":")
                .text("4}")
                .finish("stop")
                .usage(10, 7)
                .done());

        ChatClient.JsonResponse reply = fixture.client()
                .postQuestion("How many?", "\"response_format\": {\"type\": \"json_object\"}", "\"stop\": \"x\"");

        assertThat(reply.content()).isEqualTo("{\"a\":4}");
        assertThat(fixture.request(0).body().path("stop").asText()).isEqualTo("x");
        assertThat(fixture.request(0).body().has("response_format")).isTrue();
        assertThat(reply.json().at("/usage/completion_tokens").asLong()).isEqualTo(7);
        assertThat(reply.json().at("/x_o1/strategy").asText()).isEqualTo("direct");
    }

    @InContainers(config = DIRECT)
    void aDisconnectEndsTheCall(GatewayFixture fixture) {
        fixture.script(exchange -> exchange.stream().reasoning("hm").awaitDisconnect());
        try (ChatClient.Stream stream = fixture.client().streamQuestion("How many?")) {
            assertThat(stream.nextText().reasoning()).isNotEmpty();
        }
        fixture.awaitAborted(1, Duration.ofSeconds(15));
    }
}
