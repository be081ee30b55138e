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
    private boolean inFence;

    private boolean finished;

    /**
     * A step has ended.
     *
     * @param opensFence whether a fence begins before it
     */
    void startAfterStep(boolean opensFence) {
        inFence |= opensFence;
        lineEnded = false;
        finished = false;
    }

    /** Whether something else follows, at the index that {@link #skip} gave last. */
    boolean hasEnded() {
        return finished;
    }

    /**
     * Skips as much as has arrived and is decided.
     *
     * @param complete whether no more text comes
     * @return the index of what is left
     */
    int skip(StringBuilder text, int from, boolean complete) {
        int rest = from;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '`' && inFence) {
                int end = LeadingObject.endOfFence(text, i, complete);
                if (end < 0) {
                    finished = end == ReplyCursor.NOT_FOUND;
                    return rest;
                }
                inFence = false;
                lineEnded = false;
                rest = end;
                i = end - 1;
            } else if (c == '\n' || c == '\r' || c == ',' || c == ']') {
                lineEnded |= c < ' ';
                rest = i + 1;
            } else if (!ReplyCursor.isSpace(c)) {
                finished = true;
                return rest;
            } else if (!lineEnded || i - rest >= MAX_INDENTATION) {
                rest = i + 1;
            }
        }
        return complete ? text.length() : rest;
    }
}
