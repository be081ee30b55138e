package org.o1api.reasoning.text;

/**
 * Skips what separates two steps, or follows the last one: white space, commas, brackets and the end of the step's fence. The
 * indentation of the text after it is kept.
 */
final class StepSeparator {
    /** White space beyond this is skipped even if it may be indentation. */
    private static final int MAX_INDENTATION = 256;

    /** Whether a line has ended since the step. */
    private boolean lineEnded;
    /** Whether the step is inside a fence that is still open. */
    private boolean inFence;

    private boolean finished;

    /**
     * A step has ended.
     *
     * @param opensFence whether a fence starts before it
     */
    void startAfterStep(boolean opensFence) {
        inFence |= opensFence;
        lineEnded = false;
        finished = false;
    }

    /** Whether other text follows at the index that {@link #skip} returned last. */
    boolean hasEnded() {
        return finished;
    }

    /**
     * Skips as much of the available text as possible.
     *
     * @param complete whether the text is complete
     * @return the index of the text that is left
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
