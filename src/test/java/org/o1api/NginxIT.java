package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.Container;
import org.o1api.testing.Distribution;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.Postgres;
import org.o1api.testing.ReverseProxy;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;

/** Two gateways behind nginx, configured as the deployment page says. */
@Tag("alone")
@Tag("slow")
class NginxIT {
    private static final String NO_REASONING = "\"reasoning_effort\": \"none\"";

    private static String config(FakeUpstream upstream, String model, String more) {
        return "api_bearer_token: " + GatewayFixture.KEY + "\ndefault_model: " + model + "\ndefault_api_url: "
                + upstream.url() + "\n" + more;
    }

    /** An upstream whose answer names the node and the number of messages it received; one of its answers is slow. */
    private static Script answer(FakeUpstream.Request request, CountDownLatch started, CountDownLatch end) {
        String node = request.body().path("model").asText();
        if (!request.body().toString().contains("Slow?")) {
            return Script.answer(request.body().path("messages").size() + " " + node);
        }
        return exchange -> {
            exchange.stream().text(node);
            started.countDown();
            end.await();
            exchange.text(" to the end").done();
        };
    }

    /** Two nodes with one database: a conversation moves from one to the other, and stopping one of them fails no request. */
    @ParameterizedTest
    @EnumSource
    void noRequestFailsWhenANodeStops(Distribution server) throws Exception {
        CountDownLatch started = new CountDownLatch(2);
        CountDownLatch end = new CountDownLatch(1);
        String database = "conversations: { url: \"" + Postgres.emptyDatabase() + "\" }\n";
        try (FakeUpstream upstream = FakeUpstream.dispatching(request -> answer(request, started, end));
                Distribution.RunningServer stoppingNode = server.start(config(upstream, "one", database));
                RunningGateway otherNode = Container.JETTY.start(config(upstream, "two", database));
                ReverseProxy nginx = ReverseProxy.nginxInFrontOf(stoppingNode.url(), otherNode.url())) {
            ChatClient client = nginx.client(GatewayFixture.KEY);
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(turn(client));
            }
            assertThat(answers)
                    .containsExactly("1 one", "3 two", "5 one", "7 two", "9 one", "11 two", "13 one", "15 two");

            // One request on each node, so nginx has no reason to choose the other one.
            try (ChatClient.Stream slow = client.streamQuestion("Slow?", NO_REASONING);
                    ChatClient.Stream other = client.streamQuestion("Slow?", NO_REASONING)) {
                assertThat(slow.nextText().content()).isEqualTo("one");
                assertThat(other.nextText().content()).isEqualTo("two");
                started.await();
                stoppingNode.process().destroy();
                for (int i = 8; i < 30; i++) {
                    assertThat(turn(client)).isEqualTo((2 * i + 1) + " two");
                    if (i == 20) {
                        end.countDown();
                        assertThat(ChatClient.content(slow.remainingEvents())).isEqualTo(" to the end");
                        assertThat(ChatClient.content(other.remainingEvents())).isEqualTo(" to the end");
                    }
                }
            }
            stoppingNode.process().waitFor();
            assertThat(turn(client)).isEqualTo("61 two");
        }
    }

    private static String turn(ChatClient client) {
        JsonResponse answer = client.postQuestion("?", "\"conversation_id\": \"walks\"", NO_REASONING);
        assertThat(answer.status()).isEqualTo(200);
        return answer.content();
    }
}
