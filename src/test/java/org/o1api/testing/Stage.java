package org.o1api.testing;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** A gateway in a container, and behind it an upstream that plays what a test writes. */
public final class Stage implements AutoCloseable {
    /** The key that the gateway knows. */
    public static final String KEY = "sk-test-4711";

    /** The key that the upstream gets. */
    public static final String PROVIDER_KEY = "sk-provider-0815";

    /** What a line of the config begins with that is the upstream's. */
    private static final String UPSTREAM = "upstream ";

    private final FakeUpstream upstream;
    private final RunningGateway gateway;
    private volatile Function<FakeUpstream.Request, Script> act =
            request -> Script.error(500, "no script for call " + request.number());
    private int firstRequest;
    private int abortedBefore;

    private Stage(Container container, List<String> config, boolean demo) {
        upstream = FakeUpstream.dispatching(request -> act.apply(request));
        List<String> ofUpstream = config.stream()
                .filter(line -> line.startsWith(UPSTREAM))
                .map(line -> ", " + line.substring(UPSTREAM.length()))
                .toList();
        List<String> ofAll =
                config.stream().filter(line -> !line.startsWith(UPSTREAM)).toList();
        // Tests share a stage, and their failures would add up to an open circuit breaker.
        String provider = demo
                ? ""
                : "upstreams: { default: { url: \"" + upstream.url() + "\", api_key: " + PROVIDER_KEY
                        + ", circuit_breaker: false" + String.join("", ofUpstream) + " } }\n";
        gateway = container.start(
                "api_bearer_token: " + KEY + "\ndefault_model: fake-model\n" + provider + String.join("\n", ofAll));
    }

    /** Opens a stage that whoever opened it closes. */
    public static Stage open(Container container, List<String> config, boolean demo) {
        return new Stage(container, config, demo);
    }

    /** Begins a test's act: the k-th call from now on gets the k-th script, and a call too many a 500. */
    public void play(Script... scripts) {
        dispatch(request -> {
            int number = request.number() - firstRequest;
            return number < scripts.length ? scripts[number] : Script.error(500, "no script for call " + number);
        });
    }

    /** Begins a test's act in which each call gets what it asks for. */
    public void dispatch(Function<FakeUpstream.Request, Script> script) {
        upstream.awaitIdle();
        firstRequest = upstream.requests().size();
        abortedBefore = upstream.abortedCalls();
        act = script;
    }

    /** The calls of this act. */
    public List<FakeUpstream.Request> requests() {
        List<FakeUpstream.Request> all = upstream.requests();
        return all.subList(firstRequest, all.size());
    }

    public FakeUpstream.Request request(int number) {
        return requests().get(number);
    }

    /** Waits until the gateway has broken off a call of this act. */
    public void awaitAborted(Duration limit) {
        await().atMost(limit).pollInterval(Duration.ofMillis(10)).until(() -> upstream.abortedCalls() > abortedBefore);
    }

    public RunningGateway gateway() {
        return gateway;
    }

    /** A client with a good key. */
    public ChatClient client() {
        return gateway.client(KEY);
    }

    @Override
    public void close() {
        gateway.close();
        upstream.close();
    }
}
