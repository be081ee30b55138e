package org.o1api.api.items;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a message does not say about its items.
 *
 * @param phase of an item of the type {@code message}; null: none
 * @param isCustomOutput whether the result of a call is that of a custom tool
 * @param tools the tools of its calls that are not functions without a namespace, by the index of the call
 */
public record MessageDetails(@Nullable String phase, boolean isCustomOutput, Map<Integer, CalledTool> tools) {
    public static final MessageDetails NONE = new MessageDetails(null, false, Map.of());

    public MessageDetails {
        tools = Map.copyOf(tools);
    }
}
