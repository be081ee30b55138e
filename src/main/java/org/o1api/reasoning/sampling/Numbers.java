package org.o1api.reasoning.sampling;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the numbers of a {@link PlainText}. The value of a number is the same for all ways to write it: a decimal if it has an end,
 * otherwise a reduced fraction. Percent signs, currencies and units are not part of it; {@code million} and the like are.
 *
 * <p>If a number can be read in two ways, the English one counts: {@code 1,234} is above a thousand, {@code 1.234} is below two.
 */
final class Numbers {
    private static final int MAX_DIGITS = 100;

    private static final String SEPARATORS = "\\u00a0\\u2009\\u202f'\u2019_";

    /** A space, apostrophe or underscore between groups of three digits. */
    private static final Pattern SEPARATOR = Pattern.compile("(?<=\\d)[" + SEPARATORS + "](?=\\d{3}(?!\\d))");

    private static final String DECIMALS = "(\\d{1,40})(?![\\d]|[.,]\\d)";
    /** Groups of three digits that may have ordinary spaces between them, and decimals after a comma or point. */
    private static final Pattern SPACED = Pattern.compile(
            "(?<![\\d.,])([1-9]\\d{0,2}(?:[ " + SEPARATORS + "]\\d{3}){1,40})(?!\\d)(?:[.,]" + DECIMALS + ")?");
    /** An ordinary space can also be between two numbers. */
    private static final Pattern MAY_BE_TWO = Pattern.compile("\\d{1,3} [1-9]\\d\\d");
    /** Points between groups of three digits, and decimals after a comma. */
    private static final Pattern POINTED =
            Pattern.compile("(?<![\\d.,])([1-9]\\d{0,2}(?:\\.\\d{3}){1,40})," + DECIMALS);

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

    /** Removes separators of thousands unless that leaves open which number it is, as in {@code 1,234} and {@code 1.234}. */
    static String withoutSeparators(String plainText) {
        String text = SPACED.matcher(plainText)
                .replaceAll(number -> Matcher.quoteReplacement(
                        number.group(2) == null
                                        && MAY_BE_TWO.matcher(number.group(1)).matches()
                                ? number.group()
                                : joined(number)));
        text = POINTED.matcher(text).replaceAll(Numbers::joined);
        return SEPARATOR.matcher(text).replaceAll("");
    }

    private static String joined(MatchResult number) {
        StringBuilder joined = new StringBuilder();
        number.group(1).chars().filter(Character::isDigit).forEach(digit -> joined.append((char) digit));
        return number.group(2) == null ? joined.toString() : joined + "." + number.group(2);
    }

    /** Returns all numbers, in order. The indexes are those of the text without separators. */
    static List<Found> in(String plainText) {
        List<Found> found = new ArrayList<>();
        String text = withoutSeparators(plainText);
        Matcher numbers = NUMBER.matcher(text);
        while (numbers.find()) {
            Magnitude magnitude = Magnitude.at(text, numbers.end());
            String value = value(numbers, magnitude.power());
            if (value != null) {
                found.add(new Found(value, numbers.start(), magnitude.end()));
            }
        }
        return found;
    }

    private static @Nullable String value(Matcher number, int power) {
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
        value = power == 0 ? value : value.scaleByPowerOfTen(power);
        boolean negative = "-".equals(number.group(1));
        if (denominator == null) {
            return plain(negative ? value.negate() : value);
        }
        BigInteger divisor = new BigInteger(denominator);
        if (whole != null) {
            value = value.add(new BigDecimal(new BigInteger(whole).multiply(divisor)).scaleByPowerOfTen(power));
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
