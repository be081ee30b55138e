package org.o1api.reasoning.strategy;

import org.o1api.reasoning.TurnListener;
import org.o1api.upstream.Delta;

/**
 * Reads the closing call's reply as it arrives. What the model thinks before it answers is one more step. White space alone is
 * no answer: it waits for what follows it.
 */
final class AnswerReader {
    private final TurnListener out;
    private final StepReader thought;
    private final AnswerText text;
    private final ShownText answer;
    private final ShownText refusal;
    private boolean heard;
    private boolean begun;

    /**
     * A reader of one reply.
     *
     * @param step the number of the step that the model's own thought is
     * @param json whether the answer must be JSON alone
     */
    AnswerReader(int step, boolean json, TurnListener out) {
        this.out = out;
        thought = new StepReader(step, out);
        text = new AnswerText(json);
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
            begin();
            answer.report();
            out.image(image.json());
        } else if (delta instanceof Delta.ToolCall piece) {
            beginOther();
            out.toolCall(piece);
        }
    }

    private void report() {
        think(text.takeThought());
        answer.append(text.takeAnswer());
        if (begun || !answer.isBlank()) {
            begin();
            answer.report();
        }
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
        text.end();
        report();
    }

    private void begin() {
        if (!begun) {
            begun = true;
            thought.end();
        }
    }

    /** Whether the reply has come in so far that the model has not begun to answer: to make the call again loses no answer. */
    boolean mayBeginAnew() {
        return heard && !begun;
    }

    /** Whether the reply, which is complete, has no answer in it, no refusal and no tool call. */
    boolean saysNothing() {
        endText();
        return !begun;
    }

    /** The reply broke off before the answer: so does the thought, if there is one. */
    void breakOff(String why) {
        if (thought.begun()) {
            thought.breakOff(why);
        }
    }

    /** The reply is complete. */
    void end() {
        beginOther();
        refusal.end();
    }
}
