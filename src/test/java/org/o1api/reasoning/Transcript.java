package org.o1api.reasoning;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.TurnEvent;

/** A client that records the events of a turn. */
public class Transcript implements TurnClient {
    private final List<String> events = new ArrayList<>();
    private final TreeMap<Integer, StringBuilder> steps = new TreeMap<>();
    private final Set<Integer> ended = new HashSet<>();
    private final TreeMap<Integer, String> titles = new TreeMap<>();
    /** The titles that steps have from their start. */
    private final TreeMap<Integer, String> labels = new TreeMap<>();

    private final StringBuilder answer = new StringBuilder();
    private final List<Delta.ToolCall> toolCalls = new ArrayList<>();
    private final Runnable onText;
    private @Nullable TurnLog log;

    public Transcript() {
        this(() -> {});
    }

    /** Runs an action after each piece of step text. */
    public Transcript(Runnable onText) {
        this.onText = onText;
    }

    /** A log that writes to this client. */
    public TurnLog log() {
        TurnLog existing = log;
        if (existing == null) {
            existing = new TurnLog(this);
            log = existing;
        }
        return existing;
    }

    /** All events in order, such as {@code "text 1: abc"}. Tests may add their own. */
    public List<String> events() {
        return events;
    }

    public String step(int number) {
        return steps.getOrDefault(number, new StringBuilder()).toString();
    }

    public List<String> titles() {
        TreeMap<Integer, String> all = new TreeMap<>(labels);
        all.putAll(titles);
        return List.copyOf(all.values());
    }

    public int steps() {
        return steps.size();
    }

    public String answer() {
        return answer.toString();
    }

    public List<Delta.ToolCall> toolCalls() {
        return toolCalls;
    }

    @Override
    public void accepted() {
        events.add("accepted");
    }

    @Override
    public void write(TurnEvent event) {
        if (event instanceof TurnEvent.StepStarted started) {
            stepStarted(started.step());
            if (started.label() != null) {
                labels.put(started.step(), started.label());
            }
        } else if (event instanceof TurnEvent.StepTitled titled) {
            stepTitled(titled.step(), titled.title());
        } else if (event instanceof TurnEvent.StepText text) {
            stepText(text.step(), text.text());
        } else if (event instanceof TurnEvent.StepEnded end) {
            events.add("end " + end.step());
            ended.add(end.step());
        } else if (event instanceof TurnEvent.AnswerText text) {
            events.add("answer: " + text.text());
            answer.append(text.text());
        } else if (event instanceof TurnEvent.RefusalText text) {
            events.add("refusal: " + text.text());
        } else if (event instanceof TurnEvent.ToolCall call) {
            events.add("tool " + call.piece().index() + ": " + call.piece().arguments());
            toolCalls.add(call.piece());
        } else if (event instanceof TurnEvent.Completed completed) {
            events.add("completed " + completed.reason());
        }
    }

    private void stepStarted(int number) {
        events.add("step " + number);
        titles.remove(number);
        labels.remove(number);
        if (steps.put(number, new StringBuilder()) != null && !ended.remove(number)) {
            throw new AssertionError("step " + number + " started twice");
        }
    }

    private void stepTitled(int number, String title) {
        events.add("title " + number + ": " + title);
        if (titles.put(number, title) != null) {
            throw new AssertionError("step " + number + " titled twice");
        }
    }

    private void stepText(int number, String text) {
        events.add("text " + number + ": " + text);
        Objects.requireNonNull(steps.get(number), "text of a step that has not started")
                .append(text);
        onText.run();
    }

    @Override
    public void flush() {
        events.add("flush");
    }

    @Override
    public void end() {
        events.add("end of response");
    }
}
