package org.o1api.reasoning.strategy;

import java.util.Locale;
import org.o1api.reasoning.TurnListener;

/** Reads one step's reply as it arrives, the text and the reasoning beside it, and reports the step. */
final class StepReader {
    private final int number;
    private final TurnListener out;
    private final TextEmitter shown;
    private final ReplyCursor reply = new ReplyCursor();
    private final StepValueReader values;
    private final StepParser text;
    /** What is shown of the reply itself, without the reasoning beside it. */
    private final StringBuilder own = new StringBuilder();

    private final LoopDetector replyLoop = new LoopDetector();
    private final LoopDetector reasoningLoop = new LoopDetector();
    private final boolean detectsLoops;
    private boolean begun;
    private boolean reasons;

    StepReader(int number, TurnListener out) {
        this(number, false, out);
    }

    /**
     * A reader of one reply.
     *
     * @param number of the step
     * @param detectsLoops whether it looks for a text that repeats itself
     */
    StepReader(int number, boolean detectsLoops, TurnListener out) {
        this.number = number;
        this.detectsLoops = detectsLoops;
        this.out = out;
        shown = new TextEmitter(text -> out.stepText(number, text));
        values = new StepValueReader(title -> out.stepTitled(number, title), shown, reply);
        text = new StepParser(reply, shown, values);
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
            shown.startSection();
        }
        int before = shown.length();
        reply.append(more);
        text.read();
        shown.copyTo(own, before);
        shown.emit();
        if (detectsLoops) {
            replyLoop.feed(more);
        }
    }

    /** Takes the next piece of the reasoning that the model gives beside its reply; it is shown, and is no part of the reply. */
    void feedReasoning(String more) {
        begin();
        if (!reasons) {
            reasons = true;
            shown.startSection();
        }
        shown.append(more);
        shown.emit();
        if (detectsLoops) {
            reasoningLoop.feed(more);
        }
    }

    private void begin() {
        if (!begun) {
            begun = true;
            out.stepStarted(number);
        }
    }

    /** Whether the model has said anything. */
    boolean hasStarted() {
        return begun;
    }

    /** Whether the reply, or the reasoning beside it, repeats itself. */
    boolean isRepeating() {
        return replyLoop.isFound() || reasoningLoop.isFound();
    }

    /** The reply so far, as the model gave it, without what it repeats. */
    String reply() {
        return replyLoop.withoutRepetition(reply.toString());
    }

    /** Title and text of the reply without case and white space: two steps that have the same are the same step. */
    String normalizedText() {
        StringBuilder said = new StringBuilder();
        String title = values.title();
        (title == null ? own.toString() : title + own)
                .toLowerCase(Locale.ROOT)
                .chars()
                .filter(c -> !Character.isWhitespace(c))
                .forEach(c -> said.append((char) c));
        return said.toString();
    }

    /** The reply is complete, or as complete as it will ever be: shows the rest of it. */
    Step complete() {
        if (detectsLoops) {
            replyLoop.end();
            reasoningLoop.end();
        }
        reply.end();
        int before = shown.length();
        text.readToEnd();
        values.end();
        shown.copyTo(own, before);
        boolean broken = !text.isClosed() || (values.title() == null && !values.hasContent());
        shown.finish();
        return new Step(values.title(), shown.emitted(), values.nextAction(), broken);
    }

    /** The step ends, unless it has not begun. */
    void close() {
        if (begun) {
            out.stepEnded(number);
        }
    }

    /** The reply is complete, or as complete as it will ever be: the step ends. */
    Step end() {
        Step step = complete();
        close();
        return step;
    }

    /** The step ends with a note of the gateway as its last line. It begins for that if it has not begun. */
    void endWithNote(String note) {
        begin();
        shown.startSection();
        shown.append("*" + note + "*");
        shown.finish();
        out.stepEnded(number);
    }

    /** The reply broke off and is requested again: a last line says why. */
    void endForRetry(String why) {
        endWithNote(sentence(why) + " Retrying this step.");
    }

    /** The reply broke off, and the step stays as it is: a last line says why. */
    void endIncomplete(String why) {
        endWithNote(sentence(why) + " Answering from the previous steps.");
    }

    private static String sentence(String why) {
        return why.endsWith(".") || why.endsWith("!") || why.endsWith("?") ? why : why + ".";
    }
}
