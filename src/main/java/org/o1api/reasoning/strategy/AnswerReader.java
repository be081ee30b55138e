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
    private final AnswerText.Tag tag;
    private final AnswerText text;
    private final @Nullable AnswerForm form;
    private final @Nullable StepShape shape;
    private final ShownText answer;
    private final ShownText refusal;
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
    AnswerReader(int step, AnswerForm form, boolean startsThinking, TurnListener out) {
        this(step, form.isJson(), startsThinking, form, out);
    }

    private AnswerReader(int step, boolean json, boolean startsThinking, @Nullable AnswerForm form, TurnListener out) {
        this.out = out;
        this.form = form;
        shape = form == null ? null : new StepShape(form);
        thought = new StepReader(step, out);
        tag = startsThinking
                ? AnswerText.Tag.EXPECTED
                : out.isBuffered() ? AnswerText.Tag.UNTIL_END : AnswerText.Tag.AT_ONCE;
        text = new AnswerText(json, tag);
        answer = new ShownText(out::answerText);
        refusal = new ShownText(out::refusalText);
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
                refusal.report();
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
            answer.report();
        }
    }

    /** Takes what the text says so far, without showing an answer. */
    private void take() {
        think(text.takeThought());
        String more = text.takeAnswer();
        if (shape == null) {
            answer.append(more);
        } else {
            shape.feed(more);
            answer.append(shape.take());
        }
    }

    /** Whether text waits, for more of it or for a tool call that the caller demands. */
    private boolean waits() {
        boolean mustBeToolCall = form != null && form.isToolCall() && answer.length() <= StepShape.MAX_HELD;
        return !complete && (mustBeToolCall || answer.length() <= heldBack);
    }

    /** Has an answer of so many characters wait for more: if none comes, another call may give a longer one. */
    void holdBack(int characters) {
        heldBack = characters;
    }

    /** Whether the reply, which was cut, has shown nothing of an answer, and has no more than so many characters of one. */
    boolean isShorter(int characters) {
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
        answer.append(shape.take());
        return shape.waiting() + (answer.isBlank() ? 0 : answer.length());
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
        answer.end();
    }

    private void endText() {
        complete = true;
        text.end();
        take();
        if (shape != null) {
            shape.end();
            shape.release();
            answer.append(shape.take());
        }
        report();
    }

    /**
     * Whether the reply, which is complete, is a step or a text although the caller demands JSON of another kind or a tool call. None
     * of it was shown as the answer: another call may give a better one.
     */
    boolean missesForm() {
        if (form == null || shape == null || begun) {
            return false;
        }
        endUnseen();
        return shape.isForeign() || (form.isToolCall() && !answer.isBlank());
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
    boolean mayBeginAnew() {
        return heard && !begun && !(tag == AnswerText.Tag.UNTIL_END && text.holdsAnswer());
    }

    /** How many characters at the front of the text turned out to be reasoning by a closing tag without an opening one. */
    int reasoningLength() {
        return text.reasoningLength();
    }

    /** The reply was cut: a text that began inside the reasoning, and has not come to its end, is nothing but reasoning. */
    void cut() {
        text.endInReasoning();
        report();
    }

    /** Whether the reply, which is complete, has no answer in it, no refusal and no tool call. */
    boolean saysNothing() {
        endText();
        return !begun;
    }

    /** Whether the model has thought before an answer. */
    boolean thinks() {
        return thought.begun();
    }

    /** The reply broke off before the answer: so does the thought, if there is one. */
    void breakOff(String why) {
        if (thought.begun()) {
            brokenOff = true;
            thought.breakOff(why);
        }
    }

    /** The reply is complete. */
    void end() {
        beginOther();
        refusal.end();
    }
}
