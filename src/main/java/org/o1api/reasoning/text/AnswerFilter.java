package org.o1api.reasoning.text;

/**
 * Takes the answer out of a text in which the model may have continued in the form of the reasoning. It holds text back only while that is
 * undecided, at most {@value #MAX_HELD} characters, and as many of white space.
 */
public interface AnswerFilter {
    int MAX_HELD = 1 << 15;

    /** Adds text. */
    void feed(String more);

    /** The text that will end next was truncated: reasoning in it that has not ended is not the answer. */
    default void markTruncated() {}

    /** The text has ended. Idempotent. */
    void end();

    /** Returns the answer's text since the last call. */
    String drain();

    /** Returns what has turned out to be reasoning since the last call. */
    default String drainReasoning() {
        return "";
    }

    /** The number of characters at the start of the text that are not the answer, as far as the answer starts after reasoning. */
    default int reasoningLength() {
        return 0;
    }

    /** Whether the text does not have the format that the caller requires. It is held back until {@link #releaseHeld}. */
    boolean hasWrongFormat();

    /** The number of characters that are undecided or held back. */
    int pendingLength();

    /** Passes on an answer with the wrong format because there is no better one. */
    void releaseHeld();
}
