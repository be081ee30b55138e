package org.o1api.reasoning.strategy;

import org.o1api.reasoning.TurnListener;
import org.o1api.upstream.Delta;

/** Reads the closing call's reply as it arrives. What the model thinks before it answers is one more step. */
final class AnswerReader {
    private final TurnListener out;
    private final StepReader thought;
    private final AnswerText text;
    private final ShownText answer;
    private final ShownText refusal;
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
        if (delta instanceof Delta.Reasoning reasoning) {
            think(reasoning.text());
        } else if (delta instanceof Delta.Text piece) {
            text.feed(piece.text());
            report();
        } else if (delta instanceof Delta.Refusal piece) {
            endText();
            refusal.append(piece.text());
            refusal.report();
        } else if (delta instanceof Delta.ToolCall piece) {
            endText();
            out.toolCall(piece);
        }
    }

    private void report() {
        think(text.takeThought());
        String said = text.takeAnswer();
        if (!said.isEmpty()) {
            begin();
            answer.append(said);
            answer.report();
        }
    }

    private void think(String more) {
        if (!more.isEmpty() && !begun) { // later it has no place to go
            thought.feedReasoning(more);
        }
    }

    private void endText() {
        text.end();
        report();
        begin();
        answer.end();
    }

    private void begin() {
        if (!begun) {
            begun = true;
            thought.end();
        }
    }

    /** Whether the model thinks, and has not begun to answer. */
    boolean thinks() {
        return thought.begun() && !begun;
    }

    /** The reply broke off while the model thought. */
    void breakOff(String why) {
        thought.breakOff(why);
    }

    /** The reply is complete. */
    void end() {
        endText();
        refusal.end();
    }
}
