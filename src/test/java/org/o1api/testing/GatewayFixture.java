package org.o1api.testing;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** A gateway in a container, and a fake upstream that runs the scripts of a test. */
public final class GatewayFixture implements AutoCloseable {
    /** The API key of the gateway. */
    public static final String KEY = "sk-test-4711";

    /** The API key that the gateway sends to the upstream. */
    public static final String PROVIDER_KEY = "sk-provider-0815";

    /** The prefix of config lines that are settings of the upstream. */
    private static final String UPSTREAM = "upstream ";

    private final FakeUpstream upstream;
    private final RunningGateway gateway;
    private volatile Function<FakeUpstream.Request, Script> scripts =
            request -> Script.error(500, "no script for call " + request.number());
    private int firstRequest;
    private int abortedBefore;

    private GatewayFixture(Container container, List<String> config, boolean demo) {
        upstream = FakeUpstream.dispatching(request -> scripts.apply(request));
        List<String> upstreamLines = config.stream()
                .filter(line -> line.startsWith(UPSTREAM))
                .map(line -> ", " + line.substring(UPSTREAM.length()))
                .toList();
        List<String> otherLines =
                config.stream().filter(line -> !line.startsWith(UPSTREAM)).toList();
        // Tests share a fixture, and their failures together would open the circuit breaker.
        String provider = demo
                ? ""
                : "upstreams: { default: { url: \"" + upstream.url() + "\", api_key: " + PROVIDER_KEY
                        + ", circuit_breaker: false" + String.join("", upstreamLines) + " } }\n";
        gateway = container.start("api_bearer_token: " + KEY + "\ndefault_model: fake-model\n" + provider
                + String.join("\n", otherLines));
    }

    /** Opens a fixture, which the caller must close. */
    public static GatewayFixture open(Container container, List<String> config, boolean demo) {
        return new GatewayFixture(container, config, demo);
    }

    /** Sets the scripts of a test: the k-th call from now on gets the k-th script, further calls get a 500. */
    public void script(Script... scripts) {
        dispatch(request -> {
            int number = request.number() - firstRequest;
            return number < scripts.length ? scripts[number] : Script.error(500, "no script for call " + number);
        });
    }

    /** Sets a function that chooses the script of each call from now on. */
    public void dispatch(Function<FakeUpstream.Request, Script> script) {
        upstream.awaitIdle();
        firstRequest = upstream.requests().size();
        abortedBefore = upstream.abortedCalls();
        scripts = script;
    }

    /** The calls since the scripts were set. */
    public List<FakeUpstream.Request> requests() {
        List<FakeUpstream.Request> all = upstream.requests();
        return all.subList(firstRequest, all.size());
    }

    public FakeUpstream.Request request(int number) {
        return requests().get(number);
    }

    /** Waits until the gateway has cancelled a call since the scripts were set. */
    public void awaitAborted(Duration limit) {
        awaitAborted(1, limit);
    }

    /** Waits until the gateway has cancelled at least so many calls since the scripts were set. */
    public void awaitAborted(int count, Duration limit) {
        await().atMost(limit)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> upstream.abortedCalls() >= abortedBefore + count);
    }

    public RunningGateway gateway() {
        return gateway;
    }

    /** A client with a valid API key. */
    public ChatClient client() {
        return gateway.client(KEY);
    }

    @Override
    public void close() {
        gateway.close();
        upstream.close();
    }
}
