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
        START,
        REASONING,
        ANSWER,
        FENCE_LANGUAGE,
        FENCED,
        AFTER_FENCE
    }

    private final boolean requiresJson;
    private final ClosingTagWait closingTagWait;
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder answer = new StringBuilder();
    /** What has arrived and is not decided: white space, and a mark as far as it is there. */
    private final StringBuilder held = new StringBuilder();

    private State state = State.START;
    private boolean reasoningComplete;
    private boolean reasoningStarted;
    /** Whether some of the answer was taken, so that it cannot become reasoning any more. */
    private boolean answerDrained;

    private boolean ended;
    /** Where in the answer to look on for a closing tag. */
    private int searchedUntil;

    private int quotedTagCount;
    /** Characters of the text that have arrived. */
    private int receivedLength;

    private int untaggedReasoningLength;
    private boolean jsonStarted;
    private boolean inString;
    private boolean escaped;

    /**
     * The text of an answer.
     *
     * @param requiresJson whether the answer must be JSON alone
     */
    AnswerSplitter(boolean requiresJson, ClosingTagWait tag) {
        this.requiresJson = requiresJson;
        this.closingTagWait = tag;
    }

    /** Takes the next piece. */
    void feed(String text) {
        receivedLength += text.length();
        readAll(text);
        int end = unmatchedClosingTag();
        if (end >= 0) {
            String rest = answer.substring(end + ThinkBlock.END.length()) + held;
            reasoning.append(answer.substring(0, end).strip());
            answer.setLength(0);
            held.setLength(0);
            reasoningComplete = true;
            state = State.START;
            untaggedReasoningLength = receivedLength - rest.length();
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
    private int unmatchedClosingTag() {
        if (reasoningComplete
                || answerDrained
                || ended
                || state != State.ANSWER
                || quotedTagCount > MAX_QUOTED_TAGS
                || (requiresJson && startsLikeJson())) {
            return -1;
        }
        int end = answer.indexOf(ThinkBlock.END, searchedUntil);
        while (end >= 0 && closingTagWait != ClosingTagWait.EXPECTED && isQuoted(end)) {
            end = ++quotedTagCount > MAX_QUOTED_TAGS ? -1 : answer.indexOf(ThinkBlock.END, end + 1);
        }
        searchedUntil = Math.max(0, answer.length() - ThinkBlock.END.length());
        return end;
    }

    private boolean startsLikeJson() {
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
        return untaggedReasoningLength;
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
        if (closingTagWait == ClosingTagWait.EXPECTED
                && !reasoningComplete
                && !answerDrained
                && state == State.ANSWER) {
            reasoning.append(answer.toString().strip());
            answer.setLength(0);
            untaggedReasoningLength = receivedLength;
            reasoningComplete = true;
            state = State.START;
        }
    }

    /** The text is complete: what was held back is what it seemed to be. */
    void end() {
        ended = true;
        if (state == State.REASONING) {
            reasoning.append(held);
        } else if (state == State.START) {
            startAnswer();
        }
        held.setLength(0);
    }

    /** The reasoning since this was called last. */
    String drainReasoning() {
        return drain(reasoning);
    }

    /** The answer since this was called last. */
    String drainAnswer() {
        if (closingTagWait != ClosingTagWait.NONE && !reasoningComplete && !ended) {
            return "";
        }
        answerDrained = answerDrained || hasHeldAnswer();
        searchedUntil = 0;
        return drain(answer);
    }

    private static String drain(StringBuilder text) {
        if (text.isEmpty()) {
            return "";
        }
        String drained = text.toString();
        text.setLength(0);
        return drained;
    }

    private void read(char c) {
        switch (state) {
            case START -> readStart(c);
            case REASONING -> readReasoning(c);
            case ANSWER -> answer.append(c);
            case FENCE_LANGUAGE -> {
                if (!Character.isLetterOrDigit(c)) {
                    state = State.FENCED;
                    readFenced(c);
                }
            }
            case FENCED -> readFenced(c);
            case AFTER_FENCE -> {} // the fence has closed: what follows is no JSON
        }
    }

    private void readStart(char c) {
        held.append(c);
        String mark = held.substring(leadingSpaces());
        if (mark.equals(ThinkBlock.START)) {
            state = State.REASONING;
            reasoningComplete = true;
            held.setLength(0);
        } else if (mark.equals(ThinkBlock.END)) { // the reasoning before it came otherwise, or is nothing
            reasoningComplete = true;
            held.setLength(0);
        } else if (requiresJson && mark.equals(FENCE)) {
            state = State.FENCE_LANGUAGE;
            held.setLength(0);
        } else if (held.length() > MAX_HELD
                || !(ThinkBlock.START.startsWith(mark)
                        || ThinkBlock.END.startsWith(mark)
                        || (requiresJson && FENCE.startsWith(mark)))) {
            startAnswer();
        }
    }

    /** What was held back begins the answer. */
    private void startAnswer() {
        answer.append(held, reasoningComplete ? leadingSpaces() : 0, held.length());
        held.setLength(0);
        state = State.ANSWER;
    }

    private int leadingSpaces() {
        int spaces = 0;
        while (spaces < held.length() && ReplyCursor.isSpace(held.charAt(spaces))) {
            spaces++;
        }
        return spaces;
    }

    private void readReasoning(char c) {
        held.append(c);
        while (!ThinkBlock.END.startsWith(held.toString())) {
            reasoningStarted |= !ReplyCursor.isSpace(held.charAt(0));
            reasoning.append(held, 0, reasoningStarted ? 1 : 0);
            held.deleteCharAt(0);
        }
        if (held.length() == ThinkBlock.END.length()) {
            held.setLength(0);
            state = State.START;
        }
    }

    /** JSON has no back quote outside of strings: the fence closes there. White space waits for what follows it. */
    private void readFenced(char c) {
        if (inString) {
            answer.append(c);
            inString = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if (c == '`') {
            state = State.AFTER_FENCE;
        } else if (!ReplyCursor.isSpace(c)) {
            answer.append(jsonStarted ? held : "").append(c);
            held.setLength(0);
            jsonStarted = true;
            inString = c == '"';
        } else {
            held.append(c);
        }
    }
}
