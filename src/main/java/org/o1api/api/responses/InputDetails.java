package org.o1api.api.responses;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the messages of an input do not say about its items.
 *
 * @param items their number, without those that become no part of a message
 * @param phases what messages have as their phase, by the index of the item
 * @param customOutputs the IDs of the calls whose outputs are {@code custom_tool_call_output}
 */
record InputDetails(int items, Map<Integer, String> phases, Set<String> customOutputs) {
    InputDetails {
        phases = Collections.unmodifiableMap(new LinkedHashMap<>(phases));
        customOutputs = Collections.unmodifiableSet(new LinkedHashSet<>(customOutputs));
    }
}
