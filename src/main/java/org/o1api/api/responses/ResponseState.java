package org.o1api.api.responses;

import org.jspecify.annotations.Nullable;

/**
 * What a request says about the state on the gateway.
 *
 * @param store whether to store the response; null: not specified
 * @param previousResponse the ID of the response to continue; null: none
 * @param conversation the ID of the conversation to continue or begin; null: none. At most one of both is given
 * @param mayTruncate whether the oldest turns are left out of a prompt that is too long
 * @param encryptsReasoning whether the client gets the reasoning encrypted, too
 */
record ResponseState(
        @Nullable Boolean store,
        @Nullable String previousResponse,
        @Nullable String conversation,
        boolean mayTruncate,
        boolean encryptsReasoning) {
    /** Whether the response must be stored, so that the request fails if it cannot be. */
    boolean requiresStorage() {
        return Boolean.TRUE.equals(store) || previousResponse != null || conversation != null;
    }
}
