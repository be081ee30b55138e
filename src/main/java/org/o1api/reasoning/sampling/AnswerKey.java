package org.o1api.reasoning.sampling;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an answer says, in a form in which answers that agree are equal. Numbers are equal by value without their units, options by
 * letter, JSON in canonical form, and other text without case, punctuation and white space.
 */
public final class AnswerKey {
    /** What kind of result it is. */
    public enum Kind {
        NUMBER,
        /** A letter that names one of several options. */
        OPTION,
        /** A letter, a point and a name. It is an option if the question has options, otherwise a name with an initial. */
        OPTION_OR_NAME,
        /** Yes, no, true or false. */
        TRUTH,
        TEXT,
        JSON,
        /** Tool calls, by their names and arguments. */
        TOOL_CALLS,
        REFUSAL
    }

    private static final int MAX_LABEL = 120;

    private final Kind kind;
    private final String value;
    private final String label;

    private AnswerKey(Kind kind, String value, String label) {
        this.kind = kind;
        this.value = value;
        this.label = label;
    }

    /**
     * Reads a result as people and models write it, such as {@code 1,000 km}, {@code (B)}, {@code \frac{1}{2}} or {@code Paris}.
     *
     * @return null if it says nothing
     */
    public static @Nullable AnswerKey of(String result) {
        return ResultReader.read(result);
    }

    static AnswerKey number(String value) {
        return new AnswerKey(Kind.NUMBER, value, line(value));
    }

    static AnswerKey option(char letter) {
        String value = String.valueOf(letter).toUpperCase(Locale.ROOT);
        return new AnswerKey(Kind.OPTION, value, value);
    }

    /** For {@code A. Paris} or {@code A. Einstein}. */
    static AnswerKey optionOrName(char letter, String name) {
        return labelled(Kind.OPTION_OR_NAME, letter + "." + TextKey.fold(name), letter + ". " + name.strip());
    }

    static AnswerKey truth(String word) {
        String value = word.toLowerCase(Locale.ROOT);
        return new AnswerKey(Kind.TRUTH, value, value);
    }

    /** A key whose value differs from the text that readers see. */
    static AnswerKey labelled(Kind kind, String value, String text) {
        return new AnswerKey(kind, value, line(text));
    }

    public Kind kind() {
        return kind;
    }

    /** The key if the question has options. */
    AnswerKey ofQuestionWithOptions() {
        return kind == Kind.OPTION_OR_NAME ? option(value.charAt(0)) : this;
    }

    /** Whether two results are the same if there are no others: if one is an option, the question has options. */
    public boolean agreesWith(AnswerKey other) {
        boolean hasOptions = kind == Kind.OPTION || other.kind == Kind.OPTION;
        return hasOptions ? ofQuestionWithOptions().equals(other.ofQuestionWithOptions()) : equals(other);
    }

    /** The canonical form of the result. */
    public String value() {
        return value;
    }

    /** The result for readers, in one line. */
    public String label() {
        return label;
    }

    /** Whether the result is text rather than a number: a sample whose last number is its only result does not vote against it. */
    boolean isText() {
        return switch (kind) {
            case OPTION, OPTION_OR_NAME, TRUTH, TEXT, JSON -> true;
            case NUMBER, TOOL_CALLS, REFUSAL -> false;
        };
    }

    /** Shortens a text to one line. */
    static String line(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        if (line.length() <= MAX_LABEL) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(MAX_LABEL - 1)) ? MAX_LABEL - 1 : MAX_LABEL;
        return line.substring(0, end) + "…";
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AnswerKey key && kind == key.kind && value.equals(key.value);
    }

    @Override
    public int hashCode() {
        return 31 * kind.hashCode() + value.hashCode();
    }

    @Override
    public String toString() {
        return kind + " " + value;
    }
}
