package org.o1api.reasoning.sampling;

import org.jspecify.annotations.Nullable;

/**
 * The answer in a text: reports its text as it is read, except for a line that may be the result. That one is held back until text
 * follows, or until the end: as the last line of an answer in the format it is not shown if it only repeats what the answer says.
 */
final class AnswerPart {
    /** What a line ends with that says that the next one is part of the text. */
    private static final String ANNOUNCING = ":\uff1a?\uff1f\u061f";

    private static final String DECORATION = " \t*_`\"'";

    private final CharSequence text;
    private final FormatReader.Sink sink;
    private final boolean keepsResult;
    /** Whether anything but white space was reported. */
    private boolean hasText;
    /** The index of the first character that was reported; -1: none. */
    private int start = -1;
    /** The last line so far, if it may be the result. Its text has not been reported. */
    private @Nullable FormatLine result;

    private int resultLineStart;
    private int resultEnd;
    /** Whether an earlier line could have been the result. */
    private boolean hasOtherResult;

    /**
     * Creates a part without text.
     *
     * @param text the whole text so far, of which ranges are added
     * @param keepsResult whether the line of the result is part of the answer
     */
    AnswerPart(CharSequence text, boolean keepsResult, FormatReader.Sink sink) {
        this.text = text;
        this.keepsResult = keepsResult;
        this.sink = sink;
    }

    /** Adds text. */
    void add(int from, int to) {
        boolean blank = CodeFence.isBlank(text, from, to);
        if (result != null && !blank) {
            release();
        }
        if (result == null) {
            show(from, to);
            hasText |= !blank;
        } else {
            resultEnd = to;
        }
    }

    private void show(int from, int to) {
        start = start < 0 ? from : start;
        sink.onAnswer(text, from, to);
    }

    /**
     * Adds a line that may be the result, or a heading with the result.
     *
     * @param from the index of the line's first character
     * @param to where the next line starts
     */
    void addResult(FormatLine line, int from, int to) {
        release();
        result = line;
        resultLineStart = from;
        resultEnd = to;
    }

    /** The line that is held back, if any, is not the last one. */
    void release() {
        if (result != null) {
            boolean isOwnLine = result.kind() == FormatLine.Kind.RESULT;
            hasOtherResult |= isOwnLine;
            hasText = true;
            show(isOwnLine ? result.start() : result.textStart(), resultEnd);
            result = null;
        }
    }

    /**
     * The text ends.
     *
     * @param complete whether it is complete; otherwise its last line is not the result
     * @param inFormat whether the model has written the answer in the format
     */
    void end(boolean complete, boolean inFormat) {
        if (!complete) {
            release();
        }
        if (result != null) {
            showResult(result, isNeeded(result, inFormat));
        }
    }

    private void showResult(FormatLine line, boolean needed) {
        if (needed && line.kind() == FormatLine.Kind.RESULT) {
            show(line.start(), resultEnd);
        } else if (needed || !hasText) {
            show(keepsResult ? line.start() : line.textStart(), line.textStart());
            sink.onAnswer(line.text(), 0, line.text().length());
        }
    }

    private boolean isNeeded(FormatLine line, boolean inFormat) {
        return keepsResult || (hasText && (!inFormat || hasOtherResult || isAnnounced() || !isMentioned(line)));
    }

    private boolean isMentioned(FormatLine line) {
        return ResultMention.in(text.subSequence(start, resultLineStart).toString(), line.text());
    }

    /** Whether the line before the result, apart from blank ones, needs it. */
    private boolean isAnnounced() {
        int end = resultLineStart;
        while (end > 0 && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        while (end > 0 && DECORATION.indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return end > 0 && ANNOUNCING.indexOf(text.charAt(end - 1)) >= 0;
    }
}
