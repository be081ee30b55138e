package org.o1api.reasoning.sampling;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides whether a result is the number in it: the rest may be a unit, a currency or words that say nothing. {@code At least 5},
 * {@code 5 fewer} and names such as {@code World War 2} say something else than their number.
 */
final class NumberContext {
    /** Words directly before a number that do not change what it says. */
    private static final Set<String> FILLERS =
            words("a about almost an answer approx approximately are around average be by ca"
                    + " cost costs difference earn earned earns environ equal equals es est etwa exactly for from gets got had has have in is"
                    + " ist it just length makes mean nearly need needs of on only pay pays price probability product result roughly rund"
                    + " sind son sum takes that the there to total totals value was were with"
                    + " usd us eur gbp inr rs chf jpy cny rmb cad aud");

    /** Words that a number identifies. */
    private static final Set<String> LABELS =
            words("act article bus case chapter class column day episode exercise figure flight"
                    + " gate grade group item lesson level line month no number page part phase platform problem question room round row"
                    + " rule scene season section stage step table type unit verse version volume week year");

    private static final Set<String> UNITS =
            words("celsius centimeters cents cubic day days degree degrees dollar dollars euro euros"
                    + " fahrenheit feet foot gram grams hour hours inch inches joules kelvin kilograms kilometers meter meters metre metres"
                    + " mile miles minute minutes month months newton newtons per pounds second seconds square us volts watts week weeks"
                    + " year years");

    /** Limits and functions directly before a number. */
    private static final Pattern CHANGED_BEFORE = Pattern.compile("[<>\u2264\u2265\u2260\u00b1]\\P{L}*+$"
            + "|(?iu)(?<!\\p{L})(?:at least|at most"
            + "|(?:less|more|fewer|greater|higher|lower|larger|bigger|smaller|older|younger|longer|shorter) than|over|under|above"
            + "|below|beyond|before|after|until|till|up to|down to|not|minus|negative|half|twice|double|root|log|ln|sin|cos|tan"
            + "|factorial|min(?:imum)?|max(?:imum)?|loss(?:es)?|lost|decreased?|decreases|dropped|reduction|deficit|spring|summer|autumn"
            + "|winter|early|late)(?:\\s++(?:a|an|by|of|the))*+\\P{L}*+$");

    /** Limits, directions, factors and times after a number. */
    private static final Pattern CHANGED_AFTER = Pattern.compile(
            "\\+|\\.\\d|_\\s?\\{?\\d|\\s?[分万萬亿億]+\u4e4b|(?:[kKMBT]|tn)(?!\\p{L})|\\p{L}\\d"
                    + "|\\s*+\u00b0\\s?[NSEW](?!\\p{L})"
                    + "|[^.;]{0,20}?(?<!\\p{L})(?:B\\.?C|A\\.?D|C\\.?E|BCE)(?!\\p{L})"
                    + "|(?iu)[\\s,-]*+(?:\\p{L}++\\s++)?(?:(?:or|and)\\s++(?:more|less|fewer|over|under"
                    + "|above|below|up|higher|lower|greater|older|younger)|at least|at most|minimum|maximum)(?!\\p{L})"
                    + "|(?iu)[\\s%-]*+(?:\\p{L}++\\s++){0,2}?(?:less|fewer|lower|below|decrease|reduction|loss(?:es)?|drop|decline|south|west|behind)"
                    + "(?!\\p{L})"
                    + "|(?iu)[\\s-]*+(?:dozen|score|mil|squared|cubed|factorial|pi|sqrt|choose|mod|[ap]\\.?\\s?m|o['\u2019]?clock|uhr)(?!\\p{L})");

    /** Not that of a function. */
    private static final Pattern PARENTHESIS = Pattern.compile("(?<!\\p{L})\\($");

    private static final Pattern CAPITALIZED = Pattern.compile("(?<!\\p{L})\\p{Lu}\\p{Ll}++");
    private static final Pattern LETTER = Pattern.compile("\\p{L}");
    private static final int LAST_LATIN = 0x24f;

    private NumberContext() {}

    private static Set<String> words(String text) {
        return Set.of(text.split(" ", -1));
    }

    /** Whether the rest of a result does not matter. */
    static boolean isPlain(String before, String after) {
        return !isChanged(before, after) && isPlainBefore(before, after) && !isName(after);
    }

    /** Whether a sentence says something else than its number: a limit, or a name that ends with the number. */
    static boolean isChangedInSentence(String before, String after) {
        String word = lastWord(before, before.length());
        return isChanged(before, after) || (isCapitalized(word) && !isKnown(word) && !endsLabel(before));
    }

    private static boolean isChanged(String before, String after) {
        return CHANGED_BEFORE.matcher(before).find()
                || CHANGED_AFTER.matcher(after).lookingAt();
    }

    private static boolean isPlainBefore(String before, String after) {
        String word = lastWord(before, before.length());
        if (word.isEmpty() || word.codePointAt(0) > LAST_LATIN || endsLabel(before)) {
            return true;
        }
        if (before.endsWith("-")) {
            return false; // GPT-4
        }
        String earlier = lastWord(before, before.lastIndexOf(word));
        String lower = word.toLowerCase(Locale.ROOT);
        if (LABELS.contains(lower)) {
            return !LETTER.matcher(after).find() && (!isCapitalized(earlier) || isKnown(earlier));
        }
        boolean mayBeVerb = !earlier.isEmpty() && (lower.endsWith("s") || lower.endsWith("ed"));
        return FILLERS.contains(lower) || (mayBeVerb && !isCapitalized(word));
    }

    /** Whether what stands before the number is an introduction, such as {@code Total:}. */
    private static boolean endsLabel(String before) {
        String bare = before.stripTrailing();
        return bare.endsWith(":")
                || bare.endsWith("=")
                || PARENTHESIS.matcher(bare).find();
    }

    /** Whether there are several words that look like a name. */
    private static boolean isName(String after) {
        Matcher words = CAPITALIZED.matcher(after);
        return words.results()
                        .filter(word -> !UNITS.contains(word.group().toLowerCase(Locale.ROOT)))
                        .limit(2)
                        .count()
                == 2;
    }

    private static boolean isCapitalized(String word) {
        return !word.isEmpty() && Character.isUpperCase(word.codePointAt(0));
    }

    private static boolean isKnown(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        return FILLERS.contains(lower) || LABELS.contains(lower);
    }

    /** The last word before an index; empty if there is none. */
    private static String lastWord(String text, int limit) {
        int end = limit;
        while (end > 0 && !Character.isLetter(text.charAt(end - 1))) {
            end--;
        }
        int start = end;
        while (start > 0 && Character.isLetter(text.charAt(start - 1))) {
            start--;
        }
        return text.substring(start, end);
    }
}
