package org.o1api.reasoning.text;

import org.o1api.model.ThinkBlock;

/**
 * Incrementally splits the text of a reply into reasoning and answer: a {@code <think>} block at the start is reasoning. If the
 * answer must be JSON, the Markdown fence around it is removed. Reads character by character, so the result does not depend on
 * how the text is split into deltas.
 *
 * <p>The exception is {@code </think>} without an opening tag: the text before it is reasoning unless it was already taken as
 * the answer. {@link ClosingTagWait} determines how long the text waits for such a tag.
 */
final class AnswerSplitter {
    private static final String FENCE = "```";

    /** The maximum white space at the start that is held back, in characters; far more than models send. */
    private static final int MAX_HELD = 256;

    /**
     * After this many tags that the answer only mentions, no further tag ends the reasoning: each one costs a scan of the
     * whole answer.
     */
    private static final int MAX_QUOTED_TAGS = 16;

    /** How long the text waits for a closing tag that has no opening tag. */
    enum ClosingTagWait {
        /** Not at all: a tag counts only if it arrives together with the text before it. */
        NONE,
        /** Until the text is complete, because the client sees nothing before. */
        UNTIL_END,
        /** Until the text is complete; until then the text is taken for reasoning, because it starts inside the reasoning. */
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
    /** Text that is not classified yet: white space and the start of a tag or fence. */
    private final StringBuilder held = new StringBuilder();

    private State state = State.START;
    private boolean reasoningSeen;
    private boolean reasoningStarted;
    /** Whether part of the answer was drained, so that it can no longer become reasoning. */
    private boolean answerDrained;

    private boolean ended;
    /** Where in the answer to continue the search for a closing tag. */
    private int searchedUntil;

    private int quotedTagCount;
    /** The number of characters received. */
    private int receivedLength;

    private int untaggedReasoningLength;
    private boolean jsonStarted;
    private boolean inString;
    private boolean escaped;

    /**
     * Creates a splitter.
     *
     * @param requiresJson whether the answer must be JSON
     */
    AnswerSplitter(boolean requiresJson, ClosingTagWait closingTagWait) {
        this.requiresJson = requiresJson;
        this.closingTagWait = closingTagWait;
    }

    void feed(String text) {
        receivedLength += text.length();
        readAll(text);
        int end = unmatchedClosingTag();
        if (end >= 0) {
            String rest = answer.substring(end + ThinkBlock.END.length()) + held;
            reasoning.append(answer.substring(0, end).strip());
            answer.setLength(0);
            held.setLength(0);
            reasoningSeen = true;
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

    /** The index of a closing tag in the answer that has no opening tag; -1 if there is none or it no longer counts. */
    private int unmatchedClosingTag() {
        if (reasoningSeen
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

    /** Whether the answer only mentions this tag: after an opening tag, in quotes or in a code block. */
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

    /**
     * The number of characters at the start of the text that turned out to be reasoning, because a closing tag without an
     * opening tag followed.
     */
    int untaggedReasoningLength() {
        return untaggedReasoningLength;
    }

    /** Whether answer text is waiting for a closing tag. */
    boolean hasHeldAnswer() {
        for (int i = 0; i < answer.length(); i++) {
            if (!Character.isWhitespace(answer.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** The text was truncated before the expected closing tag: all of it is reasoning. */
    void endInReasoning() {
        if (closingTagWait == ClosingTagWait.EXPECTED && !reasoningSeen && !answerDrained && state == State.ANSWER) {
            reasoning.append(answer.toString().strip());
            answer.setLength(0);
            untaggedReasoningLength = receivedLength;
            reasoningSeen = true;
            state = State.START;
        }
    }

    /** The text is complete: what is still undecided becomes answer or reasoning. */
    void end() {
        ended = true;
        if (state == State.REASONING) {
            reasoning.append(held);
        } else if (state == State.START) {
            startAnswer();
        }
        held.setLength(0);
    }

    /** Returns the reasoning since the last call. */
    String drainReasoning() {
        return drain(reasoning);
    }

    /** Returns the answer since the last call. */
    String drainAnswer() {
        if (closingTagWait != ClosingTagWait.NONE && !reasoningSeen && !ended) {
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
            case AFTER_FENCE -> {} // after the closing fence: not part of the JSON
        }
    }

    private void readStart(char c) {
        held.append(c);
        String mark = held.substring(leadingSpaces());
        if (mark.equals(ThinkBlock.START)) {
            state = State.REASONING;
            reasoningSeen = true;
            held.setLength(0);
        } else if (mark.equals(ThinkBlock.END)) { // the reasoning before it came in a separate field, or is empty
            reasoningSeen = true;
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

    /** Starts the answer with the text that was held back. */
    private void startAnswer() {
        answer.append(held, reasoningSeen ? leadingSpaces() : 0, held.length());
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

    /**
     * Outside of strings JSON contains no backtick, so a backtick closes the fence. White space is held until something follows
     * it.
     */
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
