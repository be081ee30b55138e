package org.o1api.reasoning.sampling;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * Text without markup: Markdown emphasis, HTML tags and the LaTeX that models use for results. Digits of all scripts become Latin ones.
 * Takes linear time.
 */
final class PlainText {
    /** LaTeX that is nested deeper stays. */
    private static final int MAX_DEPTH = 8;

    private static final Pattern HTML_ANSWER = Pattern.compile("(?i)<answer>");
    private static final Pattern HTML =
            Pattern.compile("(?i)</?(?:answer|b|i|u|em|strong|mark|sub|sup|p|br|div|span|code|li|center)\\s?/?>");
    private static final Pattern MIXED =
            Pattern.compile("(\\d)\\s*\\\\[dtc]?frac\\s*\\{\\s*(\\d+)\\s*\\}\\s*\\{\\s*(\\d+)\\s*\\}");
    private static final Pattern FRACTION =
            Pattern.compile("\\\\[dtc]?frac\\s*\\{\\s*([-+]?\\d+)\\s*\\}\\s*\\{\\s*(\\d+)\\s*\\}");
    private static final Pattern SHORT_FRACTION = Pattern.compile("\\\\[dtc]?frac\\s*(\\d)\\s*(\\d)");
    private static final Pattern LATEX_SPACE = Pattern.compile("\\{,\\}|\\\\[,;:! ]");
    private static final Pattern LATEX_TEXT = Pattern.compile(
            "\\\\(?:text(?:bf|it|rm|tt)?|math(?:bf|rm|it|sf|tt)|mbox|operatorname|boldsymbol|boxed|fbox)\\s*"
                    + "\\{([^{}]*)\\}");
    private static final Pattern LATEX_LAYOUT =
            Pattern.compile("\\\\(?:left|right|displaystyle|big|Big|quad|qquad)(?![A-Za-z])|\\\\[()\\[\\]]");
    private static final Pattern DEGREES = Pattern.compile("\\^\\s*+\\{?\\s*+\\\\circ\\s*+\\}?|\\\\degree(?![A-Za-z])");
    private static final Pattern TIMES = Pattern.compile("\\\\(?:times|cdot)(?![A-Za-z])");
    private static final Pattern POWER_OF_TEN =
            Pattern.compile("(\\d)\\s?[×x*·]\\s?10\\s?\\^\\s?\\{?\\s?([-+]?\\d{1,4})\\s?\\}?");
    private static final Pattern ESCAPED = Pattern.compile("\\\\([%$#&_{}])");
    private static final Pattern EMPHASIS = Pattern.compile("\\*\\*|__|`|\\$");
    private static final Pattern INVISIBLE = Pattern.compile("[\\u00ad\\u200b-\\u200f\\u2060\\ufeff]");
    /** A dash in place of a minus. */
    private static final Pattern DASH = Pattern.compile("(?<![^\\s(=:])[\\u2013\\u2010\\u2011](?=\\d)");

    private static final Map<Integer, String> VULGAR_FRACTIONS = Map.ofEntries(
            Map.entry((int) '½', "1/2"),
            Map.entry((int) '⅓', "1/3"),
            Map.entry((int) '⅔', "2/3"),
            Map.entry((int) '¼', "1/4"),
            Map.entry((int) '¾', "3/4"),
            Map.entry((int) '⅕', "1/5"),
            Map.entry((int) '⅖', "2/5"),
            Map.entry((int) '⅗', "3/5"),
            Map.entry((int) '⅘', "4/5"),
            Map.entry((int) '⅙', "1/6"),
            Map.entry((int) '⅚', "5/6"),
            Map.entry((int) '⅛', "1/8"),
            Map.entry((int) '⅜', "3/8"),
            Map.entry((int) '⅝', "5/8"),
            Map.entry((int) '⅞', "7/8"));

    private PlainText() {}

    /** Returns the text without markup. Its lines stay as they are. */
    static String of(String text) {
        String plain = INVISIBLE.matcher(withLatinDigits(text)).replaceAll("");
        plain = HTML_ANSWER.matcher(plain).replaceAll("Answer: ");
        plain = HTML.matcher(plain).replaceAll("");
        if (plain.indexOf('\\') >= 0 || plain.contains("{,}")) {
            plain = withoutLatex(plain);
        }
        plain = EMPHASIS.matcher(plain).replaceAll("");
        plain = DASH.matcher(plain).replaceAll("-");
        return POWER_OF_TEN.matcher(plain).replaceAll("$1e$2");
    }

    private static String withoutLatex(String text) {
        String plain = LATEX_SPACE.matcher(text).replaceAll("\u2009");
        plain = MIXED.matcher(plain).replaceAll("$1 $2/$3");
        plain = FRACTION.matcher(plain).replaceAll("$1/$2");
        plain = SHORT_FRACTION.matcher(plain).replaceAll("$1/$2");
        plain = DEGREES.matcher(plain).replaceAll("°");
        plain = TIMES.matcher(plain).replaceAll("×");
        for (int depth = 0, before = -1; depth < MAX_DEPTH && plain.length() != before; depth++) { // innermost first
            before = plain.length();
            plain = LATEX_TEXT.matcher(plain).replaceAll("$1");
        }
        plain = LATEX_LAYOUT.matcher(plain).replaceAll(" ");
        return ESCAPED.matcher(plain).replaceAll("$1");
    }

    /** Replaces the digits of all scripts, full-width characters, fractions in one character, and the typographic minus. */
    private static String withLatinDigits(String text) {
        StringBuilder latin = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            String fraction = VULGAR_FRACTIONS.get(c);
            if (c <= '9') {
                latin.appendCodePoint(c);
            } else if (fraction != null) {
                boolean afterDigit = !latin.isEmpty() && Character.isDigit(latin.charAt(latin.length() - 1));
                latin.append(afterDigit ? " " : "").append(fraction);
            } else if (Character.isDigit(c)) {
                latin.append((char) ('0' + Character.digit(c, 10)));
            } else {
                latin.appendCodePoint(latinOf(c));
            }
        });
        return latin.toString();
    }

    private static int latinOf(int c) {
        if (c >= 0xff01 && c <= 0xff5e) { // full-width
            return c - 0xff01 + '!';
        }
        return switch (c) {
            case 0x2212, 0xfe63 -> '-';
            case 0x2044, 0x2215 -> '/';
            case 0x066b -> '.';
            case 0x066c -> ',';
            default -> c;
        };
    }
}
