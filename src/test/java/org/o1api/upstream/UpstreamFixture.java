package org.o1api.upstream;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.Message;
import org.o1api.testing.FakeUpstream;

/** Upstreams and fake providers for tests of the upstream client; closes them in reverse order. */
final class UpstreamFixture implements AutoCloseable {
    /** Mutable settings. */
    static final class Settings {
        private URI url = URI.create("http://127.0.0.1:9/");
        private @Nullable String apiKey = "sk-test-key";
        private Duration connect = Duration.ofSeconds(5);
        private Duration firstToken = Duration.ofSeconds(10);
        private Duration idle = Duration.ofSeconds(10);
        private Duration call = Duration.ofSeconds(30);
        private int concurrency = 8;
        private int queue = 1024;
        private boolean circuitBreaker = true;
        private @Nullable String model;
        private int attempts = 3;
        private Duration maxRetryWait = Duration.ofSeconds(10);
        private Map<String, String> headers = Map.of();
        private boolean traceHeaders;
        private @Nullable URI proxy;
        private @Nullable SSLContext tls;
        private Map<String, ModelSettings> models = Map.of();
        private UpstreamSettings.Replies replies = UpstreamSettings.Replies.DEFAULT;
        private ReasoningHistory reasoningHistory = ReasoningHistory.DROP;

        Settings url(URI value) {
            url = value;
            return this;
        }

        Settings reasoningHistory(ReasoningHistory value) {
            reasoningHistory = value;
            return this;
        }

        Settings apiKey(@Nullable String value) {
            apiKey = value;
            return this;
        }

        Settings connect(Duration value) {
            connect = value;
            return this;
        }

        Settings firstToken(Duration value) {
            firstToken = value;
            return this;
        }

        Settings idle(Duration value) {
            idle = value;
            return this;
        }

        Settings call(Duration value) {
            call = value;
            return this;
        }

        Settings concurrency(int value) {
            concurrency = value;
            return this;
        }

        Settings queue(int value) {
            queue = value;
            return this;
        }

        Settings circuitBreaker(boolean value) {
            circuitBreaker = value;
            return this;
        }

        Settings model(String value) {
            model = value;
            return this;
        }

        Settings attempts(int value) {
            attempts = value;
            return this;
        }

        Settings maxRetryWait(Duration value) {
            maxRetryWait = value;
            return this;
        }

        Settings headers(Map<String, String> value) {
            headers = value;
            return this;
        }

        Settings traceHeaders(boolean value) {
            traceHeaders = value;
            return this;
        }

        Settings proxy(URI value) {
            proxy = value;
            return this;
        }

        Settings tls(SSLContext value) {
            tls = value;
            return this;
        }

        Settings models(Map<String, ModelSettings> value) {
            models = value;
            return this;
        }

        Settings replies(UpstreamSettings.Replies value) {
            replies = value;
            return this;
        }

        UpstreamSettings build() {
            return new UpstreamSettings(
                    "main",
                    url,
                    apiKey,
                    model,
                    new UpstreamSettings.Timeouts(connect, firstToken, idle, call),
                    new UpstreamSettings.Limits(concurrency, queue, attempts, maxRetryWait, circuitBreaker),
                    reasoningHistory,
                    replies,
                    models,
                    UpstreamSettings.DEFAULT_RELEARN_AFTER,
                    headers,
                    traceHeaders,
                    proxy,
                    tls);
        }
    }

    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
    private final Deque<Runnable> toClose = new ArrayDeque<>();

    FakeUpstream fake(FakeUpstream fake) {
        toClose.push(fake::close);
        return fake;
    }

    /** The errors of an upstream that is never called. */
    static UpstreamErrors errors() {
        return new UpstreamErrors(
                new Settings().url(URI.create("http://127.0.0.1/")).build());
    }

    HttpUpstream upstream(FakeUpstream fake) {
        return upstream(settings -> settings.url(fake.url()));
    }

    HttpUpstream upstream(UnaryOperator<Settings> change) {
        return upstream(change, Breaker.OPEN_TIME);
    }

    HttpUpstream upstream(UnaryOperator<Settings> change, Duration breakerOpen) {
        UpstreamSettings settings = change.apply(new Settings()).build();
        return upstream(
                settings, new Breaker("main", breakerOpen, settings.limits().circuitBreaker()));
    }

    HttpUpstream upstream(UpstreamSettings settings, Breaker breaker) {
        return upstream(settings, breaker, new ProviderProfiles(settings, System::nanoTime), new Transport(settings));
    }

    HttpUpstream upstream(UpstreamSettings settings, Breaker breaker, ProviderProfiles profiles, Transport transport) {
        HttpUpstream upstream = new HttpUpstream(settings, scheduler, breaker, profiles, transport);
        toClose.push(upstream::close);
        return upstream;
    }

    /** The context of the only call of a caller's turn. */
    CallContext context(String caller) {
        return context(new Cancellation(), new TurnCallState(caller));
    }

    CallContext context(Cancellation cancellation, TurnCallState turn) {
        return new CallContext(cancellation, new RetryBudget(Integer.MAX_VALUE), turn, () -> {}, usage -> {});
    }

    CallRequest request() {
        return new CallRequest("some-model", List.of(Message.user("Why?")), Map.of());
    }

    /** Reads the remaining text. */
    String text(Call call) {
        StringBuilder text = new StringBuilder();
        for (Delta delta : call) {
            if (delta instanceof Delta.Text piece) {
                text.append(piece.text());
            }
        }
        return text.toString();
    }

    @Override
    public void close() {
        while (!toClose.isEmpty()) {
            toClose.pop().run();
        }
        scheduler.shutdownNow();
    }
}
