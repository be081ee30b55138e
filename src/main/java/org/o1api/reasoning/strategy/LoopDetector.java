package org.o1api.reasoning.strategy;

/**
 * Detects that a text repeats itself: its last {@value #MIN_LENGTH} characters are one passage of at most {@value #MAX_PERIOD}
 * characters, again and again. A line of one character and white space are such passages.
 *
 * <p>It looks once every {@value #CHECK_INTERVAL} characters. Any repetition that reached its length since the last look contains the {@code
 * LENGTH - STRIDE} characters before that look, which are at least two of the longest passages, so the shortest period of these (from the border array of Knuth, Morris and Pratt)
 * is the only candidate. The result does not depend on how the text was cut into pieces.
 */
final class LoopDetector {
    static final int MIN_LENGTH = 2000;
    static final int MAX_PERIOD = 500;
    private static final int CHECK_INTERVAL = 500;
    private static final int KEPT_LENGTH = MIN_LENGTH + CHECK_INTERVAL;
    /** A text that does not repeat itself seldom has these many characters twice within a passage. */
    private static final int SAMPLE_LENGTH = 24;

    private static final int NONE = -1;

    private final StringBuilder recent = new StringBuilder();
    /** Characters before the recent ones. */
    private int dropped;
    /** Recent characters since the last look. */
    private int unchecked;

    private int passageEnd = NONE;

    /** Takes the next piece; after a repetition was found it takes no more. */
    void feed(String more) {
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

    /** The text is complete. */
    void end() {
        if (!isFound()) {
            check();
        }
    }

    /** Whether the text repeats itself. */
    boolean isFound() {
        return passageEnd != NONE;
    }

    /** A text that was fed, without the repetition: up to the end of its first passage. */
    String withoutRepetition(String text) {
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

    /** Whether the characters before an index occur a second time within the longest passage. */
    private boolean mayRepeat(int to) {
        String last = recent.substring(to - SAMPLE_LENGTH - MAX_PERIOD, to);
        return last.lastIndexOf(last.substring(MAX_PERIOD), MAX_PERIOD - 1) >= 0;
    }

    /** The shortest period of a part of the text. */
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
