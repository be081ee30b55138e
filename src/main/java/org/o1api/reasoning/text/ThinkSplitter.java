package org.o1api.reasoning.text;

import org.o1api.model.ThinkBlock;

/**
 * Incrementally separates the reasoning at the start of a text, in a {@code <think>} block, from the text after it. The caller
 * keeps the text in a buffer and the position up to which it is read. Look-ahead is limited to a partial tag, so the result does
 * not depend on how the text is split into deltas.
 *
 * <p>Not done here, because its meaning differs: a closing tag after other text. In a step, whose text is reasoning anyway, the
 * step's object is expected after the tag ({@link StepParser}). In an answer, the tag turns text that was not shown yet into
 * reasoning ({@link AnswerSplitter}).
 */
public final class ThinkSplitter {
    /** Receives a range of reasoning. */
    public interface Sink {
        void append(CharSequence text, int from, int to);
    }

    private enum State {
        FRONT,
        REASONING,
        TEXT
    }

    /** The maximum length of the white space before a tag, with the tag except its last character. */
    private static final int MAX_ANSWER_FRONT = 256;

    private final Sink reasoning;
    /** Whether the text is an answer; otherwise it is a step. */
    private final boolean isAnswer;

    private State state = State.FRONT;
    private boolean tagSeen;
    private boolean reasoningStarted;

    private ThinkSplitter(Sink reasoning, boolean isAnswer) {
        this.reasoning = reasoning;
        this.isAnswer = isAnswer;
    }

    /**
     * Creates a splitter for a step: one block. The white space before it has no limit, because a step's white space is never
     * shown.
     */
    public static ThinkSplitter ofStep(Sink reasoning) {
        return new ThinkSplitter(reasoning, false);
    }

    /**
     * Creates a splitter for an answer: any number of blocks in a row. A closing tag with no text before it counts as an empty
     * block, because the reasoning came in a separate field. The white space before a block must be short, because it is shown
     * if no block follows, and is held until then.
     */
    public static ThinkSplitter ofAnswer(Sink reasoning) {
        return new ThinkSplitter(reasoning, true);
    }

    /** The text starts inside the reasoning. */
    public void startInReasoning() {
        state = State.REASONING;
        tagSeen = true;
    }

    /** The text before the position was reasoning without an opening tag: blocks may follow. */
    void continueAfterReasoning() {
        state = State.FRONT;
        tagSeen = true;
    }

    /** Whether the text from the position on is not reasoning. */
    public boolean isDone() {
        return state == State.TEXT;
    }

    /** Whether there is reasoning, possibly empty. */
    public boolean hasReasoning() {
        return tagSeen;
    }

    /**
     * Reads the available text as far as it can be decided.
     *
     * @param from the index of the first character that is not read
     * @param complete whether no more text follows
     * @return the index up to which the text is read
     */
    public int read(StringBuilder text, int from, boolean complete) {
        int position = from;
        State before;
        do {
            before = state;
            position = switch (state) {
                case FRONT -> readFront(text, position, complete);
                case REASONING -> readReasoning(text, position, complete);
                case TEXT -> position;
            };
        } while (state != before);
        return position;
    }

    private int readFront(StringBuilder text, int start, boolean complete) {
        int from = start;
        int limit = endOfFront(text, from);
        int mark = ReplyCursor.afterSpace(text, from, limit);
        while (isAnswer && isTag(ThinkBlock.END, text, mark, limit)) {
            tagSeen = true;
            from = mark + ThinkBlock.END.length();
            limit = endOfFront(text, from);
            mark = ReplyCursor.afterSpace(text, from, limit);
        }
        if (isTag(ThinkBlock.START, text, mark, limit)) {
            tagSeen = true;
            state = State.REASONING;
            return mark + ThinkBlock.START.length();
        }
        boolean waits = !complete
                && !(isAnswer && limit - from > MAX_ANSWER_FRONT)
                && (isPartial(ThinkBlock.START, text, mark) || (isAnswer && isPartial(ThinkBlock.END, text, mark)));
        if (!waits) {
            state = State.TEXT;
        }
        return isAnswer && (waits || !tagSeen) ? from : mark;
    }

    private int endOfFront(StringBuilder text, int from) {
        return isAnswer ? Math.min(text.length(), from + MAX_ANSWER_FRONT + 1) : text.length();
    }

    private int readReasoning(StringBuilder text, int from, boolean complete) {
        int start = reasoningStarted ? from : ReplyCursor.afterSpace(text, from, text.length());
        int end = text.indexOf(ThinkBlock.END, start);
        int until = end >= 0 ? end : complete ? text.length() : beforePartialEnd(text, start);
        if (start < until) {
            reasoningStarted = true;
            reasoning.append(text, start, until);
        }
        if (end < 0) {
            return until;
        }
        state = isAnswer ? State.FRONT : State.TEXT;
        return end + ThinkBlock.END.length();
    }

    private static boolean isTag(String tag, StringBuilder text, int from, int limit) {
        return limit - from >= tag.length() && startsWith(tag, text, from, tag.length());
    }

    /** Whether the rest of the text is the start of a tag. */
    private static boolean isPartial(String tag, StringBuilder text, int from) {
        int length = text.length() - from;
        return length < tag.length() && startsWith(tag, text, from, length);
    }

    private static boolean startsWith(String tag, StringBuilder text, int from, int length) {
        for (int i = 0; i < length; i++) {
            if (text.charAt(from + i) != tag.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Returns the end of the text without a partial closing tag at its end, the rest of which may still arrive. */
    public static int beforePartialEnd(StringBuilder text, int from) {
        for (int i = Math.max(from, text.length() - ThinkBlock.END.length() + 1); i < text.length(); i++) {
            if (isPartial(ThinkBlock.END, text, i)) {
                return i;
            }
        }
        return text.length();
    }
}
