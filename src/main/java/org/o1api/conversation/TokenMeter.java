package org.o1api.conversation;

import java.util.ArrayList;
import java.util.List;

/**
 * Adds up the tokens of messages against a limit. It uses a quick upper estimate as long as that fits, and counts
 * exactly after that.
 */
final class TokenMeter {
    private final long limit;
    private final Tokenizer tokenizer;
    private final List<CanonicalMessage> messages = new ArrayList<>();
    private boolean exact;
    private long used;

    TokenMeter(long limit, Tokenizer tokenizer) {
        this.limit = limit;
        this.tokenizer = tokenizer;
    }

    /** Adds messages, even beyond the limit. */
    void add(List<CanonicalMessage> added) {
        messages.addAll(added);
        used += cost(added);
    }

    /** Adds messages if they fit. */
    boolean addIfFits(List<CanonicalMessage> added) {
        long cost = cost(added);
        if (!exact && used + cost > limit) {
            exact = true;
            used = cost(messages);
            cost = cost(added);
        }
        if (used + cost > limit) {
            return false;
        }
        messages.addAll(added);
        used += cost;
        return true;
    }

    private long cost(List<CanonicalMessage> messages) {
        return messages.stream()
                .mapToLong(message -> exact ? message.countTokens(tokenizer) : message.maxTokens())
                .sum();
    }
}
