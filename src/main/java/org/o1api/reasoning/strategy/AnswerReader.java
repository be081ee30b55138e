package org.o1api.reasoning.strategy;

import org.o1api.reasoning.TurnListener;
import org.o1api.upstream.Delta;

/** Reads the closing call's reply as it arrives. What the model thinks before it answers is one more step. */
final class AnswerReader {
    private final TurnListener out;
    private final StepReader thought;
    private final ShownText answer;
    private boolean begun;

    AnswerReader(int step, TurnListener out) {
        this.out = out;
        thought = new StepReader(step, out);
        answer = new ShownText(out::answerText);
    }

    void feed(Delta delta) {
        if (delta instanceof Delta.Reasoning reasoning) {
            if (!begun) { // later it has no place to go
                thought.feedReasoning(reasoning.text());
            }
            return;
        }
        begin();
        if (delta instanceof Delta.Text text) {
            answer.append(text.text());
            answer.report();
        } else if (delta instanceof Delta.ToolCall piece) {
            answer.end();
            out.toolCall(piece);
        }
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
        begin();
        answer.end();
    }
}
