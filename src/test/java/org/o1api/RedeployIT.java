package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.testing.ChatClient;
import org.o1api.testing.Container;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;

/** Repeated deployment and undeployment of the WAR. An option in the pom disables soft references. */
@Tag("alone")
class RedeployIT {
    private static final int TIMES = Integer.getInteger("o1api.redeploys", 8);

    @ParameterizedTest
    @EnumSource
    void leaksNoThreadClassLoaderOrPort(Container container) throws Exception {
        // Not counted: the JAX-RS API is also on the test class path, and keeps a reference to its first user.
        deployed(container);
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < TIMES; i++) {
            loaders.add(deployed(container));
        }

        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getContextClassLoader() != null
                        && loaders.stream().anyMatch(loader -> loader.refersTo(thread.getContextClassLoader())))
                .isEmpty();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            System.gc();
            // The last class loader may be held by container caches until the next deployment.
            assertThat(loaders.subList(0, TIMES - 1))
                    .filteredOn(loader -> !loader.refersTo(null))
                    .isEmpty();
        });
    }

    private static WeakReference<ClassLoader> deployed(Container container) throws Exception {
        URI url;
        WeakReference<ClassLoader> loader;
        try (FakeUpstream upstream = FakeUpstream.dispatching(request -> Script.answer("Yes."));
                RunningGateway gateway = container.start("api_bearer_token: " + GatewayFixture.KEY
                        + "\ndefault_api_url: " + upstream.url() + "\ndefault_model: fake-model\n")) {
            url = gateway.url();
            loader = new WeakReference<>(gateway.classLoader());
            ChatClient client = gateway.client(GatewayFixture.KEY);
            assertThat(client.postQuestion("?", "\"reasoning_effort\": \"none\"", "\"conversation_id\": \"c\"")
                            .content())
                    .isEqualTo("Yes.");
            try (ChatClient.Stream stream = client.streamQuestion("?", "\"reasoning_effort\": \"none\"")) {
                assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("Yes.");
            }
        }
        try (ServerSocket socket = new ServerSocket(url.getPort())) {
            assertThat(socket.isBound()).isTrue();
        }
        return loader;
    }
}
