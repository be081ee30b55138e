package org.o1api.reasoning.sampling;

import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.StepKind;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.model.TurnEvent.StepTokens;
import org.o1api.reasoning.TokenCounter;
import org.o1api.reasoning.TurnLog;

/** One of several samples: shown as a step while it arrives, and kept in case that its answer is wanted. */
final class SampleStep implements SampleListener {
    private final int step;
    private final TurnLog out;
    /** What has arrived, to count the tokens of a cancelled call. */
    private final StringBuilder received = new StringBuilder();

    private @Nullable SampleReader reader;
    private @Nullable FinishReason reason;
    private boolean hasText;
    private boolean showsAnswer;
    private boolean afterHeading;

    /** Starts the step. */
    SampleStep(int step, String title, TurnLog out) {
        this.step = step;
        this.out = out;
        out.stepStarted(step, StepKind.SAMPLE, title);
    }

    /** Adds a piece of the reply. */
    void feed(Delta delta, boolean startsThinking) {
        if (delta instanceof Delta.Text piece) {
            received.append(piece.text());
        } else if (delta instanceof Delta.Reasoning piece) {
            received.append(piece.text());
        } else if (delta instanceof Delta.ToolCall piece) {
            received.append(piece.arguments());
        }
        reader(startsThinking).feed(delta);
    }

    /** The reply has ended. Returns whether it has an answer. */
    boolean end(FinishReason why, boolean startsThinking) {
        reason = why;
        SampleReader ended = reader(startsThinking);
        ended.end(why);
        return ended.hasAnswer();
    }

    private SampleReader reader(boolean startsThinking) {
        SampleReader current = reader;
        if (current == null) {
            current = new SampleReader(startsThinking, this);
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
        return SampleKey.of(reader().answer(), reader().text());
    }

    /** The reply's text without the model's own reasoning. */
    String text() {
        return reader().text();
    }

    /** Reports the answer as the turn's. */
    void report() {
        reader().answer().forEach(out::write);
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
     * @param usualTokens what such a call generates
     * @return the tokens that it would have generated in addition
     */
    long showCancellation(String why, long usualTokens) {
        long tokens = TokenCounter.count(received);
        long saved = Math.max(0, usualTokens - tokens);
        showEnd(StepOutcome.CANCELLED, why, new StepTokens(tokens, saved));
        return saved;
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
