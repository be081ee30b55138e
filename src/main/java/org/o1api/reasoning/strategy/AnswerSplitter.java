package org.o1api.reasoning.strategy;

import org.o1api.model.ThinkBlock;

/**
 * Separates an answer's text, as it arrives, from what stands around it: the reasoning between {@code <think>} and
 * {@code </think>} at its front, and, if JSON is wanted, the Markdown fence that a model wraps it in. It reads a character
 * at a time, so nothing depends on how the text was cut into pieces.
 *
 * <p>The exception is {@code </think>} without an opening tag: what is before it is reasoning if nobody has taken it as the answer
 * yet. How long the text waits for such a tag is {@link ClosingTagWait}.
 */
final class AnswerSplitter {
    private static final String FENCE = "```";

    /** White space at the front that is held back; above any that a model sends. */
    private static final int MAX_HELD = 256;

    /** An answer that speaks of so many tags has no other: each costs a look at all of it. */
    private static final int MAX_QUOTED_TAGS = 16;

    /** How long a text waits for a closing tag without an opening one. */
    enum ClosingTagWait {
        /** It does not: the tag counts if it arrives together with the text before it. */
        NONE,
        /** Until the text is complete, since nobody sees it before. */
        UNTIL_END,
        /** As long, and the text is reasoning unless it turns out to have no tag: it begins inside the reasoning. */
        EXPECTED
    }

    private enum State {
        FRONT,
        THOUGHT,
        ANSWER,
        LANGUAGE,
        FENCED,
        AFTER
    }

    private final boolean json;
    private final ClosingTagWait tag;
    private final StringBuilder thought = new StringBuilder();
    private final StringBuilder answer = new StringBuilder();
    /** What has arrived and is not decided: white space, and a mark as far as it is there. */
    private final StringBuilder held = new StringBuilder();

    private State state = State.FRONT;
    private boolean thoughtSeen;
    private boolean thoughtBegun;
    /** Whether some of the answer was taken, so that it cannot become reasoning any more. */
    private boolean answerTaken;

    private boolean ended;
    /** Where in the answer to look on for a closing tag. */
    private int searchedUntil;

    private int quotedTags;
    /** Characters of the text that have arrived. */
    private int arrived;

    private int reasoningLength;
    private boolean jsonBegun;
    private boolean inString;
    private boolean escaped;

    /**
     * The text of an answer.
     *
     * @param json whether the answer must be JSON alone
     */
    AnswerSplitter(boolean json, ClosingTagWait tag) {
        this.json = json;
        this.tag = tag;
    }

    /** Takes the next piece. */
    void feed(String text) {
        arrived += text.length();
        readAll(text);
        int end = unopenedEnd();
        if (end >= 0) {
            String rest = answer.substring(end + ThinkBlock.END.length()) + held;
            thought.append(answer.substring(0, end).strip());
            answer.setLength(0);
            held.setLength(0);
            thoughtSeen = true;
            state = State.FRONT;
            reasoningLength = arrived - rest.length();
            readAll(rest);
        }
    }

    private void readAll(String text) {
        int i = 0;
        while (i < text.length() && state != State.ANSWER) {
            read(text.charAt(i++));
        }
        answer.append(text, i, text.length());
    }

    /** Where in the answer a closing tag stands that nothing opened; -1 if there is no such tag, or if it no longer counts. */
    private int unopenedEnd() {
        if (thoughtSeen
                || answerTaken
                || ended
                || state != State.ANSWER
                || quotedTags > MAX_QUOTED_TAGS
                || (json && beginsAsJson())) {
            return -1;
        }
        int end = answer.indexOf(ThinkBlock.END, searchedUntil);
        while (end >= 0 && tag != ClosingTagWait.EXPECTED && isQuoted(end)) {
            end = ++quotedTags > MAX_QUOTED_TAGS ? -1 : answer.indexOf(ThinkBlock.END, end + 1);
        }
        searchedUntil = Math.max(0, answer.length() - ThinkBlock.END.length());
        return end;
    }

    private boolean beginsAsJson() {
        for (int i = 0; i < answer.length(); i++) {
            if (!ReplyCursor.isSpace(answer.charAt(i))) {
                return answer.charAt(i) == '{' || answer.charAt(i) == '[';
            }
        }
        return false;
    }

    /** Whether a tag is one that the answer speaks of: it has an opening tag before it, quotes around it, or stands in code. */
    private boolean isQuoted(int end) {
        int start = answer.indexOf(ThinkBlock.START);
        return (start >= 0 && start < end)
                || (end > 0 && "`\"'".indexOf(answer.charAt(end - 1)) >= 0)
                || isFenceOpen(end);
    }

    private boolean isFenceOpen(int end) {
        boolean open = false;
        for (int i = answer.indexOf(FENCE); i >= 0 && i < end; i = answer.indexOf(FENCE, i + FENCE.length())) {
            open = !open;
        }
        return open;
    }

    /** How many characters at the front of the text turned out to be reasoning by a closing tag without an opening one. */
    int untaggedReasoningLength() {
        return reasoningLength;
    }

    /** Whether there is an answer that waits for a closing tag. */
    boolean hasHeldAnswer() {
        for (int i = 0; i < answer.length(); i++) {
            if (!Character.isWhitespace(answer.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** The text was cut before the closing tag that was expected: all of it is reasoning. */
    void endInReasoning() {
        if (tag == ClosingTagWait.EXPECTED && !thoughtSeen && !answerTaken && state == State.ANSWER) {
            thought.append(answer.toString().strip());
            answer.setLength(0);
            reasoningLength = arrived;
            thoughtSeen = true;
            state = State.FRONT;
        }
    }

    /** The text is complete: what was held back is what it seemed to be. */
    void end() {
        ended = true;
        if (state == State.THOUGHT) {
            thought.append(held);
        } else if (state == State.FRONT) {
            front();
        }
        held.setLength(0);
    }

    /** The reasoning since this was called last. */
    String drainReasoning() {
        return taken(thought);
    }

    /** The answer since this was called last. */
    String drainAnswer() {
        if (tag != ClosingTagWait.NONE && !thoughtSeen && !ended) {
            return "";
        }
        answerTaken = answerTaken || hasHeldAnswer();
        searchedUntil = 0;
        return taken(answer);
    }

    private static String taken(StringBuilder text) {
        if (text.isEmpty()) {
            return "";
        }
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
        } else if (mark.equals(ThinkBlock.END)) { // the reasoning before it came otherwise, or is nothing
            thoughtSeen = true;
            held.setLength(0);
        } else if (json && mark.equals(FENCE)) {
            state = State.LANGUAGE;
            held.setLength(0);
        } else if (held.length() > MAX_HELD
                || !(ThinkBlock.START.startsWith(mark)
                        || ThinkBlock.END.startsWith(mark)
                        || (json && FENCE.startsWith(mark)))) {
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
        while (spaces < held.length() && ReplyCursor.isSpace(held.charAt(spaces))) {
            spaces++;
        }
        return spaces;
    }

    private void thought(char c) {
        held.append(c);
        while (!ThinkBlock.END.startsWith(held.toString())) {
            thoughtBegun |= !ReplyCursor.isSpace(held.charAt(0));
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
        } else if (!ReplyCursor.isSpace(c)) {
            answer.append(jsonBegun ? held : "").append(c);
            held.setLength(0);
            jsonBegun = true;
            inString = c == '"';
        } else {
            held.append(c);
        }
    }
}
