package org.o1api.reasoning.text;

/**
 * Incrementally removes the Markdown fence around JSON and the text after it. Text that does not start with a fence is passed
 * unchanged. Reads character by character, so the result does not depend on how the text is split into deltas.
 */
final class JsonFence {
    private static final String FENCE = "```";

    /** The maximum white space before a fence with the fence except its last character; far more than models send. */
    private static final int MAX_FRONT = 256;

    private enum State {
        FRONT,
        LANGUAGE,
        INSIDE,
        AFTER,
        ABSENT
    }

    private final StringBuilder out;
    /** White space that is not decided yet, and the start of a fence. */
    private final StringBuilder held = new StringBuilder();

    private State state = State.FRONT;
    private boolean jsonStarted;
    private boolean inString;
    private boolean escaped;

    /**
     * Creates a reader of one text.
     *
     * @param out gets the JSON
     */
    JsonFence(StringBuilder out) {
        this.out = out;
    }

    /** Whether the text turned out to have no fence. */
    boolean isAbsent() {
        return state == State.ABSENT;
    }

    /** The text before was not the JSON: a fence may follow. Only if the fence was absent. */
    void restart() {
        state = State.FRONT;
    }

    void feed(CharSequence text, int from) {
        int i = from;
        while (i < text.length() && state != State.ABSENT) {
            read(text.charAt(i++));
        }
        out.append(text, i, text.length());
    }

    /** The text is complete. */
    void end() {
        if (state == State.FRONT) {
            pass();
        }
        held.setLength(0);
    }

    private void pass() {
        out.append(held);
        held.setLength(0);
        state = State.ABSENT;
    }

    private void read(char c) {
        switch (state) {
            case FRONT -> readFront(c);
            case LANGUAGE -> {
                if (!Character.isLetterOrDigit(c)) {
                    state = State.INSIDE;
                    readInside(c);
                }
            }
            case INSIDE -> readInside(c);
            case AFTER -> {} // after the closing fence: not part of the JSON
            case ABSENT -> out.append(c);
        }
    }

    private void readFront(char c) {
        held.append(c);
        int mark = ReplyCursor.afterSpace(held, 0, held.length());
        String start = held.substring(mark);
        if (start.equals(FENCE)) {
            state = State.LANGUAGE;
            held.setLength(0);
        } else if (held.length() > MAX_FRONT || !FENCE.startsWith(start)) {
            pass();
        }
    }

    /**
     * Outside of strings JSON contains no backtick, so a backtick closes the fence. White space is held until something follows
     * it.
     */
    private void readInside(char c) {
        if (inString) {
            out.append(c);
            inString = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if (c == '`') {
            state = State.AFTER;
        } else if (!ReplyCursor.isSpace(c)) {
            out.append(jsonStarted ? held : "").append(c);
            held.setLength(0);
            jsonStarted = true;
            inString = c == '"';
        } else {
            held.append(c);
        }
    }
}
