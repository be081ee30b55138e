package org.o1api.upstream;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A validation error that a provider reports as text.
 *
 * @param param the path of the field; null if the text names none
 * @param message what is wrong with the field, without its value
 */
record ValidationError(@Nullable String param, String message) {
    /** A list of errors printed by Python or JavaScript. The {@code input} of an error comes after its location and message. */
    private static final Pattern LIST =
            Pattern.compile("['\"]loc['\"]:\\s*[(\\[]([^)\\]]{0,1000})[)\\]],\\s*['\"]msg['\"]:\\s*"
                    + "(?:'([^'\\\\]*+(?:\\\\.[^'\\\\]*+)*+)'|\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\")");

    private static final Pattern PYDANTIC = Pattern.compile(
            "validation errors? for [^\\n]{0,1000}\\n([\\w.\\[\\]-]{1,1000})\\n[ \\t]{1,100}+([^\\n]{0,2000}?)[ \\t]{0,10}\\[type=");

    /** The rejected value, which is part of the request, and model output. */
    private static final Pattern INPUT = Pattern.compile(
            ",?\\s{0,10}(?:input_value=.*?(?=, input_type=|]|$)|['\"](?:input|failed_generation)['\"]:.*)",
            Pattern.DOTALL);

    /** The first error in a text; null if there is none in a known format. */
    static @Nullable ValidationError find(String text) {
        Matcher list = LIST.matcher(text);
        if (list.find()) {
            String message = list.group(2) == null ? list.group(3) : list.group(2);
            List<String> location =
                    List.of(list.group(1).replaceAll("['\"\\s]", "").split(","));
            return new ValidationError(FieldPath.of(location), message);
        }
        Matcher pydantic = PYDANTIC.matcher(text);
        return pydantic.find()
                ? new ValidationError(FieldPath.of(List.of(pydantic.group(1).split("\\."))), pydantic.group(2))
                : null;
    }

    static String withoutInput(String text) {
        return INPUT.matcher(text).replaceAll("");
    }
}
