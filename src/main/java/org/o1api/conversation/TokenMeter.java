package org.o1api.conversation;

import java.util.ArrayList;
import java.util.List;

/** Adds messages up against a bound of tokens. It counts them only once a quick estimate no longer shows that they fit. */
final class TokenMeter {
    private final long limit;
    private final Tokenizer tokenizer;
    private final List<CanonicalMessage> taken = new ArrayList<>();
    private boolean exact;
    private long used;

    TokenMeter(long limit, Tokenizer tokenizer) {
        this.limit = limit;
        this.tokenizer = tokenizer;
    }

    /** Takes messages whether they fit or not. */
    void add(List<CanonicalMessage> more) {
        taken.addAll(more);
        used += cost(more);
    }

    /** Takes messages if they fit. */
    boolean addIfFits(List<CanonicalMessage> more) {
        long cost = cost(more);
        if (!exact && used + cost > limit) {
            exact = true;
            used = cost(taken);
            cost = cost(more);
        }
        if (used + cost > limit) {
            return false;
        }
        taken.addAll(more);
        used += cost;
        return true;
    }

    private long cost(List<CanonicalMessage> messages) {
        return messages.stream()
                .mapToLong(message -> exact ? message.countTokens(tokenizer) : message.maxTokens())
                .sum();
    }
}
