package org.o1api.reasoning.strategy;

import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.reasoning.TurnListener;

/**
 * Reads the closing call's reply as it arrives. What the model thinks before it answers is one more step. White space alone is
 * no answer: it waits for what follows it.
 */
final class AnswerReader {
    private final TurnListener out;
    private final StepReader reasoningStep;
    private final AnswerSplitter.ClosingTagWait closingTagWait;
    private final AnswerSplitter splitter;
    private final @Nullable AnswerFormat format;
    private final @Nullable StepUnwrapper unwrapper;
    private final TextEmitter answer;
    private final TextEmitter refusal;
    private boolean hasOutput;
    private boolean answerStarted;
    private boolean textComplete;
    private boolean reasoningEnded;
    private int minLength;

    /**
     * A reader of the reply in a turn without steps.
     *
     * @param step the number of the step that the model's own thought is
     * @param requiresJson whether the answer must be JSON alone
     * @param startsThinking whether its text begins inside the reasoning
     */
    AnswerReader(int step, boolean requiresJson, boolean startsThinking, TurnListener out) {
        this(step, requiresJson, startsThinking, null, out);
    }

    /**
     * A reader of one reply in a turn with steps, whose shape the model may continue.
     *
     * @param step the number of the step that the model's own thought is
     * @param format what the answer must be
     * @param startsThinking whether its text begins inside the reasoning
     */
    AnswerReader(int step, AnswerFormat format, boolean startsThinking, TurnListener out) {
        this(step, format.requiresJson(), startsThinking, format, out);
    }

    private AnswerReader(
            int step, boolean requiresJson, boolean startsThinking, @Nullable AnswerFormat format, TurnListener out) {
        this.out = out;
        this.format = format;
        unwrapper = format == null ? null : new StepUnwrapper(format);
        reasoningStep = new StepReader(step, out);
        closingTagWait = startsThinking
                ? AnswerSplitter.ClosingTagWait.EXPECTED
                : out.isBuffered() ? AnswerSplitter.ClosingTagWait.UNTIL_END : AnswerSplitter.ClosingTagWait.NONE;
        splitter = new AnswerSplitter(requiresJson, closingTagWait);
        answer = new TextEmitter(out::answerText);
        refusal = new TextEmitter(out::refusalText);
    }

    void feed(Delta delta) {
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

    /** Takes what the text says so far, without showing an answer. */
    private void moveText() {
        showReasoning(splitter.drainReasoning());
        String text = splitter.drainAnswer();
        if (unwrapper == null) {
            answer.append(text);
        } else {
            unwrapper.feed(text);
            answer.append(unwrapper.drain());
        }
    }

    /** Whether text waits, for more of it or for a tool call that the caller demands. */
    private boolean mustWait() {
        boolean mustBeToolCall =
                format != null && format.requiresToolCall() && answer.length() <= StepUnwrapper.MAX_HELD;
        return !textComplete && (mustBeToolCall || answer.length() <= minLength);
    }

    /** Has an answer of so many characters wait for more: if none comes, another call may give a longer one. */
    void holdBack(int characters) {
        minLength = characters;
    }

    /** Whether the reply, which was cut, has shown nothing of an answer, and has no more than so many characters of one. */
    boolean isAtMost(int characters) {
        return !answerStarted && endTextUnshown() <= characters;
    }

    /** Takes all of the text, which is complete, without showing it. Gives the number of its characters. */
    private int endTextUnshown() {
        splitter.end();
        moveText();
        if (unwrapper == null) {
            return answer.isBlank() ? 0 : answer.length();
        }
        unwrapper.end();
        answer.append(unwrapper.drain());
        return unwrapper.pendingLength() + (answer.isBlank() ? 0 : answer.length());
    }

    private void showReasoning(String text) {
        if (!text.isEmpty() && !answerStarted) { // later it has no place to go
            reasoningStep.feedReasoning(text);
        }
    }

    /** The answer's text ends where something else begins, white space included. */
    private void startOtherOutput() {
        endText();
        startAnswer();
        answer.finish();
    }

    private void endText() {
        textComplete = true;
        splitter.end();
        moveText();
        if (unwrapper != null) {
            unwrapper.end();
            unwrapper.releaseHeld();
            answer.append(unwrapper.drain());
        }
        emitAnswer();
    }

    /**
     * Whether the reply, which is complete, is a step or a text although the caller demands JSON of another kind or a tool call. None
     * of it was shown as the answer: another call may give a better one.
     */
    boolean hasWrongFormat() {
        if (format == null || unwrapper == null || answerStarted) {
            return false;
        }
        endTextUnshown();
        return unwrapper.hasWrongFormat() || (format.requiresToolCall() && !answer.isBlank());
    }

    private void startAnswer() {
        if (!answerStarted) {
            answerStarted = true;
            if (!reasoningEnded) {
                reasoningStep.end();
            }
        }
    }

    /** Whether the reply has come in so far that the model has not begun to answer: to make the call again loses no answer. */
    boolean canRetry() {
        return hasOutput
                && !answerStarted
                && !(closingTagWait == AnswerSplitter.ClosingTagWait.UNTIL_END && splitter.hasHeldAnswer());
    }

    /** How many characters at the front of the text turned out to be reasoning by a closing tag without an opening one. */
    int untaggedReasoningLength() {
        return splitter.untaggedReasoningLength();
    }

    /** The reply was cut: a text that began inside the reasoning, and has not come to its end, is nothing but reasoning. */
    void markTruncated() {
        splitter.endInReasoning();
        emitAnswer();
    }

    /** Whether the reply, which is complete, has no answer in it, no refusal and no tool call. */
    boolean isEmpty() {
        endText();
        return !answerStarted;
    }

    /** Whether the model has thought before an answer. */
    boolean hasReasoning() {
        return reasoningStep.hasStarted();
    }

    /** The reply broke off before the answer: so does the thought, if there is one. */
    void endForRetry(String reason) {
        if (reasoningStep.hasStarted()) {
            reasoningEnded = true;
            reasoningStep.endForRetry(reason);
        }
    }

    /** The reply is complete. */
    void end() {
        startOtherOutput();
        refusal.finish();
    }
}
