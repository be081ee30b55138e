package org.o1api.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The header {@code tracestate} of W3C Trace Context: entries {@code key=value}, the most recent one first. */
final class TraceState {
    private static final int MAX_LENGTH = 512;
    private static final int MAX_ENTRIES = 32;
    /** Longer entries are removed first if the header is too long. */
    private static final int LONG_ENTRY = 128;

    private static final Pattern KEY = Pattern.compile("[a-z0-9][a-z0-9_\\-*/@]{0,255}");
    /** Printable ASCII characters except comma and equals sign, not ending with a space. */
    private static final Pattern VALUE = Pattern.compile("[ -~&&[^,=]]{0,255}[!-~&&[^,=]]");

    private TraceState() {}

    /**
     * Joins the values of all headers, and shortens the result to 512 characters by removing whole entries.
     *
     * @return null if no entry is left, or if an entry is invalid
     */
    static @Nullable String normalize(List<String> headers) {
        List<String> entries = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        for (String entry : String.join(",", headers).split(",", -1)) {
            String stripped = entry.strip();
            if (!stripped.isEmpty()) {
                int equals = stripped.indexOf('=');
                if (equals < 0
                        || !KEY.matcher(stripped.substring(0, equals)).matches()
                        || !VALUE.matcher(stripped.substring(equals + 1)).matches()
                        || !keys.add(stripped.substring(0, equals))) {
                    return null;
                }
                entries.add(stripped);
            }
        }
        return entries.size() > MAX_ENTRIES ? null : shortened(entries);
    }

    private static @Nullable String shortened(List<String> entries) {
        for (int i = entries.size() - 1; i >= 0 && length(entries) > MAX_LENGTH; i--) {
            if (entries.get(i).length() > LONG_ENTRY) {
                entries.remove(i);
            }
        }
        while (length(entries) > MAX_LENGTH) {
            entries.remove(entries.size() - 1);
        }
        return entries.isEmpty() ? null : String.join(",", entries);
    }

    private static int length(List<String> entries) {
        return entries.stream().mapToInt(entry -> entry.length() + 1).sum() - 1;
    }
}
