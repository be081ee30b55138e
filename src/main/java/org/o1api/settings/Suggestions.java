package org.o1api.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.DamerauLevenshteinDistance;

/** The known name that somebody who wrote an unknown one may have meant. */
final class Suggestions {
    private Suggestions() {}

    /** A hint to append to an error, empty when nothing is near. */
    static String hint(String name, Collection<String> known) {
        return closest(name, known).map(near -> "; did you mean " + near + "?").orElse("");
    }

    static Optional<String> closest(String name, Collection<String> known) {
        String wanted = plain(name);
        int limit = Math.max(1, Math.min(4, wanted.length() / 3));
        DamerauLevenshteinDistance distance = new DamerauLevenshteinDistance(limit);
        return known.stream()
                .filter(near -> distance.apply(wanted, plain(near)) >= 0)
                .min(Comparator.comparingInt(near -> distance.apply(wanted, plain(near))));
    }

    /** Case and word separators are what is mistaken most. */
    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_. ]", "");
    }
}
