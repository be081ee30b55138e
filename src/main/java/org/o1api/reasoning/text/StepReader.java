package org.o1api.reasoning.text;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.model.TurnEvent.StepTokens;
import org.o1api.reasoning.TurnLog;

/** Reads the reply to a step's call as it arrives, its text and its separate reasoning, and reports the step. */
public final class StepReader {
    private final int number;
    private final TurnLog out;
    private final TextEmitter emitter;
    private final ReplyCursor reply = new ReplyCursor();
    private final StepValueReader values;
    private final StepParser parser;
    /** What was shown of the reply's text, without its separate reasoning. */
    private final StringBuilder replyText = new StringBuilder();

    private final LoopDetector replyLoop = new LoopDetector();
    private final LoopDetector reasoningLoop = new LoopDetector();
    private final boolean detectsLoops;
    private boolean started;
    private boolean inReasoning;

    /** Creates a reader that does not detect loops. */
    public StepReader(int number, TurnLog out) {
        this(number, false, out);
    }

    /**
     * Creates a reader of one reply.
     *
     * @param number the number of the step
     * @param detectsLoops whether to detect text that repeats itself
     */
    public StepReader(int number, boolean detectsLoops, TurnLog out) {
        this.number = number;
        this.detectsLoops = detectsLoops;
        this.out = out;
        emitter = new TextEmitter(text -> out.stepText(number, text));
        values = new StepValueReader(title -> out.stepTitled(number, title), emitter, reply);
        parser = new StepParser(reply, emitter, values);
    }

    /** The reply starts inside the reasoning: text other than JSON is held until the closing tag or the end. */
    public void startInReasoning() {
        parser.startInReasoning();
    }

    /** Adds text of the reply. */
    public void feed(String text) {
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

    /** Adds reasoning that the model sends separately from its text. It is shown, but is not part of the reply. */
    public void feedReasoning(String text) {
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

    /** Whether the model has sent anything. */
    public boolean hasStarted() {
        return started;
    }

    /** Whether the reply's text or reasoning repeats itself. */
    public boolean isRepeating() {
        return replyLoop.isFound() || reasoningLoop.isFound();
    }

    /** The text so far, as the model sent it, without repetitions. */
    public String reply() {
        return replyLoop.withoutRepetition(reply.toString());
    }

    /** Title and text in lower case without white space. Steps are considered equal if these are. */
    public String normalizedText() {
        StringBuilder normalized = new StringBuilder();
        String title = values.title();
        (title == null ? replyText.toString() : title + replyText)
                .toLowerCase(Locale.ROOT)
                .chars()
                .filter(c -> !Character.isWhitespace(c))
                .forEach(c -> normalized.append((char) c));
        return normalized.toString();
    }

    /** Ends the reply, complete or not, and shows the rest of it. The step stays open. */
    public Step complete() {
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
        return new Step(values.nextAction(), malformed);
    }

    /**
     * Ends the step if it was started.
     *
     * @param tokens what its call used; null: unknown
     */
    public void close(@Nullable StepTokens tokens) {
        if (started) {
            end(StepOutcome.COMPLETED, tokens);
        }
    }

    /** Ends the reply, complete or not, and the step. */
    Step end() {
        Step step = complete();
        close(null);
        return step;
    }

    /**
     * Ends the step with a note as its last line. Starts the step if necessary.
     *
     * @param tokens what its call used; null: unknown, or there was no call
     */
    public void endWithNote(String note, StepOutcome outcome, @Nullable StepTokens tokens) {
        start();
        out.note(note);
        emitter.startSection();
        emitter.append("*" + note + "*");
        emitter.finish();
        end(outcome, tokens);
    }

    private void end(StepOutcome outcome, @Nullable StepTokens tokens) {
        out.write(new TurnEvent.StepEnded(number, outcome, null, tokens));
    }
}
