package org.o1api.upstream;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The retries that a turn has left, shared by all of its calls: it limits the load on a provider that is failing. Safe for
 * concurrent use.
 */
public final class RetryBudget {
    private static final long BASE_DELAY_MILLIS = 100;

    private final AtomicInteger left;

    public RetryBudget(int retries) {
        left = new AtomicInteger(retries);
    }

    /** Takes one retry and returns whether one was left. */
    public boolean tryConsume() {
        return left.getAndUpdate(retries -> Math.max(0, retries - 1)) > 0;
    }

    /**
     * The wait before the next attempt: exponential backoff with full jitter, so that callers do not retry at the same time.
     *
     * @param attempts the attempts so far, at least 1
     */
    public static Duration backoff(int attempts) {
        long maxMillis = BASE_DELAY_MILLIS << Math.min(attempts - 1, 10);
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(maxMillis + 1));
    }
}
