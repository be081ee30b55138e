package org.o1api.upstream;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A validation error that a provider writes as text.
 *
 * @param param the path of the field; null if the text names none
 * @param message what is wrong with it, without the value
 */
record ValidationError(@Nullable String param, String message) {
    /** Python's or JavaScript's text of a list of errors. Of an error its {@code input} comes after both. */
    private static final Pattern LIST =
            Pattern.compile("['\"]loc['\"]:\\s*[(\\[]([^)\\]]{0,1000})[)\\]],\\s*['\"]msg['\"]:\\s*"
                    + "(?:'([^'\\\\]*+(?:\\\\.[^'\\\\]*+)*+)'|\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\")");

    private static final Pattern PYDANTIC = Pattern.compile(
            "validation errors? for [^\\n]{0,1000}\\n([\\w.\\[\\]-]{1,1000})\\n[ \\t]{1,100}+([^\\n]{0,2000}?)[ \\t]{0,10}\\[type=");

    /** The value that was rejected, which is a part of the request, and what a model wrote. */
    private static final Pattern INPUT = Pattern.compile(
            ",?\\s{0,10}(?:input_value=.*?(?=, input_type=|]|$)|['\"](?:input|failed_generation)['\"]:.*)",
            Pattern.DOTALL);

    /** The first error in a text; null if there is none in these forms. */
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
