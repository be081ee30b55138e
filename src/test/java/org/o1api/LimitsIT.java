package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;

/** The limits of concurrent turns. */
class LimitsIT {
    private static final String SECOND_KEY = "sk-second-4712";
    private static final String NO_REASONING = "\"reasoning_effort\": \"none\"";

    @InContainers(config = "limits: { turns: 1 }")
    void rejectsATurnAboveTheLimit(GatewayFixture fixture) {
        CountDownLatch end = new CountDownLatch(1);
        fixture.script(
                exchange -> exchange.stream().text("It").await(end).text(" is.").done());
        try (ChatClient.Stream open = fixture.client().streamQuestion("?", NO_REASONING)) {
            assertThat(open.nextText().content()).isEqualTo("It");
            assertError(fixture.client().postQuestion("?", NO_REASONING), 503, "overloaded");
            try (ChatClient.Stream rejected = fixture.client().streamQuestion("?", NO_REASONING)) {
                assertThat(rejected.status()).isEqualTo(503);
                assertThat(rejected.header("Retry-After")).isEqualTo("1");
            }
            end.countDown();
            assertThat(ChatClient.content(open.remainingEvents())).isEqualTo(" is.");
        }
    }

    @InContainers(config = {"limits: { turns_per_caller: 1 }", "api_keys: [{ name: second, key: " + SECOND_KEY + " }]"})
    void rejectsATurnAboveTheLimitOfTheCaller(GatewayFixture fixture) {
        CountDownLatch end = new CountDownLatch(1);
        fixture.script(
                exchange -> exchange.stream().text("It").await(end).text(" is.").done(), Script.answer("Yes."));
        try (ChatClient.Stream open = fixture.client().streamQuestion("?", NO_REASONING)) {
            assertThat(open.nextText().content()).isEqualTo("It");
            assertError(fixture.client().postQuestion("?", NO_REASONING), 429, "rate_limit_exceeded");
            assertThat(fixture.gateway()
                            .client(SECOND_KEY)
                            .postQuestion("?", NO_REASONING)
                            .content())
                    .isEqualTo("Yes.");
            end.countDown();
            assertThat(ChatClient.content(open.remainingEvents())).isEqualTo(" is.");
        }
    }

    /** Conversation requests may wait for a slow database, so they count as turns. */
    @InContainers(config = "limits: { turns_per_caller: 1 }")
    void countConversationRequestsToo(GatewayFixture fixture) {
        CountDownLatch end = new CountDownLatch(1);
        fixture.script(
                exchange -> exchange.stream().text("It").await(end).text(" is.").done());
        try (ChatClient.Stream open = fixture.client().streamQuestion("?", NO_REASONING)) {
            assertThat(open.nextText().content()).isEqualTo("It");
            assertError(fixture.client().get("/v1/conversations"), 429, "rate_limit_exceeded");
            end.countDown();
            assertThat(ChatClient.content(open.remainingEvents())).isEqualTo(" is.");
        }
        assertThat(fixture.client().get("/v1/conversations").status()).isEqualTo(200);
    }

    /** A client that has read the end of a stream may send its next request immediately. */
    @InContainers(config = "limits: { turns_per_caller: 1 }")
    void releaseTheSlotBeforeTheEndOfTheStreamIsSent(GatewayFixture fixture) {
        fixture.dispatch(request -> Script.answer("Yes."));
        for (int i = 0; i < 50; i++) {
            for (String more : List.of(NO_REASONING, NO_REASONING + ", \"conversation_id\": \"slot-" + i + "\"")) {
                try (ChatClient.Stream stream = fixture.client().streamQuestion("?", more)) {
                    assertThat(stream.status()).isEqualTo(200);
                    assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("Yes.");
                }
                assertThat(fixture.client().postQuestion("?", NO_REASONING).status())
                        .isEqualTo(200);
            }
        }
    }

    private static void assertError(JsonResponse answer, int status, String code) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().at("/error/code").asText()).isEqualTo(code);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
    }
}
