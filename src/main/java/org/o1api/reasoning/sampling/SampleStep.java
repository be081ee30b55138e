package org.o1api.reasoning.sampling;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.StepKind;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.model.TurnEvent.StepTokens;
import org.o1api.reasoning.TurnLog;

/** One of several samples: shown as a step while it arrives, and kept in case that its answer is wanted. */
final class SampleStep implements SampleListener {
    private final int step;
    private final boolean keepsResult;
    private final TurnLog out;
    private @Nullable SampleReader reader;
    private @Nullable FinishReason reason;
    private boolean hasText;
    private boolean showsAnswer;
    private boolean afterHeading;

    /**
     * Starts the step.
     *
     * @param keepsResult whether the answer has the line of the result
     */
    SampleStep(int step, String title, boolean keepsResult, TurnLog out) {
        this.step = step;
        this.keepsResult = keepsResult;
        this.out = out;
        out.stepStarted(step, StepKind.SAMPLE, title);
    }

    /** Adds a piece of the reply. */
    void feed(Delta delta, boolean startsThinking) {
        reader(startsThinking).feed(delta);
    }

    /** The reply has ended. */
    void end(FinishReason why, boolean startsThinking) {
        reason = why;
        reader(startsThinking).end(why);
    }

    private SampleReader reader(boolean startsThinking) {
        SampleReader current = reader;
        if (current == null) {
            current = new SampleReader(startsThinking, keepsResult, this);
            reader = current;
        }
        return current;
    }

    private SampleReader reader() {
        return reader(false);
    }

    /** Whether the client has got text of the sample. */
    boolean hasText() {
        return hasText;
    }

    /** Whether the reply repeats itself: the call should be cancelled. */
    boolean isRepeating() {
        return reader().isRepeating();
    }

    int untaggedReasoningLength() {
        return reader().untaggedReasoningLength();
    }

    /** Why the reply ended. Valid after the end. */
    FinishReason reason() {
        return reason == null ? FinishReason.LENGTH : reason;
    }

    /** Whether the reply has ended with an answer that is not cut off. */
    boolean isComplete() {
        return reader().isComplete();
    }

    /** What the answer votes for. */
    SampleKey key() {
        return SampleKey.of(reader().answer(), reader().text(), reader().hasFormat());
    }

    /** Whether the reply has ended before its answer because of a limit, or anywhere because it repeats itself. */
    boolean isWithoutAnswer() {
        return reason == null ? isRepeating() : reason == FinishReason.LENGTH && !hasAnswer();
    }

    /** Whether the answer has started. */
    boolean hasAnswer() {
        return reader().hasAnswer();
    }

    /** The reply's text without the model's own reasoning. */
    String text() {
        return reader().text();
    }

    /** The same; if it repeats itself, without the repetitions. */
    String textWithoutRepetition() {
        return reader().textWithoutRepetition();
    }

    /** The answer, for the user. */
    List<TurnEvent> answer() {
        return reader().answer();
    }

    /** The text of the answer, without case and differences in white space; empty if it is not only text. */
    String plainAnswer() {
        StringBuilder text = new StringBuilder();
        for (TurnEvent event : answer()) {
            if (!(event instanceof TurnEvent.AnswerText piece)) {
                return "";
            }
            text.append(piece.text());
        }
        return text.toString().strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }

    /** Reports the answer as the turn's. */
    void report() {
        answer().forEach(out::write);
    }

    /**
     * Ends the step with a result.
     *
     * @param line the result in one line
     * @param words the gateway's words for it
     */
    void showResult(String line, String words, long tokens) {
        out.stepText(step, (hasText ? "\n\n" : "") + words);
        out.stepEnded(step, StepOutcome.COMPLETED, line, new StepTokens(tokens, 0));
    }

    /** Ends the step without a result. */
    void showFailure(String why, long tokens) {
        showEnd(StepOutcome.FAILED, why, new StepTokens(tokens, 0));
    }

    /**
     * Ends the step of a cancelled call.
     *
     * @param tokens received, and those that it would have generated in addition
     */
    void showCancellation(String why, StepTokens tokens) {
        showEnd(StepOutcome.CANCELLED, why, tokens);
    }

    private void showEnd(StepOutcome outcome, String why, StepTokens tokens) {
        if (reader != null && reason == null) {
            reader.end(FinishReason.LENGTH); // shows what it holds back
        }
        out.stepText(step, (hasText ? "\n\n" : "") + "*" + why + "*");
        out.stepEnded(step, outcome, why, tokens);
    }

    @Override
    public void onStep(String title) {
        if (!title.isEmpty()) {
            out.stepText(step, (hasText ? "\n\n" : "") + "### " + title);
            hasText = true;
            afterHeading = true;
        }
    }

    @Override
    public void onReasoning(String text) {
        show(text);
    }

    /** The answer is part of the step only if there is no reasoning to show. */
    @Override
    public void onAnswer(TurnEvent event) {
        showsAnswer |= !hasText;
        if (showsAnswer && event instanceof TurnEvent.AnswerText piece) {
            show(piece.text());
        }
    }

    private void show(String text) {
        out.stepText(step, (afterHeading ? "\n\n" : "") + text);
        hasText = true;
        afterHeading = false;
    }
}
