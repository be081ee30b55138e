package org.o1api.reasoning.vote;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The last number of a text, in one notation for all ways to write it. If the text has a LaTeX box, only the last box counts. Percent
 * signs, currencies and units are ignored.
 */
final class LastNumber {
    private static final String BOX = "\\boxed{";
    private static final int MAX_DIGITS = 100;

    private static final Pattern FRACTION =
            Pattern.compile("\\\\[dt]?frac\\s*\\{\\s*([-+]?\\d+)\\s*\\}\\s*\\{\\s*(\\d+)\\s*\\}");
    private static final Pattern LATEX_SPACE = Pattern.compile("\\{,\\}|\\\\[,;:! ]");
    /** A space, apostrophe or underscore between groups of three digits. */
    private static final Pattern SEPARATOR =
            Pattern.compile("(?<=\\d)[\\u00a0\\u2009\\u202f'\\u2019_](?=\\d{3}(?!\\d))");

    /** Sign, digits with commas between groups of three, decimals, exponent, and the denominator of a fraction. */
    private static final Pattern NUMBER = Pattern.compile("(?<![A-Za-z_\\d.])(?:(?<![\\d)\\]}][ ]?)([-+]))?"
            + "(\\d{1,3}(?:,\\d{3})+(?!\\d)|\\d+|(?=\\.\\d))((?:\\.\\d+)?(?:[eE][-+]?\\d{1,4}(?![\\w]))?)"
            + "(?:\\s?/\\s?(\\d+)(?![\\d/.]))?");

    private LastNumber() {}

    /** Returns the number; null if the text has none. */
    static @Nullable String of(String text) {
        String box = lastBox(text);
        String number = box == null ? null : last(box);
        return number == null ? last(text) : number;
    }

    private static @Nullable String lastBox(String text) {
        int start = text.lastIndexOf(BOX);
        if (start < 0) {
            return null;
        }
        int depth = 1;
        int end = start + BOX.length();
        while (end < text.length() && depth > 0) {
            char c = text.charAt(end++);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        }
        return text.substring(start + BOX.length(), depth == 0 ? end - 1 : end);
    }

    private static @Nullable String last(String text) {
        Matcher numbers = NUMBER.matcher(plain(text));
        String last = null;
        while (numbers.find()) {
            String value = value(numbers);
            last = value == null ? last : value;
        }
        return last;
    }

    private static String plain(String text) {
        String latin = FRACTION.matcher(withLatinDigits(text)).replaceAll("$1/$2");
        return SEPARATOR
                .matcher(LATEX_SPACE.matcher(latin).replaceAll("\u2009"))
                .replaceAll("");
    }

    /** Replaces the digits of all scripts, and the typographic minus. */
    private static String withLatinDigits(String text) {
        StringBuilder latin = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > '9' && Character.isDigit(c)) {
                latin.append((char) ('0' + Character.digit(c, 10)));
            } else {
                latin.append(c == '\u2212' ? '-' : c);
            }
        }
        return latin.toString();
    }

    private static @Nullable String value(Matcher number) {
        String digits = number.group(2).replace(",", "") + number.group(3);
        String denominator = number.group(4);
        if (digits.length() + (denominator == null ? 0 : denominator.length()) > MAX_DIGITS) {
            return null;
        }
        BigDecimal value = new BigDecimal(("-".equals(number.group(1)) ? "-" : "") + digits);
        if (denominator == null) {
            return plain(value);
        }
        BigInteger divisor = new BigInteger(denominator);
        return divisor.signum() == 0 || value.stripTrailingZeros().scale() > 0
                ? plain(value) + "/" + divisor
                : fraction(value.toBigInteger(), divisor);
    }

    private static String fraction(BigInteger numerator, BigInteger divisor) {
        BigInteger common = numerator.gcd(divisor);
        BigInteger reduced = divisor.divide(common);
        return numerator.divide(common) + (reduced.equals(BigInteger.ONE) ? "" : "/" + reduced);
    }

    private static String plain(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        return Math.abs(stripped.scale()) > MAX_DIGITS ? stripped.toString() : stripped.toPlainString();
    }
}
