package org.o1api.api.items;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.o1api.json.Json;
import org.o1api.json.JsonSlices;
import org.o1api.model.RawJson;

/**
 * The tool of a call, as the client names it. The provider may know it by another name, and a custom tool as a function.
 *
 * @param isCustom whether its input is a text instead of JSON
 * @param namespace null: none
 */
public record CalledTool(boolean isCustom, @Nullable String namespace, String name) {
    /** The one argument of the function that a custom tool is for the provider. */
    public static final String INPUT = "input";

    /** The input of a custom tool. Arguments that are not the expected object are the input themselves. */
    public static String input(String arguments) {
        if (!JsonSlices.isObjectOrArray(arguments)) {
            return arguments;
        }
        JsonNode input = Json.tree(new RawJson(arguments)).path(INPUT);
        return input.isTextual() ? input.textValue() : arguments;
    }

    /** The arguments of the function for an input. */
    public static String arguments(String input) {
        return "{\"" + INPUT + "\":" + JsonSlices.quoted(input) + "}";
    }
}
