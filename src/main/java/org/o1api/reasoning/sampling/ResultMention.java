package org.o1api.reasoning.sampling;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Whether an answer says its result: then a line with the result only repeats it. */
final class ResultMention {
    private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{M}\\p{N}]++");
    /** Scripts that are written without spaces between words. */
    private static final Pattern UNSPACED =
            Pattern.compile(".*[\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsThai}].*", Pattern.DOTALL);

    private static final List<String> NUMBERS = List.of(
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve");

    private ResultMention() {}

    /**
     * Whether the end of an answer has the result: a number by value or in words, an option's letter by itself, anything else by its
     * words.
     */
    static boolean in(String answer, String result) {
        String end = KeyRules.endOf(answer);
        AnswerKey key = AnswerKey.of(result);
        if (key == null) {
            return true; // it says nothing
        }
        return switch (key.kind()) {
            case NUMBER -> hasNumber(end, key.value());
            case OPTION -> hasLetter(end, key.value());
            default -> hasWords(end, result);
        };
    }

    private static boolean hasNumber(String text, String value) {
        int word = value.length() > 2 || !value.matches("\\d+") ? NUMBERS.size() : Integer.parseInt(value);
        return Numbers.in(PlainText.of(text)).stream()
                        .anyMatch(found -> found.value().equals(value))
                || (word < NUMBERS.size() && hasWords(text, NUMBERS.get(word)));
    }

    private static boolean hasLetter(String text, String letter) {
        return Pattern.compile("(?<![\\p{L}\\p{N}])" + letter + "(?![\\p{L}\\p{N}'’]|\\s\\p{Ll})")
                .matcher(text)
                .find();
    }

    private static boolean hasWords(String text, String result) {
        String words = words(result);
        boolean spaced = !UNSPACED.matcher(words).matches();
        return spaced ? words(text).contains(words) : words(text).contains(words.strip());
    }

    /** The words of a text in lower case, each between spaces. */
    private static String words(String text) {
        return " " + NO_WORD.matcher(PlainText.of(text)).replaceAll(" ").strip().toLowerCase(Locale.ROOT) + " ";
    }
}
