package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.TurnUsage;
import org.o1api.reasoning.TurnListener;

/** The steps of a turn as the original's unstreamed replies had them: title, content, seconds. */
final class LegacySteps extends ForwardingTurnListener {
    private record Step(String title, String content, long startNanos, long endNanos) {}

    private final List<Step> steps = new ArrayList<>();
    private final long startNanos = System.nanoTime();
    private final StringBuilder text = new StringBuilder();
    private String title = "";
    private long stepNanos = startNanos;
    private boolean callsTool;

    /** Listens, and passes everything on. */
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
        json.writeNumberField("total_thinking_time", (stepNanos - startNanos) / 1e9);
    }

    @Override
    public void stepStarted(int number) {
        if (number <= steps.size()) { // the one before broke off, and this one stands for both
            stepNanos = steps.remove(number - 1).startNanos;
        }
        title = "Step " + number;
        super.stepStarted(number);
    }

    @Override
    public void stepTitled(int number, String given) {
        title = "Step " + number + ": " + given;
        super.stepTitled(number, given);
    }

    @Override
    public void stepText(int number, String piece) {
        text.append(piece);
        super.stepText(number, piece);
    }

    @Override
    public void stepEnded(int number) {
        add();
        super.stepEnded(number);
    }

    @Override
    public void answerText(String piece) {
        text.append(piece);
        super.answerText(piece);
    }

    @Override
    public void refusalText(String piece) {
        text.append(piece);
        super.refusalText(piece);
    }

    @Override
    public void toolCall(Delta.ToolCall piece) {
        callsTool = true;
        super.toolCall(piece);
    }

    @Override
    public void completed(FinishReason reason, TurnUsage usage) {
        if (!callsTool || !text.isEmpty()) {
            title = "Final Answer";
            add();
        }
        super.completed(reason, usage);
    }

    private void add() {
        long now = System.nanoTime();
        steps.add(new Step(title, text.toString(), stepNanos, now));
        stepNanos = now;
        text.setLength(0);
    }
}
