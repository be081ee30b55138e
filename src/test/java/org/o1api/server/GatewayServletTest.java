package org.o1api.server;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.glassfish.jersey.server.ResourceConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.o1api.api.ApiErrorFormat;
import org.o1api.model.Caller;

/** Requests for which no thread is available. */
class GatewayServletTest {
    private static final String BODY = "x".repeat(60);

    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final HttpClient client = HttpClient.newHttpClient();
    private volatile Executor executor = Runnable::run;

    @BeforeEach
    void start() throws Exception {
        OpenBodies bodies = new OpenBodies();
        ErrorResponder errors = new ErrorResponder(new ApiErrorFormat(), bodies);
        ServletContextHandler context = new ServletContextHandler();
        FilterHolder authentication =
                new FilterHolder(new AuthenticationFilter(headers -> new Caller("a", Set.of()), errors));
        authentication.setAsyncSupported(true);
        context.addFilter(authentication, "/*", EnumSet.of(DispatcherType.REQUEST));
        // Memory for one body: if the servlet did not release it, the next request would be rejected.
        ServletHolder servlet = new ServletHolder(new GatewayServlet(
                new ResourceConfig(),
                new BodySettings(100, Duration.ofMinutes(1), 100, 100),
                bodies,
                task -> executor.execute(task),
                scheduler,
                errors,
                () -> {}));
        servlet.setAsyncSupported(true);
        context.addServlet(servlet, "/*");
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(context);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        scheduler.shutdownNow();
    }

    private HttpResponse<String> post(HttpRequest.BodyPublisher body) throws IOException, InterruptedException {
        URI url = URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/nothing");
        return client.send(
                HttpRequest.newBuilder(url)
                        .timeout(Duration.ofSeconds(20))
                        .POST(body)
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    void respondsAndReleasesTheBodyIfNoThreadIsAvailable() throws Exception {
        List<Executor> failing = List.of(
                task -> {
                    throw new RejectedExecutionException("thrown by a test");
                },
                task -> {
                    throw new OutOfMemoryError("unable to create native thread (thrown by a test)");
                });
        for (Executor failingExecutor : failing) {
            for (HttpRequest.BodyPublisher body : List.of(BodyPublishers.noBody(), BodyPublishers.ofString(BODY))) {
                executor = failingExecutor;
                HttpResponse<String> rejected = post(body);
                assertThat(rejected.statusCode()).isEqualTo(503);
                assertThat(rejected.body()).contains("\"code\":\"overloaded\"").doesNotContain("thrown by a test");

                executor = Runnable::run;
                assertThat(post(BodyPublishers.ofString(BODY)).statusCode()).isEqualTo(404);
            }
        }
    }
}
