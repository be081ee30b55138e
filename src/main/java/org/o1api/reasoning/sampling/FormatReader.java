package org.o1api.reasoning.sampling;

import org.jspecify.annotations.Nullable;
import org.o1api.model.ThinkBlock;
import org.o1api.reasoning.text.ThinkSplitter;

/**
 * Incrementally divides a reply's text into steps, answer and result, line by line. Only the start of a line that may be one of the
 * {@link FormatLine}s is held back, so the result does not depend on how the text is split into deltas.
 *
 * <p>The first line {@code === Answer} outside of code starts the answer; further ones are left out. Before it, {@code </think>}
 * without an opening tag means that the text so far was the model's own reasoning. After the model's own reasoning, text
 * that does not start with a heading is the answer.
 */
final class FormatReader {
    /** Receives the parts. White space is not trimmed. */
    interface Sink {
        void onStep(String title);

        void onReasoning(CharSequence text, int from, int to);

        void onAnswer(CharSequence text, int from, int to);
    }

    private enum Part {
        START,
        REASONING,
        ANSWER
    }

    private static final int NONE = -1;

    private final Sink sink;
    private final StringBuilder text = new StringBuilder();
    private final CodeFence fence = new CodeFence();
    private Part part = Part.START;
    private boolean afterOwnReasoning;
    /** Whether Markdown's headings count, because the reply began with one. */
    private boolean sharp;

    private boolean hasHeading;
    private int position;
    /** Where the text starts after the model's own reasoning. */
    private int ownReasoningEnd;

    private int lineStart;
    /** Whether the line of the position is known to be text. */
    private boolean inText;

    private int answerStart = NONE;
    private boolean hasAnswerLine;
    /** The last line of the answer so far, if it may be the result. Its text has not been reported. */
    private @Nullable FormatLine result;

    private int resultStart;
    /** Where the text continues after the last heading with other words. */
    private int afterOtherHeading = NONE;
    /** Where the text continues after the first heading of the answer in a fence that is still open, or that the text starts with. */
    private int afterFencedAnswer = NONE;

    private boolean startsWithFence;
    /** Where the last line that closed a fence starts, and where the text continues after it. */
    private int fenceEnd;

    private int afterFence;

    FormatReader(Sink sink) {
        this.sink = sink;
    }

    /** Returns a reader of a text that is the answer. */
    static FormatReader ofAnswer(Sink sink) {
        FormatReader reader = new FormatReader(sink);
        reader.startAnswer(0);
        return reader;
    }

    /** The model has sent its own reasoning before the text. No effect once the text has started. */
    void startAfterOwnReasoning() {
        afterOwnReasoning |= part == Part.START;
    }

    void feed(CharSequence more, int from) {
        text.append(more, from, more.length());
        read(false);
    }

    /**
     * The text ends.
     *
     * @param complete whether it is complete; otherwise its last line is not the result
     */
    void end(boolean complete) {
        read(true);
        if (inText) {
            inText = false;
            endLine(text.length(), text.length());
        }
        if (result != null && !complete) {
            releaseResult();
        }
    }

    private void read(boolean ended) {
        while (position < text.length()) {
            int lineBreak = text.indexOf("\n", position);
            int end = lineBreak < 0 ? text.length() : lineBreak;
            int next = lineBreak < 0 ? end : lineBreak + 1;
            if (!inText) {
                lineStart = position;
                if (lineBreak < 0 && !ended && mayBecomeFormatLine(end)) {
                    return;
                }
                if (readFormatLine(end, next)) {
                    continue;
                }
            }
            inText = true;
            if (!readText(next, ended)) {
                return;
            }
            if (position == next && lineBreak >= 0) {
                inText = false;
                endLine(end, next);
            }
        }
    }

    private boolean mayBecomeFormatLine(int end) {
        if (fence.isOpen()) {
            return false;
        }
        return FormatLine.mayBecomeHeading(text, lineStart, end, sharp || part == Part.START)
                || (part == Part.ANSWER && FormatLine.mayBecomeResult(text, lineStart, end));
    }

    /** Reads the line if it is not text. Returns false if it is text. */
    private boolean readFormatLine(int end, int next) {
        if (fence.isOpen() || isBlank(lineStart, end)) {
            return false;
        }
        FormatLine heading = FormatLine.heading(text, lineStart, end, sharp || part == Part.START);
        if (part == Part.START && heading != null && !startsFormat(heading, end)) {
            heading = null;
        }
        if (part == Part.START && heading == null && afterOwnReasoning) {
            startAnswer(lineStart);
            return true; // the same line again, as a line of the answer
        }
        if (heading == null || (part == Part.ANSWER && heading.kind() != FormatLine.Kind.ANSWER)) {
            return part == Part.ANSWER && readResult(FormatLine.result(text, lineStart, end), lineStart, next);
        }
        readHeading(heading, next);
        return true;
    }

    /** Whether a heading at the start of the text counts: a Markdown heading only if it is one of a step. */
    private boolean startsFormat(FormatLine heading, int end) {
        if (FormatLine.heading(text, lineStart, end, false) != null) {
            return true;
        }
        sharp = heading.kind() == FormatLine.Kind.STEP && !afterOwnReasoning;
        return sharp;
    }

    private void readHeading(FormatLine heading, int next) {
        hasHeading = true;
        if (heading.kind() == FormatLine.Kind.ANSWER) {
            releaseResult();
            hasAnswerLine = true;
            if (part != Part.ANSWER) {
                startAnswer(heading.text().isEmpty() ? next : heading.textStart());
            }
            position = next;
            if (!heading.text().isEmpty()) {
                FormatLine nested =
                        FormatLine.result(heading.text(), 0, heading.text().length());
                readResult(
                        nested != null
                                ? nested
                                : new FormatLine(FormatLine.Kind.RESULT, FormatLine.undecorated(heading.text()), 0),
                        heading.textStart(),
                        next);
            }
            return;
        }
        part = Part.REASONING;
        position = next;
        afterOtherHeading = heading.kind() == FormatLine.Kind.OTHER ? next : NONE;
        sink.onStep(heading.text());
    }

