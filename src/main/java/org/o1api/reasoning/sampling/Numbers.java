package org.o1api.reasoning.sampling;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the numbers of a {@link PlainText}. The value of a number is the same for all ways to write it: a decimal if it has an end,
 * otherwise a reduced fraction. Percent signs, currencies and units are not part of it.
 */
final class Numbers {
    private static final int MAX_DIGITS = 100;

    /** A space, apostrophe or underscore between groups of three digits. */
    private static final Pattern SEPARATOR =
            Pattern.compile("(?<=\\d)[\\u00a0\\u2009\\u202f'\\u2019_](?=\\d{3}(?!\\d))");

    /**
     * Digits with commas (of thousands, or Indian), with points between at least three groups, or without separators. The number of groups
     * is limited, because a search that fails tries all of them again at the next one.
     */
    private static final String DIGITS = "(?:\\d{1,3}(?:,\\d{3}){1,40}(?!\\d)|\\d{1,2}(?:,\\d{2}){1,40},\\d{3}(?!\\d)"
            + "|\\d{1,3}(?:\\.\\d{3}){2,40}(?!\\d)|\\d++|(?=\\.\\d))";

    /** Sign, whole part of a mixed number, digits, decimals, exponent, and the denominator of a fraction. */
    private static final Pattern NUMBER = Pattern.compile("(?<![A-Za-z_\\d.])(?:(?<![\\d)\\]}][ ]?)([-+])[$€£¥]?\\s?)?"
            + "(?:(\\d{1,9})[ -](?=\\d{1,9}/\\d))?"
            + "(" + DIGITS + ")"
            + "((?:\\.\\d+|(?<=\\d),\\d{1,2}(?![\\d,.]\\d|\\d))?(?:[eE][-+]?\\d{1,4}(?![\\w]))?)"
            + "(?:\\s?/\\s?(\\d++)(?!\\.\\d|/))?");

    /**
     * A number in a text.
     *
     * @param start the index of its first character
     * @param end the index after its last character
     */
    record Found(String value, int start, int end) {}

    private Numbers() {}

    /** Returns the value of the last number; null if there is none. */
    static @Nullable String last(String plainText) {
        List<Found> all = in(plainText);
        return all.isEmpty() ? null : all.get(all.size() - 1).value();
    }

    /** Removes separators of thousands other than commas and points. */
    static String withoutSeparators(String plainText) {
        return SEPARATOR.matcher(plainText).replaceAll("");
    }

    /** Returns all numbers, in order. The indexes are those of the text without separators. */
    static List<Found> in(String plainText) {
        List<Found> found = new ArrayList<>();
        Matcher numbers = NUMBER.matcher(withoutSeparators(plainText));
        while (numbers.find()) {
            String value = value(numbers);
            if (value != null) {
                found.add(new Found(value, numbers.start(), numbers.end()));
            }
        }
        return found;
    }

    private static @Nullable String value(Matcher number) {
        String whole = number.group(2);
        String digits = number.group(3);
        String denominator = number.group(5);
        boolean grouped = digits.indexOf('.') >= 0;
        String written = digits.replace(",", "").replace(".", "")
                + (grouped ? "" : number.group(4).replace(',', '.'));
        if (written.length() + (denominator == null ? 0 : denominator.length()) > MAX_DIGITS) {
            return null;
        }
        BigDecimal value = new BigDecimal(written);
        boolean negative = "-".equals(number.group(1));
        if (denominator == null) {
            return plain(negative ? value.negate() : value);
        }
        BigInteger divisor = new BigInteger(denominator);
        if (whole != null) {
            value = value.add(new BigDecimal(new BigInteger(whole).multiply(divisor)));
        }
        return quotient(negative ? value.negate() : value, divisor);
    }

    private static String quotient(BigDecimal value, BigInteger divisor) {
        if (divisor.signum() == 0 || Math.abs(value.scale()) > MAX_DIGITS) {
            return plain(value) + "/" + divisor;
        }
        BigInteger scale = BigInteger.TEN.pow(Math.max(0, value.scale()));
        BigInteger numerator = value.multiply(new BigDecimal(scale)).toBigIntegerExact();
        BigInteger denominator = divisor.multiply(scale);
        BigInteger common = numerator.gcd(denominator);
        numerator = numerator.divide(common);
        denominator = denominator.divide(common);
        try {
            return plain(new BigDecimal(numerator).divide(new BigDecimal(denominator)));
        } catch (ArithmeticException e) { // its decimals have no end
            return numerator + "/" + denominator;
        }
    }

    private static String plain(BigDecimal value) {
        BigDecimal stripped = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        return Math.abs(stripped.scale()) > MAX_DIGITS ? stripped.toString() : stripped.toPlainString();
    }
}
