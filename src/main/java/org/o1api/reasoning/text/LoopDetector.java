package org.o1api.reasoning.text;

/**
 * Detects that a text repeats itself: its last {@value #MIN_LENGTH} characters consist of repetitions of one passage of at most
 * {@value #MAX_PERIOD} characters. This includes white space and lines of a single character.
 *
 * <p>Checks once every {@value #CHECK_INTERVAL} characters. A repetition that reached the minimum length since the last check contains
 * the {@code MIN_LENGTH - CHECK_INTERVAL} characters before that check, at least twice the maximum period, so their shortest period (by
 * the border array of Knuth, Morris and Pratt) is the only candidate. The result does not depend on how the text is split into
 * deltas.
 */
public final class LoopDetector {
    static final int MIN_LENGTH = 2000;
    static final int MAX_PERIOD = 500;
    private static final int CHECK_INTERVAL = 500;
    private static final int KEPT_LENGTH = MIN_LENGTH + CHECK_INTERVAL;
    /**
     * A cheap filter before the period is computed: in text without repetitions, the same passage of this many characters rarely
     * occurs twice within the maximum period.
     */
    private static final int SAMPLE_LENGTH = 24;

    private static final int NONE = -1;

    private final StringBuilder recent = new StringBuilder();
    /** The number of characters before {@code recent}. */
    private int dropped;
    /** The number of recent characters since the last check. */
    private int unchecked;

    private int passageEnd = NONE;

    /** Adds text. Has no effect after a repetition was found. */
    public void feed(String more) {
        int from = 0;
        while (from < more.length() && !isFound()) {
            int to = Math.min(more.length(), from + CHECK_INTERVAL - unchecked);
            recent.append(more, from, to);
            unchecked += to - from;
            from = to;
            if (unchecked == CHECK_INTERVAL) {
                check();
            }
        }
    }

    /** The text is complete: checks the rest. */
    public void end() {
        if (!isFound()) {
            check();
        }
    }

    /** Whether the text repeats itself. */
    public boolean isFound() {
        return passageEnd != NONE;
    }

    /**
     * Cuts a text that was fed after the first occurrence of the repeated passage. Returns it unchanged if it has no
     * repetition.
     */
    public String withoutRepetition(String text) {
        if (!isFound() || passageEnd >= text.length()) {
            return text;
        }
        boolean cutsPair = passageEnd > 0 && Character.isHighSurrogate(text.charAt(passageEnd - 1));
        return text.substring(0, cutsPair ? passageEnd - 1 : passageEnd);
    }

    private void check() {
        int length = recent.length();
        if (length >= MIN_LENGTH) {
            int from = length - MIN_LENGTH;
            int to = length - unchecked;
            int period = mayRepeat(to) ? period(from, to) : MIN_LENGTH;
            if (period <= MAX_PERIOD) {
                extend(from, to, period);
            }
        }
        unchecked = 0;
        if (length > 2 * KEPT_LENGTH) {
            dropped += length - KEPT_LENGTH;
            recent.delete(0, length - KEPT_LENGTH);
        }
    }

    private void extend(int from, int to, int period) {
        int start = from;
        while (start > 0 && recent.charAt(start - 1) == recent.charAt(start - 1 + period)) {
            start--;
        }
        int end = to;
        while (end < recent.length() && recent.charAt(end) == recent.charAt(end - period)) {
            end++;
        }
        if (end - start >= MIN_LENGTH) {
            passageEnd = dropped + start + period;
        }
    }

    /** Whether the characters before the index occur a second time within the maximum period. */
    private boolean mayRepeat(int to) {
        String last = recent.substring(to - SAMPLE_LENGTH - MAX_PERIOD, to);
        return last.lastIndexOf(last.substring(MAX_PERIOD), MAX_PERIOD - 1) >= 0;
    }

    /** Returns the shortest period of a range of the text. */
    private int period(int from, int to) {
        int length = to - from;
        int[] borders = new int[length];
        int border = 0;
        for (int i = 1; i < length; i++) {
            char c = recent.charAt(from + i);
            while (border > 0 && c != recent.charAt(from + border)) {
                border = borders[border - 1];
            }
            if (c == recent.charAt(from + border)) {
                border++;
            }
            borders[i] = border;
        }
        return length - border;
    }
}
