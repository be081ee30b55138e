package org.o1api.upstream;

import jakarta.ws.rs.core.Response;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads how long a provider asks to wait, from headers or error texts. */
final class RetryAfter {
    private static final String NUMBER = "\\d{1,9}(?:\\.\\d{1,12})?";
    private static final String UNIT =
            "milliseconds?|millis|ms|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|s|m|h|d";
    private static final String PARTS = "(?:" + NUMBER + "\\s?(?:" + UNIT + ")(?![a-z])(?:,? )?(?:and\\s)?){1,6}";

    private static final Pattern SECONDS = Pattern.compile(NUMBER);
    private static final Pattern PART = Pattern.compile("(" + NUMBER + ")\\s?(" + UNIT + ")(?![a-z])");
    private static final Pattern DURATION = Pattern.compile(PARTS);
    private static final Pattern PHRASE = Pattern.compile("(?:try again|retry|retrying|wait|available)(?: again)?"
            + "(?: after| in| for)?(?: about| approximately| at least)?[: ]{1,2}("
            + PARTS + ")(?![a-z0-9])");

    private static final int MAX_LENGTH = 200;

    private RetryAfter() {}

    /** The wait that a response's headers ask for; null if there is none. */
    static @Nullable Duration of(Response response) {
        for (String name : new String[] {"retry-after-ms", "x-ms-retry-after-ms", "retry-after"}) {
            Duration wait = ofHeader(name, response.getHeaderString(name));
            if (wait != null) {
                return wait;
            }
        }
        return null;
    }

    /** The wait that a header asks for; null if there is none. */
    static @Nullable Duration ofHeader(String name, @Nullable String value) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "retry-after" -> parse(value, Instant.now());
            case "retry-after-ms", "x-ms-retry-after-ms" -> millis(value);
            case "x-ratelimit-reset" -> reset(value); // OpenRouter
            default -> null;
        };
    }

    /** Parses a number of milliseconds; null for anything else. */
    static @Nullable Duration millis(@Nullable String value) {
        return value != null && SECONDS.matcher(value.strip()).matches()
                ? Duration.ofMillis((long) Math.ceil(Double.parseDouble(value.strip())))
                : null;
    }

    private static @Nullable Duration reset(@Nullable String value) {
        if (value == null || !value.strip().matches("\\d{12,15}")) {
            return null;
        }
        return until(Instant.ofEpochMilli(Long.parseLong(value.strip())), Instant.now());
    }

    /**
     * Parses a wait: seconds, a date, or a duration such as {@code 1m30s}, {@code 340ms} or {@code PT30S}.
     *
     * @return null if the value cannot be parsed
     */
    static @Nullable Duration parse(@Nullable String value, Instant now) {
        if (value == null) {
            return null;
        }
        String text = value.substring(0, Math.min(value.length(), MAX_LENGTH)).strip();
        if (SECONDS.matcher(text).matches()) {
            return seconds(Double.parseDouble(text));
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (DURATION.matcher(lower).matches()) {
            return sum(lower);
        }
        try {
            if (text.startsWith("P")) {
                Duration wait = Duration.parse(text);
                return wait.isNegative() ? null : wait;
            }
            return until(
                    text.contains(",")
                            ? ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant()
                            : ZonedDateTime.parse(text).toInstant(),
                    now);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Finds a wait in a sentence such as "Please try again in 6m0s."; null if there is none. */
    static @Nullable Duration findIn(@Nullable String message) {
        if (message == null) {
            return null;
        }
        Matcher phrase = PHRASE.matcher(message.toLowerCase(Locale.ROOT));
        return phrase.find() ? sum(phrase.group(1)) : null;
    }

    private static Duration until(Instant then, Instant now) {
        return then.isBefore(now) ? Duration.ZERO : Duration.between(now, then);
    }

    private static Duration sum(String parts) {
        double total = 0;
        Matcher part = PART.matcher(parts);
        while (part.find()) {
            total += Double.parseDouble(part.group(1)) * seconds(part.group(2));
        }
        return seconds(total);
    }

    private static double seconds(String unit) {
        if (unit.startsWith("mil") || unit.equals("ms")) {
            return 0.001;
        }
        return switch (unit.charAt(0)) {
            case 'm' -> 60;
            case 'h' -> 3600;
            case 'd' -> 86_400;
            default -> 1;
        };
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis((long) Math.ceil(Math.min(seconds, 1e9) * 1000 - 1e-6));
    }
}
