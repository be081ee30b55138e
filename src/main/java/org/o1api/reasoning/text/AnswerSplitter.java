package org.o1api.reasoning.text;

import org.jspecify.annotations.Nullable;
import org.o1api.model.ThinkBlock;

/**
 * Incrementally splits the text of a reply into reasoning and answer: a {@code <think>} block at the start is reasoning. If the
 * answer must be JSON, the Markdown fence around it is removed. The result does not depend on how the text is split into
 * deltas.
 *
 * <p>The exception is {@code </think>} without an opening tag: the text before it is reasoning unless it was already taken as
 * the answer. {@link ClosingTagWait} determines how long the text waits for such a tag.
 */
final class AnswerSplitter {
    private static final String FENCE = "```";

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

    private final ClosingTagWait closingTagWait;
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder answer = new StringBuilder();
    private final ThinkSplitter think = ThinkSplitter.ofAnswer(reasoning::append);
    /** Text that {@link #think} has not read yet. */
    private final StringBuilder held = new StringBuilder();
    /** Null if the answer is not necessarily JSON. */
    private final @Nullable JsonFence fence;

    /** Whether part of the answer was drained, so that it can no longer become reasoning. */
    private boolean answerDrained;

    private boolean ended;
    /** Where in the answer to continue the search for a closing tag. */
    private int searchedUntil;

    private int quotedTagCount;
    /** The number of characters received. */
    private int receivedLength;

    private int untaggedReasoningLength;

    /**
     * Creates a splitter.
     *
     * @param requiresJson whether the answer must be JSON
     */
    AnswerSplitter(boolean requiresJson, ClosingTagWait closingTagWait) {
        fence = requiresJson ? new JsonFence(answer) : null;
        this.closingTagWait = closingTagWait;
    }

    void feed(String text) {
        receivedLength += text.length();
        readAll(text);
        int end = unmatchedClosingTag();
        if (end >= 0) {
            String rest = answer.substring(end + ThinkBlock.END.length());
            moveAnswerToReasoning(end);
            untaggedReasoningLength = receivedLength - rest.length();
            readAll(rest);
        }
    }

    /** The start of the answer turned out to be reasoning; the rest of it is dropped. */
    private void moveAnswerToReasoning(int end) {
        reasoning.append(answer.substring(0, end).strip());
        answer.setLength(0);
        think.continueAfterReasoning();
        if (fence != null) {
            fence.restart();
        }
    }

    private void readAll(String text) {
        if (think.isDone()) {
            readAnswer(text, 0);
        } else {
            held.append(text);
            readHeld(false);
        }
    }

    private void readHeld(boolean complete) {
        int position = think.read(held, 0, complete);
        if (think.isDone()) {
            readAnswer(held, position);
            held.setLength(0);
        } else {
            held.delete(0, position);
        }
    }

    private void readAnswer(CharSequence text, int from) {
        if (fence == null) {
            answer.append(text, from, text.length());
        } else {
            fence.feed(text, from);
        }
    }

    /** Whether the answer has started and is not inside a fence. */
    private boolean isPlainAnswer() {
        return think.isDone() && (fence == null || fence.isAbsent());
    }

    /** The index of a closing tag in the answer that has no opening tag; -1 if there is none or it no longer counts. */
    private int unmatchedClosingTag() {
        if (think.hasReasoning()
                || answerDrained
                || ended
                || !isPlainAnswer()
                || quotedTagCount > MAX_QUOTED_TAGS
                || (fence != null && startsLikeJson())) {
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
        if (closingTagWait == ClosingTagWait.EXPECTED && !think.hasReasoning() && !answerDrained && isPlainAnswer()) {
            moveAnswerToReasoning(answer.length());
            untaggedReasoningLength = receivedLength;
        }
    }

    /** The text is complete: what is still undecided becomes answer or reasoning. */
    void end() {
        ended = true;
        readHeld(true);
        if (fence != null && think.isDone()) {
            fence.end();
        }
    }

    /** Returns the reasoning since the last call. */
    String drainReasoning() {
        return drain(reasoning);
    }

    /** Returns the answer since the last call. */
    String drainAnswer() {
        if (closingTagWait != ClosingTagWait.NONE && !think.hasReasoning() && !ended) {
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
}