    private boolean readResult(@Nullable FormatLine line, int start, int next) {
        if (line == null) {
            return false;
        }
        releaseResult();
        result = line;
        resultStart = start;
        position = next;
        return true;
    }

    /** The result so far was not the last line: reports it as text. */
    private void releaseResult() {
        if (result != null) {
            result = null;
            sink.onAnswer(text, resultStart, position);
        }
    }

    private void startAnswer(int start) {
        part = Part.ANSWER;
        answerStart = start;
    }

    /** Reads text up to an index. Returns false if the rest of it must wait. */
    private boolean readText(int next, boolean ended) {
        if (part == Part.START && !isBlank(position, next)) {
            if (afterOwnReasoning) {
                startAnswer(position);
            } else {
                part = Part.REASONING;
            }
        }
        if (part != Part.ANSWER) {
            return readReasoning(next, ended);
        }
        if (result != null && !isBlank(position, next)) {
            releaseResult();
        }
        if (result == null) {
            sink.onAnswer(text, position, next);
        }
        position = next;
        return true;
    }

    private boolean readReasoning(int next, boolean ended) {
        int tag = afterOwnReasoning || fence.isOpen() ? NONE : closingTag(next);
        if (tag >= 0) {
            sink.onReasoning(text, position, tag);
            position = tag + ThinkBlock.END.length();
            ownReasoningEnd = position;
            part = Part.START;
            afterOwnReasoning = true;
            inText = false;
            sharp = false;
            hasHeading = false;
            afterOtherHeading = NONE;
            return true;
        }
        boolean mayContinue = !ended && next == text.length() && text.charAt(next - 1) != '\n';
        int until = mayContinue && !afterOwnReasoning ? ThinkSplitter.beforePartialEnd(text, position) : next;
        sink.onReasoning(text, position, until);
        position = until;
        return until == next;
    }

    /** The index of a closing tag that is not quoted, between the position and an index. */
    private int closingTag(int limit) {
        String piece = text.substring(position, limit); // a search in the text would not stop at the limit
        int tag = piece.indexOf(ThinkBlock.END);
        while (tag >= 0 && position + tag > 0 && "`\"'".indexOf(text.charAt(position + tag - 1)) >= 0) {
            tag = piece.indexOf(ThinkBlock.END, tag + 1);
        }
        return tag < 0 ? NONE : position + tag;
    }

    private void endLine(int end, int next) {
        boolean wasOpen = fence.isOpen();
        if (wasOpen && part != Part.ANSWER && afterFencedAnswer == NONE) {
            FormatLine heading = FormatLine.heading(text, lineStart, end, false);
            if (heading != null && heading.kind() == FormatLine.Kind.ANSWER) {
                afterFencedAnswer = heading.text().isEmpty() ? next : heading.textStart();
            }
        }
        fence.read(text, lineStart, end);
        if (fence.isOpen() && !wasOpen) {
            startsWithFence = startsWithFence || isBlank(ownReasoningEnd, lineStart);
        } else if (wasOpen && !fence.isOpen()) {
            fenceEnd = lineStart;
            afterFence = next;
            afterFencedAnswer = startsWithFence ? afterFencedAnswer : NONE;
        }
    }

    private boolean isBlank(int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Character.isWhitespace(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether the answer has started. */
    boolean hasAnswerPart() {
        return part == Part.ANSWER;
    }

    /** Whether there was a line {@code === Answer}. */
    boolean hasAnswerLine() {
        return hasAnswerLine;
    }

    /** Whether there was a heading. */
    boolean hasHeading() {
        return hasHeading;
    }

    /** The number of characters before the answer: all of them if it has not started. */
    int lengthBeforeAnswer() {
        return part == Part.ANSWER ? answerStart : text.length();
    }

    /** The number of characters of the model's own reasoning, which ended with a closing tag without an opening tag. */
    int ownReasoningLength() {
        return ownReasoningEnd;
    }

    /** The result, if it is the last line of the answer. Its text has not been reported. */
    @Nullable
    FormatLine result() {
        return result;
    }

    /**
     * The answer in a text that has ended without a line {@code === Answer}: what follows that line in a code fence that is not closed, or
     * that the whole text is in; otherwise what follows the last heading if it has other words. Null: there is no such answer.
     */
    @Nullable
    String lateAnswer() {
        boolean wholeTextInFence = startsWithFence && !fence.isOpen() && isBlank(afterFence, text.length());
        boolean inFence = (fence.isOpen() || wholeTextInFence) && afterFencedAnswer != NONE;
        int start = lateAnswerStart();
        int end = inFence && wholeTextInFence ? Math.max(start, fenceEnd) : text.length();
        return start == NONE || isBlank(start, end) ? null : text.substring(start, end);
    }

    /** Where that answer starts. */
    int lateAnswerStart() {
        return isLateAnswerInFence() ? afterFencedAnswer : afterOtherHeading;
    }

    /** Whether that answer follows a line {@code === Answer} in a code fence. */
    boolean isLateAnswerInFence() {
        boolean inFence = fence.isOpen() || (startsWithFence && isBlank(afterFence, text.length()));
        return inFence && afterFencedAnswer != NONE;
    }

    /** The text so far, without the model's own reasoning. */
    String text() {
        return text.substring(ownReasoningEnd);
    }
}
