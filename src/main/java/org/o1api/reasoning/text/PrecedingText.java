package org.o1api.reasoning.text;

/** What the answer ends with so far. Decides whether a step object may start next. */
final class PrecedingText {
    /** The number of characters that are not white space. */
    private int length;
    /** Whether the current line contains only white space. */
    private boolean lineIsBlank = true;
    /** The last two characters that are not white space. */
    private char last;

    private char secondLast;

    void add(char c) {
        if (c == '\n' || c == '\r') {
            lineIsBlank = true;
        } else if (!ReplyCursor.isSpace(c)) {
            length++;
            lineIsBlank = false;
            secondLast = last;
            last = c;
        }
    }

    void add(String text) {
        text.chars().forEach(c -> add((char) c));
    }

    /** The next text starts a new paragraph. */
    void startParagraph() {
        lineIsBlank = true;
        last = '\n';
    }

    /** The number of characters that are not white space. */
    int length() {
        return length;
    }

    /** Whether an object that follows starts a line and is not a value inside other JSON. */
    boolean canStartStep() {
        return lineIsBlank && !(last == '[' || last == '{' || ((last == ',' || last == ':') && endsValue(secondLast)));
    }

    private static boolean endsValue(char c) {
        return "}]\"".indexOf(c) >= 0 || Character.isDigit(c);
    }
}
