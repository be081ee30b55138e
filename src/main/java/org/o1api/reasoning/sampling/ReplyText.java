package org.o1api.reasoning.sampling;

import org.o1api.reasoning.text.ThinkSplitter;

/**
 * The text of a reply: the model's own reasoning in think blocks at its start, then steps and answer. If it has ended before its answer has
 * started, the whole text or the end of it is the answer.
 */
final class ReplyText {
    private final boolean startsThinking;
    private final boolean keepsResult;
    /** For text whose reasoning was reported before. */
    private final FormatReader.Sink answerSink;

    private final ThinkSplitter think;
    /** All text as long as it may be the model's own reasoning, and the number of its characters that are read. */
    private final StringBuilder start = new StringBuilder();

    private int startLength;
    private FormatReader format;
    private boolean hasFormat;
    /** The number of characters that are not the answer. */
    private int lengthBeforeAnswer;

    /**
     * Creates an empty text.
     *
     * @param startsThinking whether the text starts inside the model's own reasoning, without an opening tag
     * @param keepsResult whether the answer has the line of the result
     */
    ReplyText(boolean startsThinking, boolean keepsResult, ThinkSplitter.Sink ownReasoning, FormatReader.Sink sink) {
        this.startsThinking = startsThinking;
        this.keepsResult = keepsResult;
        answerSink = (text, from, to) -> sink.onAnswer(text, from, to); // without its other methods
        think = ThinkSplitter.ofAnswer(ownReasoning);
        if (startsThinking) {
            think.startInReasoning();
        }
        format = new FormatReader(keepsResult, sink);
    }

    void feed(String text) {
        if (think.isDone()) {
            format.feed(text, 0);
        } else {
            start.append(text);
            readStart(false);
        }
        // a text without the format is the answer: what is not known to be reasoning does not count as such
        lengthBeforeAnswer = think.isDone() ? startLength + format.answerStart() : start.length();
    }

    private void readStart(boolean ended) {
        startLength = think.read(start, startLength, ended);
        if (think.isDone()) {
            format.feed(start, startLength);
            start.setLength(0);
        }
    }

    /** The text ends, complete or not. If its answer has not started, all of it is reasoning so far. */
    void end(boolean complete) {
        if (!think.isDone()) {
            readStart(true);
        }
        if (!think.isDone()) { // the model's own reasoning has not ended: the format may be in it
            startLength = 0;
            format = new FormatReader(keepsResult, answerSink);
            format.feed(start, 0);
        }
        format.end(complete);
        hasFormat = format.hasAnswerLine();
        lengthBeforeAnswer = startLength + (format.hasAnswerPart() ? format.answerStart() : format.length());
    }

    /** Reports the answer of a text that has ended before its answer has started, or with a blank one, if it has one. */
    void showLateAnswer(boolean complete) {
        LateAnswer late = format.late();
        boolean isOwnReasoning = !think.isDone() && !startsThinking;
        if (!format.hasAnswerPart() && late.exists()) {
            hasFormat = late.isFenced();
            showAnswer(format.text(late.start(), late.end()), complete);
            lengthBeforeAnswer = startLength + late.start();
        } else if (complete ? !isOwnReasoning : think.isDone() && !format.hasHeading()) {
            showWhole(complete);
        }
    }

    /** Reports the whole text as the answer, unless it has headings. */
    void showIfPlain() {
        if (!format.hasHeading()) {
            showWhole(true);
        }
    }

    private void showWhole(boolean complete) {
        showAnswer(WholeText.of(format.text()), complete);
        lengthBeforeAnswer = startLength + format.ownReasoningLength();
    }

    private void showAnswer(String text, boolean complete) {
        FormatReader reader = new FormatReader(keepsResult, answerSink);
        reader.startInAnswer(hasFormat);
        reader.feed(text, 0);
        reader.end(complete);
    }

    /** The model has sent its own reasoning in its own field. */
    void startAfterOwnReasoning() {
        format.startAfterOwnReasoning();
    }

    /** Whether the answer has started. */
    boolean hasAnswerPart() {
        return format.hasAnswerPart();
    }

    /** Whether a line {@code === Answer} starts the answer. Valid after the end. */
    boolean hasFormat() {
        return hasFormat;
    }

    /** The number of characters at the start that are not the answer. */
    int lengthBeforeAnswer() {
        return lengthBeforeAnswer;
    }

    /** Steps, answer and result, as the model wrote them. */
    @Override
    public String toString() {
        return format.text();
    }
}
