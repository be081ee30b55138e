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
    private final StepReader thought;
    private final AnswerSplitter.ClosingTagWait tag;
    private final AnswerSplitter text;
    private final @Nullable AnswerFormat form;
    private final @Nullable StepUnwrapper shape;
    private final TextEmitter answer;
    private final TextEmitter refusal;
    private boolean heard;
    private boolean begun;
    private boolean complete;
    private boolean brokenOff;
    private int heldBack;

    /**
     * A reader of the reply in a turn without steps.
     *
     * @param step the number of the step that the model's own thought is
     * @param json whether the answer must be JSON alone
     * @param startsThinking whether its text begins inside the reasoning
     */
    AnswerReader(int step, boolean json, boolean startsThinking, TurnListener out) {
        this(step, json, startsThinking, null, out);
    }

    /**
     * A reader of one reply in a turn with steps, whose shape the model may continue.
     *
     * @param step the number of the step that the model's own thought is
     * @param form what the answer must be
     * @param startsThinking whether its text begins inside the reasoning
     */
    AnswerReader(int step, AnswerFormat form, boolean startsThinking, TurnListener out) {
        this(step, form.requiresJson(), startsThinking, form, out);
    }

    private AnswerReader(
            int step, boolean json, boolean startsThinking, @Nullable AnswerFormat form, TurnListener out) {
        this.out = out;
        this.form = form;
        shape = form == null ? null : new StepUnwrapper(form);
        thought = new StepReader(step, out);
        tag = startsThinking
                ? AnswerSplitter.ClosingTagWait.EXPECTED
                : out.isBuffered() ? AnswerSplitter.ClosingTagWait.UNTIL_END : AnswerSplitter.ClosingTagWait.NONE;
        text = new AnswerSplitter(json, tag);
        answer = new TextEmitter(out::answerText);
        refusal = new TextEmitter(out::refusalText);
    }

    void feed(Delta delta) {
        heard = true;
        if (delta instanceof Delta.Reasoning reasoning) {
            think(reasoning.text());
        } else if (delta instanceof Delta.Text piece) {
            text.feed(piece.text());
            report();
        } else if (delta instanceof Delta.Refusal piece) {
            refusal.append(piece.text());
            if (begun || !refusal.isBlank()) {
                beginOther();
                refusal.emit();
            }
        } else if (delta instanceof Delta.Image image) {
            beginOther();
            out.image(image.json());
        } else if (delta instanceof Delta.ToolCall piece) {
            beginOther();
            out.toolCall(piece);
        }
    }

    private void report() {
        take();
        if (begun || !(answer.isBlank() || waits())) {
            begin();
            answer.emit();
        }
    }

    /** Takes what the text says so far, without showing an answer. */
    private void take() {
        think(text.drainReasoning());
        String more = text.drainAnswer();
        if (shape == null) {
            answer.append(more);
        } else {
            shape.feed(more);
            answer.append(shape.drain());
        }
    }

    /** Whether text waits, for more of it or for a tool call that the caller demands. */
    private boolean waits() {
        boolean mustBeToolCall = form != null && form.requiresToolCall() && answer.length() <= StepUnwrapper.MAX_HELD;
        return !complete && (mustBeToolCall || answer.length() <= heldBack);
    }

    /** Has an answer of so many characters wait for more: if none comes, another call may give a longer one. */
    void holdBack(int characters) {
        heldBack = characters;
    }

    /** Whether the reply, which was cut, has shown nothing of an answer, and has no more than so many characters of one. */
    boolean isAtMost(int characters) {
        return !begun && endUnseen() <= characters;
    }

    /** Takes all of the text, which is complete, without showing it. Gives the number of its characters. */
    private int endUnseen() {
        text.end();
        take();
        if (shape == null) {
            return answer.isBlank() ? 0 : answer.length();
        }
        shape.end();
        answer.append(shape.drain());
        return shape.pendingLength() + (answer.isBlank() ? 0 : answer.length());
    }

    private void think(String more) {
        if (!more.isEmpty() && !begun) { // later it has no place to go
            thought.feedReasoning(more);
        }
    }

    /** The answer's text ends where something else begins, white space included. */
    private void beginOther() {
        endText();
        begin();
        answer.finish();
    }

    private void endText() {
        complete = true;
        text.end();
        take();
        if (shape != null) {
            shape.end();
            shape.releaseHeld();
            answer.append(shape.drain());
        }
        report();
    }

    /**
     * Whether the reply, which is complete, is a step or a text although the caller demands JSON of another kind or a tool call. None
     * of it was shown as the answer: another call may give a better one.
     */
    boolean hasWrongFormat() {
        if (form == null || shape == null || begun) {
            return false;
        }
        endUnseen();
        return shape.hasWrongFormat() || (form.requiresToolCall() && !answer.isBlank());
    }

    private void begin() {
        if (!begun) {
            begun = true;
            if (!brokenOff) {
                thought.end();
            }
        }
    }

    /** Whether the reply has come in so far that the model has not begun to answer: to make the call again loses no answer. */
    boolean canRetry() {
        return heard && !begun && !(tag == AnswerSplitter.ClosingTagWait.UNTIL_END && text.hasHeldAnswer());
    }

    /** How many characters at the front of the text turned out to be reasoning by a closing tag without an opening one. */
    int untaggedReasoningLength() {
        return text.untaggedReasoningLength();
    }

    /** The reply was cut: a text that began inside the reasoning, and has not come to its end, is nothing but reasoning. */
    void markTruncated() {
        text.endInReasoning();
        report();
    }

    /** Whether the reply, which is complete, has no answer in it, no refusal and no tool call. */
    boolean isEmpty() {
        endText();
        return !begun;
    }

    /** Whether the model has thought before an answer. */
    boolean hasReasoning() {
        return thought.hasStarted();
    }

    /** The reply broke off before the answer: so does the thought, if there is one. */
    void endForRetry(String why) {
        if (thought.hasStarted()) {
            brokenOff = true;
            thought.endForRetry(why);
        }
    }

    /** The reply is complete. */
    void end() {
        beginOther();
        refusal.finish();
    }
}
