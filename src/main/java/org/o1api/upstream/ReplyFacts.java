package org.o1api.upstream;

import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What the replies of one model have shown. What is learned expires ({@code upstreams.*.relearn_after}); each kind is logged once. */
final class ReplyFacts {
    private static final System.Logger LOG = System.getLogger(ReplyFacts.class.getName());

    private final String model;
    private final long relearnAfterNanos;
    private final String relearnAfter;
    private final LongSupplier nanoTime;
    private final Set<String> logged = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Long withoutUsageSince;

    ReplyFacts(UpstreamSettings settings, String model, LongSupplier nanoTime) {
        this.model = "upstream " + settings.name() + ", model " + model + ": ";
        this.relearnAfterNanos = settings.relearnAfter().toNanos();
        this.relearnAfter = Failures.text(settings.relearnAfter());
        this.nanoTime = nanoTime;
    }

    /** A reply has ended with a reason that is not known. */
    void endedWithUnknownReason(String word) {
        logOnce(
                "reason " + word,
                "replies end with the unknown finish_reason " + (word.isEmpty() ? "(no plain word)" : word)
                        + ", which counts as length");
    }

    /** A reply has ended with {@code [DONE]} but without a finish reason. */
    void endedWithoutReason() {
        logOnce(
                "no reason",
                "replies end without a finish_reason and count as complete (unless require_finish_reason is true)");
    }

    /** A reply has ended, and the usage that it was to end with has not come. */
    void cameWithoutUsage() {
        withoutUsageSince = nanoTime.getAsLong();
        logOnce(
                "no usage",
                "replies stay open without the usage that was requested: it is waited for 2 s instead of 10 s, for "
                        + relearnAfter + " (relearn_after)");
    }

    /** Whether the usage need not be waited for. */
    boolean comeWithoutUsage() {
        Long since = withoutUsageSince;
        return since != null && nanoTime.getAsLong() - since < relearnAfterNanos;
    }

    /** At most one line of a kind, and few kinds: their words are the provider's. */
    private void logOnce(String kind, String message) {
        if (logged.size() < 20 && logged.add(kind)) {
            LOG.log(Level.INFO, "{0}{1}", model, message);
        }
    }
}
