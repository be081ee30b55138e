package org.o1api.reasoning.strategy;

/** What an answer has said so far, as far as it matters to whether a step may begin next. */
final class PrecedingText {
    /** Characters that are no white space. */
    private int length;
    /** Whether nothing but white space stands on the line. */
    private boolean lineIsBlank = true;
    /** The last two characters that are no white space. */
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

    /** What comes next is a paragraph of its own. */
    void startParagraph() {
        lineIsBlank = true;
        last = '\n';
    }

    /** Characters so far that are no white space. */
    int length() {
        return length;
    }

    /** Whether an object that comes next begins a line, and is no value inside of other JSON. */
    boolean canStartStep() {
        return lineIsBlank && !(last == '[' || last == '{' || ((last == ',' || last == ':') && endsValue(secondLast)));
    }

    private static boolean endsValue(char c) {
        return "}]\"".indexOf(c) >= 0 || Character.isDigit(c);
    }
}
