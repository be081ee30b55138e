package org.o1api.reasoning.strategy;

import java.util.Locale;
import org.o1api.reasoning.TurnListener;

/** Reads one step's reply as it arrives, the text and the reasoning beside it, and reports the step. */
final class StepReader {
    private final int number;
    private final TurnListener out;
    private final TextEmitter emitter;
    private final ReplyCursor reply = new ReplyCursor();
    private final StepValueReader values;
    private final StepParser parser;
    /** What is shown of the reply itself, without the reasoning beside it. */
    private final StringBuilder replyText = new StringBuilder();

    private final LoopDetector replyLoop = new LoopDetector();
    private final LoopDetector reasoningLoop = new LoopDetector();
    private final boolean detectsLoops;
    private boolean started;
    private boolean inReasoning;

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
        emitter = new TextEmitter(text -> out.stepText(number, text));
        values = new StepValueReader(title -> out.stepTitled(number, title), emitter, reply);
        parser = new StepParser(reply, emitter, values);
    }

    /** The reply begins inside the reasoning: text that is no JSON waits for the closing tag, or for the end. */
    void startInReasoning() {
        parser.startInReasoning();
    }

    /** Takes the next piece of the reply. */
    void feed(String text) {
        start();
        if (inReasoning) {
            inReasoning = false;
            emitter.startSection();
        }
        int before = emitter.length();
        reply.append(text);
        parser.read();
        emitter.copyTo(replyText, before);
        emitter.emit();
        if (detectsLoops) {
            replyLoop.feed(text);
        }
    }

    /** Takes the next piece of the reasoning that the model gives beside its reply; it is shown, and is no part of the reply. */
    void feedReasoning(String text) {
        start();
        if (!inReasoning) {
            inReasoning = true;
            emitter.startSection();
        }
        emitter.append(text);
        emitter.emit();
        if (detectsLoops) {
            reasoningLoop.feed(text);
        }
    }

    private void start() {
        if (!started) {
            started = true;
            out.stepStarted(number);
        }
    }

    /** Whether the model has said anything. */
    boolean hasStarted() {
        return started;
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
        StringBuilder normalized = new StringBuilder();
        String title = values.title();
        (title == null ? replyText.toString() : title + replyText)
                .toLowerCase(Locale.ROOT)
                .chars()
                .filter(c -> !Character.isWhitespace(c))
                .forEach(c -> normalized.append((char) c));
        return normalized.toString();
    }

    /** The reply is complete, or as complete as it will ever be: shows the rest of it. */
    Step complete() {
        if (detectsLoops) {
            replyLoop.end();
            reasoningLoop.end();
        }
        reply.end();
        int before = emitter.length();
        parser.readToEnd();
        values.end();
        emitter.copyTo(replyText, before);
        boolean malformed = !parser.isClosed() || (values.title() == null && !values.hasContent());
        emitter.finish();
        return new Step(values.title(), emitter.emitted(), values.nextAction(), malformed);
    }

    /** The step ends, unless it has not begun. */
    void close() {
        if (started) {
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
        start();
        emitter.startSection();
        emitter.append("*" + note + "*");
        emitter.finish();
        out.stepEnded(number);
    }

    /** The reply broke off and is requested again: a last line says why. */
    void endForRetry(String reason) {
        endWithNote(sentence(reason) + " Retrying this step.");
    }

    /** The reply broke off, and the step stays as it is: a last line says why. */
    void endIncomplete(String reason) {
        endWithNote(sentence(reason) + " Answering from the previous steps.");
    }

    private static String sentence(String reason) {
        return reason.endsWith(".") || reason.endsWith("!") || reason.endsWith("?") ? reason : reason + ".";
    }
}
