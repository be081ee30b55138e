package org.o1api.reasoning.sampling;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads dates and times of day: each is one result although it has several numbers. Dates with a month in words, or with the year first,
 * are equal by value; in {@code 05/06/2024} it is unknown which one the month is.
 */
final class Dates {
    /** The length of a date with its weekday. */
    private static final int MAX_DATE = 32;

    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

    private static final String MONTH = "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
            + "|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
    private static final String OTHER_MONTHS =
            "januar|jänner|februar|märz|mai|juni|juli|august|oktober|dezember|janvier|février|mars"
                    + "|avril|juin|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto"
                    + "|septiembre|octubre|noviembre|diciembre";
    private static final String ORDINAL = "(?:st|nd|rd|th)?";

    private static final Pattern WITH_MONTH =
            Pattern.compile("(?iu)(?<!\\p{L})(?:" + MONTH + "|" + OTHER_MONTHS + ")\\.?\\s\\d" + "|\\d" + ORDINAL
                    + "\\.?\\s(?:of\\s|de\\s)?(?:(?!may(?!\\s\\d))" + MONTH + "|" + OTHER_MONTHS + ")(?!\\p{L})");
    private static final Pattern IN_DIGITS =
            Pattern.compile("(?<!\\d)(?:\\d{1,4}([-/.])\\d{1,2}\\1\\d{1,4}|\\d{1,3}:\\d{1,3}(?::\\d{1,3})?)(?!\\d)");

    private static final String WEEKDAY = "(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\\s)?";
    private static final Pattern MONTH_FIRST = Pattern.compile(
            "(?iu)" + WEEKDAY + "(" + MONTH + ")\\.?\\s(\\d{1,2})" + ORDINAL + "(?:(?:,\\s?|\\s)(\\d{4}))?");
    private static final Pattern DAY_FIRST = Pattern.compile("(?iu)" + WEEKDAY + "(?:the\\s)?(\\d{1,2})" + ORDINAL
            + "\\s(?:of\\s)?(" + MONTH + ")\\.?(?:(?:,\\s?|\\s)(\\d{4}))?");
    private static final Pattern YEAR_FIRST =
            Pattern.compile("(\\d{4})(?:([-/.])(\\d{1,2})\\2(\\d{1,2})|年(\\d{1,2})月(\\d{1,2})日)");
    private static final Pattern TIME = Pattern.compile("(?iu)(\\d{1,2})(?::(\\d{2}))?\\s?([ap])\\.?\\s?m\\.?");

    private Dates() {}

    /** Whether a text is one date or time, possibly with other words. */
    static boolean isDate(String text) {
        return text.length() <= MAX_DATE
                && (IN_DIGITS.matcher(text).matches()
                        || WITH_MONTH.matcher(text).find()
                        || canonical(text) != null);
    }

    /** Returns the canonical form of a date or of a time with a.m. or p.m.; null if a text is neither. */
    static @Nullable String canonical(String text) {
        if (text.length() > MAX_DATE) {
            return null;
        }
        Matcher date = MONTH_FIRST.matcher(text);
        if (date.matches()) {
            return date(date.group(3), month(date.group(1)), date.group(2));
        }
        date = DAY_FIRST.matcher(text);
        if (date.matches()) {
            return date(date.group(3), month(date.group(2)), date.group(1));
        }
        date = YEAR_FIRST.matcher(text);
        if (date.matches()) {
            return date.group(2) == null
                    ? date(date.group(1), date.group(5), date.group(6))
                    : date(date.group(1), date.group(3), date.group(4));
        }
        Matcher time = TIME.matcher(text);
        return time.matches() ? time(time) : null;
    }

    private static String month(String word) {
        return String.valueOf(MONTHS.indexOf(word.substring(0, 3).toLowerCase(Locale.ROOT)) + 1);
    }

    private static String date(@Nullable String year, String month, String day) {
        return (year == null ? "" : year) + "|" + twoDigits(month) + "|" + twoDigits(day);
    }

    private static String time(Matcher time) {
        int hour = Integer.parseInt(time.group(1)) % 12 + (time.group(3).equalsIgnoreCase("p") ? 12 : 0);
        return twoDigits(String.valueOf(hour)) + "|" + (time.group(2) == null ? "00" : time.group(2));
    }

    private static String twoDigits(String number) {
        return number.length() == 1 ? "0" + number : number;
    }
}
