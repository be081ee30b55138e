package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.resource.ResourceFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.reasoning.TestStrategy;
import org.o1api.testing.ChatClient;
import org.o1api.testing.RunningGateway;
import org.o1api.upstream.CallRequest;

/** An {@code Error} in a turn releases everything. */
class TurnErrorTest {
    private static final String KEY = "sk-test";

    /** A class whose static initializer fails: the first use throws another error than later ones. */
    private static final class FailingClass {
        private static final int VALUE = fail();

        private static int fail() {
            throw new IllegalStateException("thrown by a test");
        }
    }

    /** How the turn fails. */
    private enum FailurePoint {
        OUT_OF_MEMORY {
            @Override
            void run() {
                throw new OutOfMemoryError("thrown by a test");
            }
        },
        STACK_OVERFLOW {
            @Override
            void run() {
                throw new StackOverflowError("thrown by a test");
            }
        },
        STATIC_INITIALIZER {
            @Override
            void run() {
                assertThat(FailingClass.VALUE).isZero();
            }
        },
        RUNTIME_EXCEPTION {
            @Override
            void run() {
                throw new IllegalStateException("thrown by a test");
            }
        };

        abstract void run();

        int status() {
            return this == OUT_OF_MEMORY ? 503 : 500;
        }

        String code() {
            return this == OUT_OF_MEMORY ? "overloaded" : "internal_error";
        }
    }

    private static final CallRequest REQUEST = new CallRequest("m", List.of(Message.user("Why?")), Map.of());

    private volatile Runnable beforeTheAnswer = () -> {};
    private volatile Runnable withinTheAnswer = () -> {};
    private final Server server = new Server();
    private RunningGateway gateway;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        TestStrategy strategy = new TestStrategy(turn -> {
            beforeTheAnswer.run();
            turn.log().answerText("It");
            turn.calls().answerCall(REQUEST).close(); // sends what is buffered, before it would wait
            withinTheAnswer.run();
            turn.log().answerText(" is.");
            return FinishReason.STOP;
        });
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        context.setBaseResource(ResourceFactory.of(context).newResource(Path.of("webapp"))); // the page
        context.setInitParameter("o1api.config", config(folder).toString());
        context.addEventListener(new Gateway(List.of(strategy.type())));
        server.setHandler(context);
        server.start();
        gateway = new RunningGateway(
                URI.create("http://127.0.0.1:" + connector.getLocalPort()),
                getClass().getClassLoader(),
                () -> {});
    }

    /** One slot: if a turn does not release it, no other turn can run. */
    private static Path config(Path folder) throws IOException {
        return Files.writeString(
                folder.resolve("config.yaml"),
                "api_bearer_token: " + KEY + "\nlimits: { turns: 1 }\nconversations: { url: \"jdbc:h2:file:"
                        + folder.resolve("conversations") + "\" }\n");
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private void answersNormally() {
        beforeTheAnswer = () -> {};
        withinTheAnswer = () -> {};
        assertThat(gateway.client(KEY).postQuestion("?").content()).isEqualTo("It is.");
        try (ChatClient.Stream stream = gateway.client(KEY).streamQuestion("?")) {
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("It is.");
        }
    }

    @ParameterizedTest
    @EnumSource
    void endsAStartedStreamWithAnErrorEvent(FailurePoint failurePoint) {
        withinTheAnswer = failurePoint::run;
        for (int i = 0; i < 2; i++) { // the class stays unusable
            try (ChatClient.Stream stream = gateway.client(KEY).streamQuestion("?")) {
                List<ChatClient.Event> events = stream.remainingEvents();
                ChatClient.Event last = events.get(events.size() - 1);

                assertThat(ChatClient.content(events.subList(0, events.size() - 1)))
                        .isEqualTo("It");
                assertThat(last.name()).isEqualTo("error");
                assertThat(last.json().at("/error/code").asText()).isEqualTo(failurePoint.code());
                assertThat(last.data()).doesNotContain("thrown by a test");
            }
        }
        answersNormally();
    }

    @ParameterizedTest
    @EnumSource
    void sendsAStatusBeforeTheStreamStarts(FailurePoint failurePoint) {
        beforeTheAnswer = failurePoint::run;
        try (ChatClient.Stream stream = gateway.client(KEY).streamQuestion("?")) {
            assertThat(stream.status()).isEqualTo(failurePoint.status());
            assertThat(stream.errorBody().at("/error/code").asText()).isEqualTo(failurePoint.code());
        }
        answersNormally();
    }

    @ParameterizedTest
    @EnumSource
    void sendsAStatusForAJsonReply(FailurePoint failurePoint) {
        withinTheAnswer = failurePoint::run;
        ChatClient.JsonResponse answer = gateway.client(KEY).postQuestion("?");

        assertThat(answer.status()).isEqualTo(failurePoint.status());
        assertThat(answer.json().at("/error/code").asText()).isEqualTo(failurePoint.code());
        assertThat(answer.response().body()).doesNotContain("thrown by a test");
        answersNormally();
    }

    @Test
    void releasesTheConversation() {
        withinTheAnswer = FailurePoint.OUT_OF_MEMORY::run;
        String conversation = "\"conversation_id\": \"a\"";
        assertThat(gateway.client(KEY).postQuestion("?", conversation).status()).isEqualTo(503);

        withinTheAnswer = () -> {};

        assertThat(gateway.client(KEY).postQuestion("?", conversation).content())
                .isEqualTo("It is.");
    }
}
