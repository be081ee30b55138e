package org.o1api.upstream;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** How many retries a turn has left, over all of its calls: a provider in trouble is not met with ever more of them. */
public final class RetryBudget {
    private static final long BASE_DELAY_MILLIS = 100;

    private final AtomicInteger left;

    public RetryBudget(int retries) {
        left = new AtomicInteger(retries);
    }

    /** Takes one retry, and tells whether there was one left. */
    public boolean tryConsume() {
        return left.getAndUpdate(retries -> Math.max(0, retries - 1)) > 0;
    }

    /** How long to wait after so many attempts, 1 or more: at random, so that callers do not come back together. */
    public static Duration backoff(int attempts) {
        long maxMillis = BASE_DELAY_MILLIS << Math.min(attempts - 1, 10);
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(maxMillis + 1));
    }
}
