package org.o1api.reasoning.sampling;

/**
 * Finds the answer in a text that has ended without a line {@code === Answer} outside of code: what follows that line in a code fence
 * that is not closed, or that the whole text is in; otherwise what follows the last heading if it has other words.
 */
final class LateAnswer {
    private static final int NONE = -1;

    private final CharSequence text;
    private final CodeFence fence = new CodeFence();
    private int textStart;
    /** Where the text continues after the last heading with other words. */
    private int afterHeading = NONE;
    /** Where the text continues after the first heading of the answer in a fence that is still open, or that the text starts with. */
    private int afterFencedHeading = NONE;

    private boolean startsWithFence;
    /** Where the last line that closed a fence starts, and where the text continues after it. */
    private int fenceEnd;

    private int afterFence;

    /** Creates a search in a text that is being read. */
    LateAnswer(CharSequence text) {
        this.text = text;
    }

    /** Whether the next line is code. */
    boolean isInFence() {
        return fence.isOpen();
    }

    /** The text before an index was something else. */
    void startAt(int index) {
        textStart = index;
        afterHeading = NONE;
    }

    /** The next line is a heading before the answer, and the text continues at an index. */
    void readHeading(FormatLine heading, int next) {
        afterHeading = heading.kind() == FormatLine.Kind.OTHER ? next : NONE;
    }

    /**
     * The next line is text.
     *
     * @param end the index after the line's last character
     * @param next where the next line starts
     */
    void readText(int start, int end, int next) {
        boolean wasOpen = fence.isOpen();
        if (wasOpen && afterFencedHeading == NONE) {
            FormatLine heading = FormatLine.heading(text, start, end, false);
            if (heading != null && heading.kind() == FormatLine.Kind.ANSWER) {
                afterFencedHeading = heading.text().isEmpty() ? next : heading.textStart();
            }
        }
        fence.read(text, start, end);
        if (fence.isOpen() && !wasOpen) {
            startsWithFence |= CodeFence.isBlank(text, textStart, start);
        } else if (wasOpen && !fence.isOpen()) {
            fenceEnd = start;
            afterFence = next;
            afterFencedHeading = startsWithFence ? afterFencedHeading : NONE;
        }
    }

    /** Whether the answer is in a code fence, after a line {@code === Answer}. */
    boolean isFenced() {
        return afterFencedHeading != NONE && (fence.isOpen() || isWholeTextFenced());
    }

    private boolean isWholeTextFenced() {
        return startsWithFence && CodeFence.isBlank(text, afterFence, text.length());
    }

    /** Whether there is such an answer. */
    boolean exists() {
        return start() != NONE && !CodeFence.isBlank(text, start(), end());
    }

    /** Where the answer starts. */
    int start() {
        return isFenced() ? afterFencedHeading : afterHeading;
    }

    /** Where it ends. */
    int end() {
        return isFenced() && !fence.isOpen() ? Math.max(afterFencedHeading, fenceEnd) : text.length();
    }
}
