package org.o1api.reasoning.vote;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.reasoning.TurnClient;
import org.o1api.reasoning.TurnLog;
import org.o1api.reasoning.text.AnswerReader;

/** One of several answers: shown as a step while it arrives, and kept in case that it wins. */
final class Sample implements TurnClient {
    private final int step;
    private final boolean json;
    private final TurnLog out;
    /** What would be reported if this were the only answer. */
    private final TurnLog answer = new TurnLog(this);

    private @Nullable AnswerReader reader;
    private boolean hasText;
    private boolean answerStarted;
    private @Nullable FinishReason reason;

    /**
     * Starts the step.
     *
     * @param step the number of the step
     * @param title of the step
     * @param json whether the answer must be JSON
     */
    Sample(int step, String title, boolean json, TurnLog out) {
        this.step = step;
        this.json = json;
        this.out = out;
        out.stepStarted(step);
        out.stepTitled(step, title);
    }

    void feed(Delta delta, boolean startsThinking) {
        reader(startsThinking).feed(delta);
    }

    /** The number of characters at the start of the reply's text that turned out to be reasoning without an opening tag. */
    int untaggedReasoningLength() {
        return reader == null ? 0 : reader.untaggedReasoningLength();
    }

    /** The reply has ended. Returns whether it contains an answer. */
    boolean end(FinishReason newReason, boolean startsThinking) {
        AnswerReader ended = reader(startsThinking);
        if (!isComplete(newReason)) {
            ended.markTruncated();
        }
        if (ended.isEmpty()) {
            return false;
        }
        ended.end();
        reason = newReason;
        return true;
    }

    private AnswerReader reader(boolean startsThinking) {
        if (reader == null) {
            reader = new AnswerReader(1, json, startsThinking, answer);
        }
        return reader;
    }

    static boolean isComplete(FinishReason reason) {
        return switch (reason) {
            case STOP, TOOL_CALLS -> true;
            case LENGTH, CONTENT_FILTER -> false;
        };
    }

    /** Why the answer ended; null if the sample has no answer. */
    @Nullable
    FinishReason reason() {
        return reason;
    }

    /** What the answer votes for. A truncated answer does not vote: its last number may be anything. */
    Result result() {
        Result result = Result.of(events(), json);
        return reason != null && isComplete(reason) ? result : new Result(null, result.line());
    }

    void showResult(String line) {
        out.stepEnded(step, StepOutcome.COMPLETED, line);
    }

    /** Ends the step without a result. */
    void showEnd(StepOutcome outcome, String why) {
        out.stepText(step, (hasText ? "\n\n" : "") + "*" + why + "*");
        out.stepEnded(step, outcome, why);
    }

    /** Reports the answer as the turn's. */
    void report() {
        events().stream().filter(event -> !isStep(event)).forEach(out::write);
    }

    private List<TurnEvent> events() {
        return answer.events();
    }

    private static boolean isStep(TurnEvent event) {
        return event instanceof TurnEvent.StepStarted
                || event instanceof TurnEvent.StepTitled
                || event instanceof TurnEvent.StepText
                || event instanceof TurnEvent.StepEnded;
    }

    /** Shows the model's reasoning and the answer as the text of the step. */
    @Override
    public void write(TurnEvent event) {
        if (event instanceof TurnEvent.StepText piece) {
            show(piece.text());
        } else if (event instanceof TurnEvent.AnswerText piece) {
            showAnswer(piece.text());
        } else if (event instanceof TurnEvent.RefusalText piece) {
            showAnswer(piece.text());
        }
    }

    private void showAnswer(String text) {
        if (!answerStarted && hasText) {
            show("\n\n");
        }
        answerStarted = true;
        show(text);
    }

    private void show(String text) {
        hasText = true;
        out.stepText(step, text);
    }

    /** Of the samples, only the first one is streamed. */
    @Override
    public boolean isBuffered() {
        return step > 1 || out.isBuffered();
    }

    @Override
    public void flush() {}

    @Override
    public void end() {}
}
