package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Answer;
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;
import org.o1api.testing.Stage;

/** How many turns run at once. */
class LimitsIT {
    private static final String SECOND_KEY = "sk-second-4712";
    private static final String AT_ONCE = "\"reasoning_effort\": \"none\"";

    @InContainers(config = "limits: { turns: 1 }")
    void refusesATurnTooMany(Stage stage) {
        CountDownLatch end = new CountDownLatch(1);
        stage.plays(
                exchange -> exchange.stream().text("It").await(end).text(" is.").done());
        try (ChatClient.Stream open = stage.client().ask("?", AT_ONCE)) {
            assertThat(open.nextText().content()).isEqualTo("It");
            isRefused(stage.client().askWhole("?", AT_ONCE), 503, "overloaded");
            try (ChatClient.Stream refused = stage.client().ask("?", AT_ONCE)) {
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.header("Retry-After")).isEqualTo("1");
            }
            end.countDown();
            assertThat(ChatClient.content(open.rest())).isEqualTo(" is.");
        }
    }

    @InContainers(config = {"limits: { turns_per_caller: 1 }", "api_keys: [{ name: second, key: " + SECOND_KEY + " }]"})
    void refusesACallersTurnTooMany(Stage stage) {
        CountDownLatch end = new CountDownLatch(1);
        stage.plays(
                exchange -> exchange.stream().text("It").await(end).text(" is.").done(), Script.answer("Yes."));
        try (ChatClient.Stream open = stage.client().ask("?", AT_ONCE)) {
            assertThat(open.nextText().content()).isEqualTo("It");
            isRefused(stage.client().askWhole("?", AT_ONCE), 429, "rate_limit_exceeded");
            assertThat(stage.gateway().client(SECOND_KEY).askWhole("?", AT_ONCE).content())
                    .isEqualTo("Yes.");
            end.countDown();
            assertThat(ChatClient.content(open.rest())).isEqualTo(" is.");
        }
    }

    private static void isRefused(Answer answer, int status, String code) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().at("/error/code").asText()).isEqualTo(code);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
    }
}
