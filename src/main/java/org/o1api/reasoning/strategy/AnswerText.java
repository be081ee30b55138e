package org.o1api.reasoning.strategy;

import org.o1api.llm.ThinkBlock;

/**
 * Tells in an answer's text, as it arrives, the answer from what stands around it: the thought between {@code <think>} and
 * {@code </think>} at its front, and, where JSON is wanted, the Markdown fence that a model wraps it in. It reads a character
 * at a time, so nothing depends on how the text was cut into pieces.
 */
final class AnswerText {
    private static final String FENCE = "```";

    /** White space at the front that is held back; above any that a model sends. */
    private static final int MAX_HELD = 256;

    private enum State {
        FRONT,
        THOUGHT,
        ANSWER,
        LANGUAGE,
        FENCED,
        AFTER
    }

    private final boolean json;
    private final StringBuilder thought = new StringBuilder();
    private final StringBuilder answer = new StringBuilder();
    /** What has arrived and is not decided: white space, and a mark as far as it is there. */
    private final StringBuilder held = new StringBuilder();

    private State state = State.FRONT;
    private boolean thoughtSeen;
    private boolean thoughtBegun;
    private boolean jsonBegun;
    private boolean inString;
    private boolean escaped;

    /**
     * The text of an answer.
     *
     * @param json whether the answer must be JSON alone
     */
    AnswerText(boolean json) {
        this.json = json;
    }

    /** Takes the next piece. */
    void feed(String text) {
        int i = 0;
        while (i < text.length() && state != State.ANSWER) {
            read(text.charAt(i++));
        }
        answer.append(text, i, text.length());
    }

    /** The text is complete: what was held back is what it seemed to be. */
    void end() {
        if (state == State.THOUGHT) {
            thought.append(held);
        } else if (state == State.FRONT) {
            front();
        }
        held.setLength(0);
    }

    /** What was thought since this was asked last. */
    String takeThought() {
        return taken(thought);
    }

    /** What was answered since this was asked last. */
    String takeAnswer() {
        return taken(answer);
    }

    private static String taken(StringBuilder text) {
        String taken = text.toString();
        text.setLength(0);
        return taken;
    }

    private void read(char c) {
        switch (state) {
            case FRONT -> front(c);
            case THOUGHT -> thought(c);
            case ANSWER -> answer.append(c);
            case LANGUAGE -> {
                if (!Character.isLetterOrDigit(c)) {
                    state = State.FENCED;
                    fenced(c);
                }
            }
            case FENCED -> fenced(c);
            case AFTER -> {} // the fence has closed: what follows is no JSON
        }
    }

    private void front(char c) {
        held.append(c);
        String mark = held.substring(spaces());
        if (mark.equals(ThinkBlock.START)) {
            state = State.THOUGHT;
            thoughtSeen = true;
            held.setLength(0);
        } else if (json && mark.equals(FENCE)) {
            state = State.LANGUAGE;
            held.setLength(0);
        } else if (held.length() > MAX_HELD
                || !(ThinkBlock.START.startsWith(mark) || (json && FENCE.startsWith(mark)))) {
            front();
        }
    }

    /** What was held back begins the answer. */
    private void front() {
        answer.append(held, thoughtSeen ? spaces() : 0, held.length());
        held.setLength(0);
        state = State.ANSWER;
    }

    private int spaces() {
        int spaces = 0;
        while (spaces < held.length() && ReplyText.isSpace(held.charAt(spaces))) {
            spaces++;
        }
        return spaces;
    }

    private void thought(char c) {
        held.append(c);
        while (!ThinkBlock.END.startsWith(held.toString())) {
            thoughtBegun |= !ReplyText.isSpace(held.charAt(0));
            thought.append(held, 0, thoughtBegun ? 1 : 0);
            held.deleteCharAt(0);
        }
        if (held.length() == ThinkBlock.END.length()) {
            held.setLength(0);
            state = State.FRONT;
        }
    }

    /** JSON has no back quote outside of strings: the fence closes there. White space waits for what follows it. */
    private void fenced(char c) {
        if (inString) {
            answer.append(c);
            inString = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if (c == '`') {
            state = State.AFTER;
        } else if (!ReplyText.isSpace(c)) {
            answer.append(jsonBegun ? held : "").append(c);
            held.setLength(0);
            jsonBegun = true;
            inString = c == '"';
        } else {
            held.append(c);
        }
    }
}
