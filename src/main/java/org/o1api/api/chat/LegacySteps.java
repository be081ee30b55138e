package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.model.TurnEvent;
import org.o1api.reasoning.StepHeading;
import org.o1api.reasoning.TurnClient;

/** Collects the steps of a turn in the original program's format: title, content, seconds. */
final class LegacySteps {
    private record Step(String title, String content, long startNanos, long endNanos) {}

    private final StepHeading heading;
    private final List<Step> steps = new ArrayList<>();
    private final long startNanos = System.nanoTime();
    private final StringBuilder text = new StringBuilder();
    private String title = "";
    private boolean isTitled;
    private long stepStartNanos = startNanos;
    private boolean hasToolCalls;

    LegacySteps(StepHeading heading) {
        this.heading = heading;
    }

    /** Returns a client that forwards everything and collects the steps. */
    TurnClient forwardingTo(TurnClient next) {
        return new Forwarder(next);
    }

    private final class Forwarder implements TurnClient {
        private final TurnClient next;

        Forwarder(TurnClient next) {
            this.next = next;
        }

        @Override
        public void write(TurnEvent event) {
            add(event);
            next.write(event);
        }

        @Override
        public void flush() {
            next.flush();
        }

        @Override
        public void end() {
            next.end();
        }

        @Override
        public void accepted() {
            next.accepted();
        }

        @Override
        public boolean isBuffered() {
            return next.isBuffered();
        }

        @Override
        public @Nullable String sentContent() {
            return next.sentContent();
        }

        @Override
        public void replayContent(String sent) {
            next.replayContent(sent);
        }
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

    private void add(TurnEvent event) {
        if (event instanceof TurnEvent.StepStarted started) {
            start(started);
        } else if (event instanceof TurnEvent.StepTitled titled) {
            title(titled);
        } else if (event instanceof TurnEvent.StepText more) {
            text.append(more.text());
        } else if (event instanceof TurnEvent.StepEnded) {
            addStep();
        } else if (event instanceof TurnEvent.AnswerText more) {
            text.append(more.text());
        } else if (event instanceof TurnEvent.RefusalText more) {
            text.append(more.text());
        } else if (event instanceof TurnEvent.ToolCall) {
            hasToolCalls = true;
        } else if (event instanceof TurnEvent.Completed && (!hasToolCalls || !text.isEmpty())) {
            title = "Final Answer";
            addStep();
        }
    }

    private void start(TurnEvent.StepStarted started) {
        int number = started.step();
        if (number <= steps.size()) { // a retry of the step, which replaces the failed attempt
            stepStartNanos = steps.remove(number - 1).startNanos;
        }
        title = heading.text(number) + (started.label() == null ? "" : ": " + started.label());
        isTitled = started.label() != null;
    }

    /** A title within a step that has a label is part of its text, as in other formats. */
    private void title(TurnEvent.StepTitled titled) {
        if (isTitled) {
            text.append(text.isEmpty() ? "" : "\n\n")
                    .append("### ")
                    .append(titled.title())
                    .append('\n');
        } else {
            title = heading.text(titled.step()) + ": " + titled.title();
            isTitled = true;
        }
    }

    private void addStep() {
        long now = System.nanoTime();
        steps.add(new Step(title, text.toString(), stepStartNanos, now));
        stepStartNanos = now;
        text.setLength(0);
    }
}
