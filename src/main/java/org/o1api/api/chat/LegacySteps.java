package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.TurnUsage;

/** Collects the steps of a turn in the original program's format: title, content, seconds. */
final class LegacySteps extends ForwardingTurnListener {
    private record Step(String title, String content, long startNanos, long endNanos) {}

    private final List<Step> steps = new ArrayList<>();
    private final long startNanos = System.nanoTime();
    private final StringBuilder text = new StringBuilder();
    private String title = "";
    private long stepStartNanos = startNanos;
    private boolean hasToolCalls;

    /** Creates a listener that forwards all events. */
    LegacySteps(TurnListener next) {
        super(next);
    }

    /** Writes {@code steps} and {@code total_thinking_time}. */
    void write(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("steps");
        for (Step step : steps) {
            json.writeStartArray();
            json.writeString(step.title);
            json.writeString(step.content);
            json.writeNumber((step.endNanos - step.startNanos) / 1e9);
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeNumberField("total_thinking_time", (stepStartNanos - startNanos) / 1e9);
    }

    @Override
    public void stepStarted(int number) {
        if (number <= steps.size()) { // a retry of the step, which replaces the failed attempt
            stepStartNanos = steps.remove(number - 1).startNanos;
        }
        title = "Step " + number;
        super.stepStarted(number);
    }

    @Override
    public void stepTitled(int number, String stepTitle) {
        title = "Step " + number + ": " + stepTitle;
        super.stepTitled(number, stepTitle);
    }

    @Override
    public void stepText(int number, String delta) {
        text.append(delta);
        super.stepText(number, delta);
    }

    @Override
    public void stepEnded(int number) {
        addStep();
        super.stepEnded(number);
    }

    @Override
    public void answerText(String delta) {
        text.append(delta);
        super.answerText(delta);
    }

    @Override
    public void refusalText(String delta) {
        text.append(delta);
        super.refusalText(delta);
    }

    @Override
    public void toolCall(Delta.ToolCall delta) {
        hasToolCalls = true;
        super.toolCall(delta);
    }

    @Override
    public void completed(FinishReason reason, TurnUsage usage) {
        if (!hasToolCalls || !text.isEmpty()) {
            title = "Final Answer";
            addStep();
        }
        super.completed(reason, usage);
    }

    private void addStep() {
        long now = System.nanoTime();
        steps.add(new Step(title, text.toString(), stepStartNanos, now));
        stepStartNanos = now;
        text.setLength(0);
    }
}
