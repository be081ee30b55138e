package org.o1api.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes as the config writes it: {@code 4096}, {@code 64KiB}, {@code 10MiB}. */
final class SizeText {
    private static final Pattern FORM = Pattern.compile("(\\d{1,10}) ?(|KiB|MiB)");

    private SizeText() {}

    static Optional<Long> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(form.group(1));
        return Optional.of(
                switch (form.group(2)) {
                    case "KiB" -> amount << 10;
                    case "MiB" -> amount << 20;
                    default -> amount;
                });
    }

    static String of(long bytes) {
        if (bytes == 0 || bytes % (1 << 10) != 0) {
            return Long.toString(bytes);
        }
        return bytes % (1 << 20) == 0 ? (bytes >> 20) + "MiB" : (bytes >> 10) + "KiB";
    }
}
