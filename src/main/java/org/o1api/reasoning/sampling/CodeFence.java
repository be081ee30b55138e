package org.o1api.reasoning.sampling;

/** Follows the code fences of Markdown in a text, line by line: a line in a fence is code. */
final class CodeFence {
    private static final int MIN_LENGTH = 3;

    private char mark;
    /** The number of marks of the open fence; 0: none is open. */
    private int length;

    /** Whether a fence is open. */
    boolean isOpen() {
        return length > 0;
    }

    /** The next complete line. */
    void read(CharSequence text, int from, int to) {
        int start = from;
        while (start < to && (text.charAt(start) == ' ' || text.charAt(start) == '\t')) {
            start++;
        }
        if (start == to || (text.charAt(start) != '`' && text.charAt(start) != '~')) {
            return;
        }
        char first = text.charAt(start);
        int end = start;
        while (end < to && text.charAt(end) == first) {
            end++;
        }
        int marks = end - start;
        if (isOpen()) {
            if (first == mark && marks >= length && isBlank(text, end, to)) {
                length = 0;
            }
        } else if (marks >= MIN_LENGTH && !(first == '`' && contains(text, end, to, '`'))) {
            mark = first;
            length = marks;
        }
    }

    /** Whether a part of a text is only white space. */
    static boolean isBlank(CharSequence text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Character.isWhitespace(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean contains(CharSequence text, int from, int to, char c) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) == c) {
                return true;
            }
        }
        return false;
    }
}
