package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.o1api.testing.ChatClient;
import org.o1api.testing.Container;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.Postgres;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;

/**
 * Measures what a conversation adds to a turn: turns with and without one alternate, with one client and an upstream
 * that answers immediately.
 */
@Tag("alone")
@Tag("benchmark")
class ConversationBenchmarkIT {
    private static final System.Logger LOG = System.getLogger(ConversationBenchmarkIT.class.getName());
    private static final int TURNS = Integer.getInteger("o1api.benchmark.turns", 3000);
    private static final int TURNS_OF_A_CONVERSATION = 10;
    private static final String ANSWER = "word ".repeat(400);
    private static final String QUESTION = "Why is that so? ".repeat(20);

    @Test
    void comparesTurnsWithAndWithoutAConversation(@TempDir java.nio.file.Path folder) {
        Map<String, String> urls =
                Map.of("H2", "jdbc:h2:file:" + folder.resolve("conversations"), "PostgreSQL", Postgres.emptyDatabase());
        urls.forEach((name, url) -> {
            try (FakeUpstream upstream = FakeUpstream.discardingRequests(request -> Script.answer(ANSWER));
                    RunningGateway gateway = Container.TOMCAT.start("api_bearer_token: " + GatewayFixture.KEY
                            + "\ndefault_model: fake-model\ndefault_api_url: " + upstream.url()
                            + "\nconversations: { url: \"" + url + "\" }\n")) {
                ChatClient client = gateway.client(GatewayFixture.KEY);
                measure(client, TURNS / 2);
                double[][] millis = measure(client, TURNS);
                LOG.log(
                        Level.INFO,
                        String.format(
                                Locale.ROOT,
                                "%s: %d turns each. Without: p50 %.2f ms, p99 %.2f ms."
                                        + " With: p50 %.2f ms, p99 %.2f ms. p50 adds %.2f ms.",
                                name,
                                TURNS,
                                percentile(millis[0], 50),
                                percentile(millis[0], 99),
                                percentile(millis[1], 50),
                                percentile(millis[1], 99),
                                percentile(millis[1], 50) - percentile(millis[0], 50)));
            }
        });
    }

    private static double[][] measure(ChatClient client, int turns) {
        double[] without = new double[turns];
        double[] with = new double[turns];
        String run = Long.toString(System.nanoTime());
        IntFunction<String> conversation =
                i -> "\"conversation_id\": \"" + run + "-" + i / TURNS_OF_A_CONVERSATION + "\"";
        for (int i = 0; i < turns; i++) {
            without[i] = millis(client, "\"user\": \"nobody\"");
            with[i] = millis(client, conversation.apply(i));
        }
        Arrays.sort(without);
        Arrays.sort(with);
        return new double[][] {without, with};
    }

    private static double millis(ChatClient client, String field) {
        long start = System.nanoTime();
        try (ChatClient.Stream stream = client.streamQuestion(QUESTION, "\"reasoning_effort\": \"none\"", field)) {
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo(ANSWER);
        }
        return (System.nanoTime() - start) / 1e6;
    }

    private static double percentile(double[] sorted, int percent) {
        return sorted[sorted.length * percent / 100];
    }
}
