package org.o1api.reasoning.sampling;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** Compares results in words: without case, punctuation, white space and a leading "the". Signs that change what they say stay. */
final class TextKey {
    private static final Pattern LETTERS_AND_DIGITS = Pattern.compile("[\\p{L}\\p{N}]");
    private static final Pattern ARTICLE = Pattern.compile("the\\s++(?=[\\p{L}\\p{N}])");
    /** Intervals: a square bracket belongs to the value. */
    private static final Pattern INTERVAL =
            Pattern.compile("\\[[^\\[\\]()]*[,;][^\\[\\]()]*[\\])]|\\([^\\[\\]()]*[,;][^\\[\\]()]*\\]");

    private static final Pattern SIGN =
            Pattern.compile("(?<![\\p{L}\\p{N}\\p{M})\\]])-(?=[\\p{N}∞π√(.\\\\]|\\p{L}(?!\\p{L}))");
    private static final Pattern DIFFERENCE =
            Pattern.compile("(?<=[\\p{N})]|(?<!\\p{L})\\p{L})\\s?-\\s?(?=\\p{L}(?!\\p{L}))");
    private static final String MINUS = "\u2212";
    private static final Pattern SHARP = Pattern.compile("(?<=\\p{L})#");
    private static final Pattern BETWEEN_DIGITS =
            Pattern.compile("(?<=\\p{N})(?!\\.\\p{N})[\\p{P}\\p{Z}\\s]+(?=\\p{N})");
    private static final Pattern IGNORED = Pattern.compile("(?!(?<=\\p{N})\\.\\p{N})[\\p{P}\\p{Z}\\s$`&&[^|/]]");
    private static final Pattern IGNORED_IN_INTERVAL =
            Pattern.compile("(?!(?<=\\p{N})\\.\\p{N})[\\p{P}\\p{Z}\\s$`&&[^|/\\[\\]]]");

    private TextKey() {}

    /** Returns the key of a text. */
    static AnswerKey of(String text) {
        String date = Dates.canonical(text);
        return AnswerKey.labelled(AnswerKey.Kind.TEXT, date == null ? fold(text) : date, text);
    }

    /** Returns a text without what does not count. */
    static String fold(String text) {
        String folded = Normalizer.normalize(text.replace("²", "^2").replace("³", "^3"), Normalizer.Form.NFKC)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT);
        if (!LETTERS_AND_DIGITS.matcher(folded).find()) {
            return folded.replaceAll("\\s+", "");
        }
        boolean isInterval = INTERVAL.matcher(folded).matches();
        folded = ARTICLE.matcher(folded).lookingAt() ? ARTICLE.matcher(folded).replaceFirst("") : folded;
        folded = SIGN.matcher(folded).replaceAll(MINUS);
        folded = DIFFERENCE.matcher(folded).replaceAll(MINUS);
        folded = SHARP.matcher(folded).replaceAll("♯");
        folded = BETWEEN_DIGITS.matcher(folded).replaceAll("|");
        return (isInterval ? IGNORED_IN_INTERVAL : IGNORED).matcher(folded).replaceAll("");
    }
}
