package org.o1api.reasoning.sampling;

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
    /** Receives the parts, or only the answer. White space is not trimmed. */
    interface Sink {
        default void onStep(String title) {}

        default void onReasoning(CharSequence text, int from, int to) {}

        void onAnswer(CharSequence text, int from, int to);
    }

    private enum Part {
        START,
        REASONING,
        ANSWER
    }

    private final Sink sink;
    private final StringBuilder text = new StringBuilder();
    private final LateAnswer late = new LateAnswer(text);
    private final AnswerPart answer;
    private Part part = Part.START;
    private boolean afterOwnReasoning;
    /** Whether Markdown's headings count, because the reply began with one. */
    private boolean sharp;

    private boolean hasHeading;
    private boolean hasAnswerLine;
    private int position;
    /** Where the text starts after the model's own reasoning. */
    private int ownReasoningEnd;

    private int lineStart;
    /** Whether the line of the position is known to be text. */
    private boolean inText;

    /** Where the answer starts; until it has started, where it does if the text is complete. */
    private int answerStart;

    FormatReader(Sink sink) {
        this(false, sink);
    }

    /**
     * Creates a reader.
     *
     * @param keepsResult whether the line of the result is part of the answer
     */
    FormatReader(boolean keepsResult, Sink sink) {
        this.sink = sink;
        answer = new AnswerPart(text, keepsResult, sink);
    }

    /**
     * Makes the text that follows the answer.
     *
     * @param afterAnswerLine whether it has followed a line {@code === Answer}
     */
    void startInAnswer(boolean afterAnswerLine) {
        hasAnswerLine = afterAnswerLine;
        startAnswer(0);
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
            late.readText(lineStart, text.length(), text.length());
        }
        answer.end(complete, hasAnswerLine);
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
                late.readText(lineStart, end, next);
            }
        }
    }

    private boolean mayBecomeFormatLine(int end) {
        if (late.isInFence()) {
            return false;
        }
        return FormatLine.mayBecomeHeading(text, lineStart, end, sharp || part == Part.START)
                || (part == Part.ANSWER && FormatLine.mayBecomeResult(text, lineStart, end));
    }

    /** Reads the line if it is not text. Returns false if it is text. */
    private boolean readFormatLine(int end, int next) {
        if (late.isInFence() || CodeFence.isBlank(text, lineStart, end)) {
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
        if (part == Part.ANSWER && (heading == null || heading.kind() != FormatLine.Kind.ANSWER)) {
            return readResult(end, next);
        }
        if (heading != null) {
            position = next;
            readHeading(heading, next);
        }
        return heading != null;
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
            hasAnswerLine = true;
            readAnswerHeading(heading, next);
        } else {
            part = Part.REASONING;
            late.readHeading(heading, next);
            sink.onStep(heading.text());
        }
    }

    private void readAnswerHeading(FormatLine heading, int next) {
        answer.release();
        if (part != Part.ANSWER) {
            startAnswer(heading.text().isEmpty() ? next : heading.textStart());
        }
        if (!heading.text().isEmpty()) {
            answer.addResult(heading.asResult(), lineStart, next);
        }
    }

    private boolean readResult(int end, int next) {
        FormatLine line = FormatLine.result(text, lineStart, end);
        if (line != null) {
            position = next;
            answer.addResult(line, lineStart, next);
        }
        return line != null;
    }

    private void startAnswer(int start) {
        part = Part.ANSWER;
        answerStart = start;
    }

    /** Reads text up to an index. Returns false if the rest of it must wait. */
    private boolean readText(int next, boolean ended) {
        if (part == Part.START && !CodeFence.isBlank(text, position, next)) {
            if (afterOwnReasoning) {
                startAnswer(position);
            } else {
                part = Part.REASONING;
            }
        }
        if (part != Part.ANSWER) {
            return readReasoning(next, ended);
        }
        answer.add(position, next);
        position = next;
        return true;
    }

    private boolean readReasoning(int next, boolean ended) {
        int tag = afterOwnReasoning || late.isInFence() ? -1 : closingTag(next);
        if (tag >= 0) {
            sink.onReasoning(text, position, tag);
            position = tag + ThinkBlock.END.length();
            ownReasoningEnd = position;
            answerStart = position;
            part = Part.START;
            afterOwnReasoning = true;
            inText = false;
            sharp = false;
            hasHeading = false;
            late.startAt(position);
            return true;
        }
        boolean mayContinue = !ended && next == text.length() && text.charAt(next - 1) != '\n';
        int until = mayContinue && !afterOwnReasoning ? ThinkSplitter.beforePartialEnd(text, position) : next;
        sink.onReasoning(text, position, until);
        position = until;
        return until == next;
    }

    /** The index of a closing tag that is not quoted, between the position and an index; negative: there is none. */
    private int closingTag(int limit) {
        String piece = text.substring(position, limit); // a search in the text would not stop at the limit
        int tag = piece.indexOf(ThinkBlock.END);
        while (tag >= 0 && position + tag > 0 && "`\"'".indexOf(text.charAt(position + tag - 1)) >= 0) {
            tag = piece.indexOf(ThinkBlock.END, tag + 1);
        }
        return tag < 0 ? tag : position + tag;
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

    /** The number of characters before the answer. Until it has started, those before the answer if the text is complete. */
    int answerStart() {
        return answerStart;
    }

    /** The number of characters of the model's own reasoning, which ended with a closing tag without an opening tag. */
    int ownReasoningLength() {
        return ownReasoningEnd;
    }

    /** The number of characters so far, with the model's own reasoning. */
    int length() {
        return text.length();
    }

    /** The answer of a text that has ended before the answer has started. */
    LateAnswer late() {
        return late;
    }

    /** A part of the text, the model's own reasoning included. */
    String text(int from, int to) {
        return text.substring(from, to);
    }

    /** The text so far, without the model's own reasoning. */
    String text() {
        return text.substring(ownReasoningEnd);
    }
}
