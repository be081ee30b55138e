package org.o1api.conversation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Role;

/**
 * Finds the messages of a conversation that a request resends. Each distinct message of the request gets a number, and
 * only numbers are compared: a conversation may have many thousands of messages.
 */
final class ResentMessages {
    private static final int NOT_ASKED = -1;

    private final List<CanonicalMessage> asked;
    private final int[] askedIds;

    /** The conversation's messages, by number: in canonical form and, below, as the client received them. */
    private final int[] plainIds;

    private final int[] sentIds;

    ResentMessages(List<HistoryMessage> told, List<CanonicalMessage> asked) {
        this.asked = asked;
        askedIds = new int[asked.size()];
        plainIds = new int[told.size()];
        sentIds = new int[told.size()];
        Map<CanonicalMessage, Integer> ids = new HashMap<>();
        for (int i = 0; i < askedIds.length; i++) {
            ids.putIfAbsent(asked.get(i), i);
            askedIds[i] = id(ids, asked.get(i));
        }
        for (int i = 0; i < plainIds.length; i++) {
            plainIds[i] = id(ids, told.get(i).canonical());
            sentIds[i] = id(ids, told.get(i).asSent());
        }
    }

    private static int id(Map<CanonicalMessage, Integer> ids, @Nullable CanonicalMessage text) {
        return text == null ? NOT_ASKED : ids.getOrDefault(text, NOT_ASKED);
    }

    /** The number of messages at the end of the conversation that are also the first messages of the request. */
    int overlap() {
        for (int length = Math.min(plainIds.length, askedIds.length); length > 0; length--) {
            int at = plainIds.length - length;
            int same = 0;
            while (same < length && isSame(at + same, same)) {
                same++;
            }
            if (same == length) {
                return length;
            }
        }
        return 0;
    }

    private boolean isSame(int told, int asked) {
        return plainIds[told] == askedIds[asked] || sentIds[told] == askedIds[asked];
    }

    /** Whether the request contains, after its first messages, a message of the conversation followed by its answer. */
    boolean repeatsExchangeAfter(int known) {
        Set<Long> pairs = new HashSet<>();
        for (int i = 1; i < plainIds.length; i++) {
            for (int question : new int[] {plainIds[i - 1], sentIds[i - 1]}) {
                pairs.add(pair(question, plainIds[i]));
                pairs.add(pair(question, sentIds[i]));
            }
        }
        for (int i = known + 1; i < askedIds.length; i++) {
            if (asked.get(i).role() == Role.ASSISTANT && pairs.contains(pair(askedIds[i - 1], askedIds[i]))) {
                return true;
            }
        }
        return false;
    }

    private static long pair(int first, int second) {
        return ((long) first << Integer.SIZE) | (second & 0xFFFFFFFFL);
    }
}
