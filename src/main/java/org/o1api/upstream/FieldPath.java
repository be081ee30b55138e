package org.o1api.upstream;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Converts a validator's location of an error to the format of OpenAI's {@code param}, such as {@code messages[0].role}. */
final class FieldPath {
    private static final Pattern INDEX = Pattern.compile("\\d{1,6}");
    private static final Pattern NAME = Pattern.compile("[a-z_$][\\w-]*");
    private static final Pattern MESSAGE = Pattern.compile("messages\\[\\d+]");
    private static final Pattern ROLE = Pattern.compile("system|developer|user|assistant|tool|function");

    private FieldPath() {}

    /**
     * The path without the segments that validators add: the body, and which variant of a union was tried. Null if nothing is left.
     */
    static @Nullable String of(List<String> location) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < location.size(); i++) {
            String segment = location.get(i);
            boolean isBody = i == 0 && segment.equals("body");
            boolean isVariant = i + 1 < location.size()
                    && ROLE.matcher(segment).matches()
                    && MESSAGE.matcher(path).matches();
            if (INDEX.matcher(segment).matches()) {
                path.append('[').append(segment).append(']');
            } else if (NAME.matcher(segment).matches() && !isBody && !isVariant) {
                path.append(path.isEmpty() ? "" : ".").append(segment);
            }
        }
        return path.isEmpty() ? null : path.toString();
    }
}
