package org.o1api.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.o1api.testing.FakeUpstream;

/**
 * Checks that an idle gateway holds no resources: no call, no connection beyond its pools, no thread, no object of a request, and no slot.
 * Slots are checked from outside: as many requests as the limits allow must reach the provider at the same time.
 */
final class IdleCheck {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Pattern LINE = Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+(\\S+).*");

    /** Every request has one or more of these; caches and pools may keep a few for reuse. */
    private static final List<String> REQUEST_CLASSES = List.of(
            "org.o1api.server.EventStream",
            "org.o1api.turn.Admission$Ticket",
            "org.o1api.upstream.Attempt",
            "org.o1api.upstream.Exchange",
            "org.o1api.upstream.HttpCall",
            "org.o1api.model.Cancellation");

    private static final int MAX_POOLED = 12;
    /** The allowed growth of caches, in objects of a class. */
    private static final int MAX_GROWTH = 120;

    private static final int MAX_MORE_THREADS = 24;

    private final FakeUpstream upstream;
    private final Client client;
    private final int slots;
    private @Nullable Map<String, Long> before;
    private int threadsBefore;
    private volatile @Nullable CountDownLatch gate;
    private volatile @Nullable CountDownLatch arrived;

    /** Sends a request to a preset. */
    interface Client {
        CompletableFuture<HttpResponse<byte[]>> ask(String preset);
    }

    /**
     * Creates a check of one gateway.
     *
     * @param slots its limit of concurrent turns, and of concurrent calls to each upstream
     */
    IdleCheck(FakeUpstream upstream, Client client, int slots) {
        this.upstream = upstream;
        this.client = client;
        this.slots = slots;
    }

    /** Called by the provider: blocks the calls of {@link #check} until all have arrived. */
    void awaitGate() throws InterruptedException {
        CountDownLatch gateOpen = gate;
        CountDownLatch allArrived = arrived;
        if (gateOpen != null && allArrived != null) {
            allArrived.countDown();
            boolean open = gateOpen.await(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(open).as("the gate opens").isTrue();
        }
    }

    /** Fails if the gateway holds anything. */
    void check() {
        await("all calls end")
                .atMost(TIMEOUT)
                .until(() -> upstream.openCalls() == 0 || upstream.openConnections() == 0);
        for (String preset : List.of("once", "again")) {
            checkSlots(preset);
        }
        await("only pooled connections").atMost(TIMEOUT).until(() -> upstream.openConnections() <= 2 * slots);
        await("no live request objects").atMost(TIMEOUT).untilAsserted(this::checkObjects);
    }

    private void checkSlots(String preset) {
        CountDownLatch allArrived = new CountDownLatch(slots);
        CountDownLatch gateOpen = new CountDownLatch(1);
        arrived = allArrived;
        gate = gateOpen;
        List<CompletableFuture<HttpResponse<byte[]>>> replies = new ArrayList<>();
        try {
            for (int i = 0; i < slots; i++) {
                replies.add(client.ask(preset));
            }
            boolean all = allArrived.await(800, TimeUnit.MILLISECONDS)
                    || allArrived.await(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(all)
                    .as("%d of %d requests get a slot of %s", slots - allArrived.getCount(), slots, preset)
                    .isTrue();
            if (before == null) { // checks that the class names are still right
                await().untilAsserted(
                                () -> assertThat(histogram()).containsKeys(REQUEST_CLASSES.toArray(String[]::new)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            gate = null;
            arrived = null;
            gateOpen.countDown();
        }
        for (CompletableFuture<HttpResponse<byte[]>> reply : replies) {
            assertThat(reply.orTimeout(60, TimeUnit.SECONDS).join().statusCode())
                    .isIn(200, 504);
        }
    }

    private void checkObjects() {
        Map<String, Long> now = histogram();
        int threads = threads();
        for (String type : REQUEST_CLASSES) {
            assertThat(now.getOrDefault(type, 0L)).as(type).isLessThanOrEqualTo(MAX_POOLED);
        }
        Map<String, Long> reference = before;
        if (reference == null) {
            before = now;
            threadsBefore = threads;
            return;
        }
        assertThat(threads).as("threads o1-api-*").isLessThanOrEqualTo(threadsBefore + MAX_MORE_THREADS);
        now.forEach((type, count) -> assertThat(count)
                .as("objects of %s", type)
                .isLessThanOrEqualTo(reference.getOrDefault(type, 0L) + MAX_GROWTH));
    }

    private static int threads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("o1-api-"))
                .count();
    }

    /** The number of live objects of our classes and of virtual threads, by class; runs a garbage collection. */
    private static Map<String, Long> histogram() {
        String text;
        try {
            text = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
        } catch (JMException e) {
            throw new IllegalStateException("no histogram of classes", e);
        }
        Map<String, Long> counts = new TreeMap<>();
        text.lines().forEach(line -> {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                String type = matcher.group(2);
                boolean isGatewayClass = type.startsWith("org.o1api.")
                        && !type.startsWith("org.o1api.fuzz.")
                        && !type.startsWith("org.o1api.testing.");
                if (isGatewayClass || type.equals("java.lang.VirtualThread")) {
                    counts.merge(type, Long.parseLong(matcher.group(1)), Long::sum);
                }
            }
        });
        return counts;
    }
}
