package org.o1api.reasoning.strategy;

import org.o1api.reasoning.TurnListener;

/** Reads one step's reply as it arrives, the text and the reasoning beside it, and reports the step. */
final class StepReader {
    private final int number;
    private final TurnListener out;
    private final ShownText shown;
    private final ReplyText reply = new ReplyText();
    private final StepValues values;
    private final StepText text;
    private boolean begun;
    private boolean reasons;

    StepReader(int number, TurnListener out) {
        this.number = number;
        this.out = out;
        shown = new ShownText(text -> out.stepText(number, text));
        values = new StepValues(number, out, shown, reply);
        text = new StepText(reply, shown, values);
    }

    /** The reply begins inside the reasoning: text that is no JSON waits for the closing tag, or for the end. */
    void startInReasoning() {
        text.startInReasoning();
    }

    /** Takes the next piece of the reply. */
    void feed(String more) {
        begin();
        if (reasons) {
            reasons = false;
            shown.beginSection();
        }
        reply.add(more);
        text.read();
        shown.report();
    }

    /** Takes the next piece of the reasoning that the model gives beside its reply; it is shown, and is no part of the reply. */
    void feedReasoning(String more) {
        begin();
        if (!reasons) {
            reasons = true;
            shown.beginSection();
        }
        shown.append(more);
        shown.report();
    }

    private void begin() {
        if (!begun) {
            begun = true;
            out.stepStarted(number);
        }
    }

    /** Whether the model has said anything. */
    boolean begun() {
        return begun;
    }

    /** The reply so far, as the model gave it. */
    String reply() {
        return reply.toString();
    }

    /** The reply is complete, or as complete as it will ever be: the step ends. */
    Step end() {
        reply.end();
        text.readToEnd();
        values.end();
        boolean broken = !text.isClosed() || (values.title() == null && !values.hasContent());
        shown.end();
        if (begun) {
            out.stepEnded(number);
        }
        return new Step(values.title(), shown.reported(), values.nextAction(), broken);
    }

    /** The reply broke off, and so does the step, to begin anew: a last line says why. */
    void breakOff(String why) {
        endBroken(why, "This step begins anew.");
    }

    /** The reply broke off, and the step stays as it is: a last line says why. */
    void giveUp(String why) {
        endBroken(why, "This step is left at that.");
    }

    private void endBroken(String why, String whatNext) {
        shown.beginSection();
        boolean ends = why.endsWith(".") || why.endsWith("!") || why.endsWith("?");
        shown.append("*" + why + (ends ? "" : ".") + " " + whatNext + "*");
        shown.end();
        out.stepEnded(number);
    }
}
