package org.o1api.upstream;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** A bounded set whose elements expire a fixed time after they were added. Safe for concurrent use. */
final class ExpiringSet<T> {
    private static final int MAX_SIZE = 256;

    private final long nanos;
    private final LongSupplier nanoTime;
    private final Map<T, Long> added = new HashMap<>();

    /**
     * Creates an empty set.
     *
     * @param time how long an element stays; adding it again does not extend that
     */
    ExpiringSet(Duration time, LongSupplier nanoTime) {
        this.nanos = time.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Adds an element and returns whether it was absent. A full set accepts no more elements. */
    synchronized boolean add(T element) {
        removeExpired();
        return added.size() < MAX_SIZE && added.putIfAbsent(element, nanoTime.getAsLong()) == null;
    }

    synchronized void remove(T element) {
        added.remove(element);
    }

    synchronized boolean contains(T element) {
        removeExpired();
        return added.containsKey(element);
    }

    synchronized Set<T> elements() {
        removeExpired();
        return added.keySet().stream().collect(Collectors.toUnmodifiableSet());
    }

    private void removeExpired() {
        if (!added.isEmpty()) {
            long now = nanoTime.getAsLong();
            added.values().removeIf(then -> now - then >= nanos);
        }
    }
}
