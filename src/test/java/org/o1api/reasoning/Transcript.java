package org.o1api.reasoning;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.TurnUsage;

/** A listener that records the events of a turn. */
public class Transcript implements TurnListener {
    private final List<String> events = new ArrayList<>();
    private final TreeMap<Integer, StringBuilder> steps = new TreeMap<>();
    private final Set<Integer> ended = new HashSet<>();
    private final TreeMap<Integer, String> titles = new TreeMap<>();
    private final StringBuilder answer = new StringBuilder();
    private final List<Delta.ToolCall> toolCalls = new ArrayList<>();
    private final Runnable onText;

    public Transcript() {
        this(() -> {});
    }

    /** Runs an action after each piece of step text. */
    public Transcript(Runnable onText) {
        this.onText = onText;
    }

    /** All events in order, such as {@code "text 1: abc"}. Tests may add their own. */
    public List<String> events() {
        return events;
    }

    public String step(int number) {
        return steps.getOrDefault(number, new StringBuilder()).toString();
    }

    public List<String> titles() {
        return List.copyOf(titles.values());
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
    public void stepStarted(int number) {
        events.add("step " + number);
        titles.remove(number);
        if (steps.put(number, new StringBuilder()) != null && !ended.remove(number)) {
            throw new AssertionError("step " + number + " started twice");
        }
    }

    @Override
    public void stepTitled(int number, String title) {
        events.add("title " + number + ": " + title);
        if (titles.put(number, title) != null) {
            throw new AssertionError("step " + number + " titled twice");
        }
    }

    @Override
    public void stepText(int number, String text) {
        events.add("text " + number + ": " + text);
        Objects.requireNonNull(steps.get(number), "text of a step that has not started")
                .append(text);
        onText.run();
    }

    @Override
    public void stepEnded(int number) {
        events.add("end " + number);
        ended.add(number);
    }

    @Override
    public void answerText(String text) {
        events.add("answer: " + text);
        answer.append(text);
    }

    @Override
    public void refusalText(String text) {
        events.add("refusal: " + text);
    }

    @Override
    public void toolCall(Delta.ToolCall piece) {
        events.add("tool " + piece.index() + ": " + piece.arguments());
        toolCalls.add(piece);
    }

    @Override
    public void completed(FinishReason reason, TurnUsage usage) {
        events.add("completed " + reason);
    }

    @Override
    public void flush() {
        events.add("flush");
    }
}
