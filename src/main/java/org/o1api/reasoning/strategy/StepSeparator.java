package org.o1api.reasoning.strategy;

/**
 * What is between two steps, or behind the last one: white space, commas, brackets, and the end of the step's fence. The indentation of
 * what follows is no part of it.
 */
final class StepSeparator {
    /** White space above any indentation. */
    private static final int MAX_INDENTATION = 256;

    /** Whether a line has ended since the step. */
    private boolean lineEnded;
    /** Whether the step stands in a fence that has not closed. */
    private boolean fenced;

    private boolean over;

    /**
     * A step has ended.
     *
     * @param opensFence whether a fence begins before it
     */
    void startAfterStep(boolean opensFence) {
        fenced |= opensFence;
        lineEnded = false;
        over = false;
    }

    /** Whether something else follows, at the index that {@link #skip} gave last. */
    boolean hasEnded() {
        return over;
    }

    /**
     * Skips as much as has arrived and is decided.
     *
     * @param ended whether no more text comes
     * @return the index of what is left
     */
    int skip(StringBuilder text, int from, boolean ended) {
        int left = from;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '`' && fenced) {
                int end = LeadingObject.endOfFence(text, i, ended);
                if (end < 0) {
                    over = end == ReplyCursor.NOT_FOUND;
                    return left;
                }
                fenced = false;
                lineEnded = false;
                left = end;
                i = end - 1;
            } else if (c == '\n' || c == '\r' || c == ',' || c == ']') {
                lineEnded |= c < ' ';
                left = i + 1;
            } else if (!ReplyCursor.isSpace(c)) {
                over = true;
                return left;
            } else if (!lineEnded || i - left >= MAX_INDENTATION) {
                left = i + 1;
            }
        }
        return ended ? text.length() : left;
    }
}
