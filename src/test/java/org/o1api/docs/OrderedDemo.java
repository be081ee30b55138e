package org.o1api.docs;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.o1api.config.Config;
import org.o1api.reasoning.StrategyType;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.Upstream;
import org.o1api.upstream.demo.DemoUpstream;

/**
 * The demo model for one turn, with concurrent calls in a fixed order: a call gets its reply when the step of the call before it has
 * been reported. So a turn always goes the same way.
 */
final class OrderedDemo implements Upstream {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final DemoUpstream demo;
    /** Calls that get no reply before they are cancelled, by their number in the turn. */
    private final Set<Integer> slow;

    private final Map<Integer, CompletableFuture<Void>> gates = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();

    OrderedDemo(List<StrategyType> strategies, Set<Integer> slow) {
        this.demo = new DemoUpstream(
                Config.DEFAULT_UPSTREAM,
                Duration.ZERO,
                strategies.stream().map(StrategyType::demo).toList());
        this.slow = slow;
        openNext();
    }

    /** A step has been reported completely: the next call may reply. */
    void openNext() {
        int number = next.getAndIncrement();
        while (slow.contains(number)) {
            number = next.getAndIncrement();
        }
        gate(number).complete(null);
    }

    private CompletableFuture<Void> gate(int number) {
        return gates.computeIfAbsent(number, unused -> new CompletableFuture<>());
    }

    @Override
    public String name() {
        return demo.name();
    }

    @Override
    public List<String> names() {
        return demo.names();
    }

    @Override
    public Call open(CallRequest request, CallContext context) {
        CompletableFuture<Void> gate = gate(context.number());
        Runnable removal = context.cancellation().onCancel(() -> gate.complete(null));
        try {
            gate.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException | InterruptedException e) {
            throw new AssertionError("call " + context.number() + " waits for a step before it", e);
        } finally {
            removal.run();
        }
        return demo.open(request, context); // fails if the call is cancelled
    }

    @Override
    public void close() {
        demo.close();
    }
}
