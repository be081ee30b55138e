package org.o1api.reasoning.text;

import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.reasoning.TurnLog;

/**
 * Reads the closing call's reply as it arrives and reports it. Reasoning before the answer is reported as another step. White
 * space is held back until the answer continues.
 */
public final class AnswerReader {
    private final TurnLog out;
    private final StepReader reasoningStep;
    private final AnswerSplitter.ClosingTagWait closingTagWait;
    private final AnswerSplitter splitter;
    private final AnswerFormat format;
    private final @Nullable AnswerFilter filter;
    private final TextEmitter answer;
    private final TextEmitter refusal;
    private boolean hasOutput;
    private boolean answerStarted;
    private boolean textComplete;
    private boolean reasoningEnded;
    private int minLength;

    /**
     * Creates a reader.
     *
     * @param step the number of the step for the model's reasoning
     * @param format the required format of the answer; checked if there is a filter
     * @param filter for a model that may continue in the form of the reasoning; null: the text is the answer
     * @param startsThinking whether the text starts inside the reasoning, without an opening tag
     */
    public AnswerReader(
            int step, AnswerFormat format, @Nullable AnswerFilter filter, boolean startsThinking, TurnLog out) {
        this.out = out;
        this.format = format;
        this.filter = filter;
        reasoningStep = new StepReader(step, out);
        closingTagWait = startsThinking
                ? AnswerSplitter.ClosingTagWait.EXPECTED
                : out.isBuffered() ? AnswerSplitter.ClosingTagWait.UNTIL_END : AnswerSplitter.ClosingTagWait.NONE;
        splitter = new AnswerSplitter(format.requiresJson(), closingTagWait);
        answer = new TextEmitter(out::answerText);
        refusal = new TextEmitter(out::refusalText);
    }

    /** Adds a piece of the reply. */
    public void feed(Delta delta) {
        hasOutput = true;
        if (delta instanceof Delta.Reasoning reasoning) {
            showReasoning(reasoning.text());
        } else if (delta instanceof Delta.Text piece) {
            splitter.feed(piece.text());
            emitAnswer();
        } else if (delta instanceof Delta.Refusal piece) {
            refusal.append(piece.text());
            if (answerStarted || !refusal.isBlank()) {
                startOtherOutput();
                refusal.emit();
            }
        } else if (delta instanceof Delta.Image image) {
            startOtherOutput();
            out.image(image.json());
        } else if (delta instanceof Delta.ToolCall piece) {
            startOtherOutput();
            out.toolCall(piece);
        }
    }

    private void emitAnswer() {
        moveText();
        if (answerStarted || !(answer.isBlank() || mustWait())) {
            startAnswer();
            answer.emit();
        }
    }

    /** Moves the available text on without emitting answer text. */
    private void moveText() {
        showReasoning(splitter.drainReasoning());
        String text = splitter.drainAnswer();
        if (filter == null) {
            answer.append(text);
        } else {
            filter.feed(text);
            drain(filter);
        }
    }

    private void drain(AnswerFilter from) {
        showReasoning(from.drainReasoning());
        answer.append(from.drain());
    }

    /** Whether answer text must wait for more text, or for a tool call that the caller requires. */
    private boolean mustWait() {
        boolean mustBeToolCall =
                filter != null && format.requiresToolCall() && answer.length() <= AnswerFilter.MAX_HELD;
        return !textComplete && (mustBeToolCall || answer.length() <= minLength);
    }

    /** Holds the answer back until it is longer than this: if the reply ends before, another call may give a longer answer. */
    public void holdBack(int characters) {
        minLength = characters;
    }

    /** Whether a truncated reply has at most this many characters of answer, none of them shown. */
    public boolean isAtMost(int characters) {
        return !answerStarted && endTextUnshown() <= characters;
    }

    /** Processes the rest of the text without showing it. Returns the length of the answer. */
    private int endTextUnshown() {
        splitter.end();
        moveText();
        int length = 0;
        if (filter != null) {
            filter.end();
            drain(filter);
            length = filter.pendingLength();
        }
        return length + (answer.isBlank() ? 0 : answer.length());
    }

    private void showReasoning(String text) {
        if (!text.isEmpty() && !answerStarted) { // after the start of the answer there is no step to show it in
            reasoningStep.feedReasoning(text);
        }
    }

    /** Ends the answer's text, including white space, before output of another type. */
    private void startOtherOutput() {
        endText();
        startAnswer();
        answer.finish();
    }

    private void endText() {
        textComplete = true;
        splitter.end();
        moveText();
        if (filter != null) {
            filter.end();
            filter.releaseHeld();
            drain(filter);
        }
        emitAnswer();
    }

    /**
     * Whether the reply, which has ended, is reasoning or text although the caller requires JSON or a tool call. Nothing of it was shown as
     * the answer, so another call can replace it.
     */
    public boolean hasWrongFormat() {
        if (filter == null || answerStarted) {
            return false;
        }
        endTextUnshown();
        return filter.hasWrongFormat() || (format.requiresToolCall() && !answer.isBlank());
    }

    private void startAnswer() {
        if (!answerStarted) {
            answerStarted = true;
            if (!reasoningEnded) {
                reasoningStep.end();
            }
        }
    }

    /** Whether the call can be repeated without losing answer text: it has output, but no answer was shown. */
    public boolean canRetry() {
        return hasOutput
                && !answerStarted
                && !(closingTagWait == AnswerSplitter.ClosingTagWait.UNTIL_END && splitter.hasHeldAnswer());
    }

    /**
     * The number of characters at the start of the text that turned out to be reasoning, because of a closing tag without an opening tag,
     * or the form of the reasoning.
     */
    public int untaggedReasoningLength() {
        return splitter.untaggedReasoningLength() + (filter == null ? 0 : filter.reasoningLength());
    }

    /**
     * The reply was truncated. If its text started inside the reasoning and the reasoning did not end, all of it is reasoning.
     */
    public void markTruncated() {
        splitter.endInReasoning();
        if (filter != null) {
            filter.markTruncated();
        }
        emitAnswer();
    }

    /** Whether the complete reply contains no answer text, refusal, image or tool call. */
    public boolean isEmpty() {
        endText();
        return !answerStarted;
    }

    /** Whether part of the answer was shown. */
    public boolean hasAnswer() {
        return answerStarted;
    }

    /** Whether reasoning was shown before the answer. */
    public boolean hasReasoning() {
        return reasoningStep.hasStarted();
    }

    /** The call will be repeated: ends the reasoning step, if there is one, with a note that says so. */
    public void endForRetry(String note) {
        if (reasoningStep.hasStarted()) {
            reasoningEnded = true;
            reasoningStep.endWithNote(note, StepOutcome.FAILED, null);
        }
    }

    /** The reply is complete: reports the rest of it. */
    public void end() {
        startOtherOutput();
        refusal.finish();
    }
}
