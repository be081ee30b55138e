package org.o1api.api.responses;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * How the events of a turn become items.
 *
 * @param firstItem the index of the first item of the output in the turn
 * @param tools the tools that the model may call
 * @param encryption encrypts the steps of the reasoning for the client; empty if it does not get them encrypted
 */
record OutputForm(
        int firstItem, ToolNames tools, boolean showsReasoning, Function<List<String>, Optional<String>> encryption) {
    /** Encrypts nothing. */
    static final Function<List<String>, Optional<String>> PLAIN = steps -> Optional.empty();
}
