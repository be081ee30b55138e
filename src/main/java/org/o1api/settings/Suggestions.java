package org.o1api.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.DamerauLevenshteinDistance;

/** Suggests the known name closest to a misspelt one. */
final class Suggestions {
    private Suggestions() {}

    /** A hint to append to an error message; empty if no name is close. */
    static String hint(String name, Collection<String> known) {
        return closest(name, known)
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse("");
    }

    /** The closest name within a few edits (a third of the length, 1 to 4); empty if there is none. */
    static Optional<String> closest(String name, Collection<String> known) {
        String normalized = normalize(name);
        int limit = Math.max(1, Math.min(4, normalized.length() / 3));
        DamerauLevenshteinDistance distance = new DamerauLevenshteinDistance(limit);
        return known.stream()
                .filter(candidate -> distance.apply(normalized, normalize(candidate)) >= 0)
                .min(Comparator.comparingInt(candidate -> distance.apply(normalized, normalize(candidate))));
    }

    /** Ignores case and word separators. */
    private static String normalize(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_. ]", "");
    }
}
