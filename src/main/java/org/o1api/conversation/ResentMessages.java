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
    private static final int NOT_IN_REQUEST = -1;

    private final List<CanonicalMessage> request;
    private final int[] requestIds;

    /** The conversation's messages, by number: in canonical form and, below, as the client received them. */
    private final int[] canonicalIds;

    private final int[] asSentIds;

    ResentMessages(List<HistoryMessage> history, List<CanonicalMessage> request) {
        this.request = request;
        requestIds = new int[request.size()];
        canonicalIds = new int[history.size()];
        asSentIds = new int[history.size()];
        Map<CanonicalMessage, Integer> ids = new HashMap<>();
        for (int i = 0; i < requestIds.length; i++) {
            ids.putIfAbsent(request.get(i), i);
            requestIds[i] = id(ids, request.get(i));
        }
        for (int i = 0; i < canonicalIds.length; i++) {
            canonicalIds[i] = id(ids, history.get(i).canonical());
            asSentIds[i] = id(ids, history.get(i).asSent());
        }
    }

    private static int id(Map<CanonicalMessage, Integer> ids, @Nullable CanonicalMessage message) {
        return message == null ? NOT_IN_REQUEST : ids.getOrDefault(message, NOT_IN_REQUEST);
    }

    /** The number of messages at the end of the conversation that are also the first messages of the request. */
    int overlap() {
        for (int length = Math.min(canonicalIds.length, requestIds.length); length > 0; length--) {
            int start = canonicalIds.length - length;
            int matching = 0;
            while (matching < length && isSame(start + matching, matching)) {
                matching++;
            }
            if (matching == length) {
                return length;
            }
        }
        return 0;
    }

    private boolean isSame(int storedIndex, int requestIndex) {
        return canonicalIds[storedIndex] == requestIds[requestIndex]
                || asSentIds[storedIndex] == requestIds[requestIndex];
    }

    /** Whether the request contains, after its first messages, a message of the conversation followed by its answer. */
    boolean repeatsExchangeAfter(int prefixLength) {
        Set<Long> pairs = new HashSet<>();
        for (int i = 1; i < canonicalIds.length; i++) {
            for (int question : new int[] {canonicalIds[i - 1], asSentIds[i - 1]}) {
                pairs.add(pair(question, canonicalIds[i]));
                pairs.add(pair(question, asSentIds[i]));
            }
        }
        for (int i = prefixLength + 1; i < requestIds.length; i++) {
            if (request.get(i).role() == Role.ASSISTANT && pairs.contains(pair(requestIds[i - 1], requestIds[i]))) {
                return true;
            }
        }
        return false;
    }

    private static long pair(int first, int second) {
        return ((long) first << Integer.SIZE) | (second & 0xFFFFFFFFL);
    }
}
