package org.o1api.reasoning;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnEvent.StepOutcome;

/**
 * Brings steps that are open at the same time into one sequence, for clients that show one step after the other. A step that starts
 * while no other one is open is passed on as it happens. By default, each other step is shown when it has ended and the one before it,
 * too: with its label or title, and its conclusion as its text; without a conclusion it is left out. If the step that is passed on as it
 * happens fails, the next open one is. If all texts are wanted, the next step is passed on completely once the one before it has ended.
 * Steps get new numbers, from 1 in the order in which they are shown. Events of a strategy without concurrent steps are passed on
 * unchanged.
 */
final class StepSequencer {
    private final Consumer<TurnEvent> out;
    private final boolean allTexts;
    /** The steps that are open, or that wait, in the order in which they started. Without the one that is passed on. */
    private final Map<Integer, WaitingStep> waiting = new LinkedHashMap<>();
    /** Steps that have ended and can be shown when the current one has ended. */
    private final Deque<WaitingStep> ended = new ArrayDeque<>();
    /** The step that is passed on as it happens, by the strategy's number; 0: none. */
    private int current;
    /** The step that was last passed on, and the number that it was shown with; it may be retried. */
    private int last;

    private int lastShown;
    /** Whether a step of those that are open was passed on as it happened until its end. If it has failed, another one is. */
    private boolean hasLive;

    /**
     * Creates a sequencer.
     *
     * @param allTexts whether concurrent steps are shown with their texts, not only with their conclusions
     * @param out gets the sequence
     */
    StepSequencer(boolean allTexts, Consumer<TurnEvent> out) {
        this.allTexts = allTexts;
        this.out = out;
    }

    void accept(TurnEvent event) {
        if (event instanceof TurnEvent.StepText text) {
            if (text.step() == current && text.step() == lastShown) {
                out.accept(event);
            } else {
                acceptOfStep(text.step(), text);
            }
        } else if (event instanceof TurnEvent.StepStarted started) {
            start(started);
        } else if (event instanceof TurnEvent.StepTitled titled) {
            acceptOfStep(titled.step(), titled);
        } else if (event instanceof TurnEvent.StepEnded end) {
            end(end);
        } else {
            out.accept(event);
        }
    }

    private void start(TurnEvent.StepStarted started) {
        if (current != 0 || !waiting.isEmpty()) {
            waiting.put(started.step(), new WaitingStep(started));
            return;
        }
        hasLive = false;
        makeCurrent(started);
    }

    private void makeCurrent(TurnEvent.StepStarted started) {
        int step = started.step();
        if (step != last) { // otherwise it is retried
            lastShown++;
        }
        current = step;
        last = step;
        out.accept(renumbered(started, lastShown));
    }

    private void acceptOfStep(int step, TurnEvent event) {
        WaitingStep waitingStep = waiting.get(step);
        if (waitingStep != null) {
            // a text is kept as long as it may be shown: until a step was passed on as it happened and has not failed
            if (!hasLive || allTexts || !(event instanceof TurnEvent.StepText)) {
                waitingStep.add(event);
            }
        } else {
            out.accept(step == current ? renumbered(event, lastShown) : event);
        }
    }

    private void end(TurnEvent.StepEnded end) {
        WaitingStep step = waiting.get(end.step());
        if (step != null) {
            step.end = end;
            if (allTexts) {
                return;
            }
            waiting.remove(end.step());
            ended.add(step);
        } else {
            out.accept(renumbered(end, lastShown));
            current = 0;
            hasLive = end.outcome() != StepOutcome.FAILED;
        }
        if (current == 0) {
            showWaiting();
        }
    }

    private void showWaiting() {
        while (!ended.isEmpty()) {
            showConclusion(ended.remove());
        }
        Iterator<WaitingStep> steps = waiting.values().iterator();
        while ((allTexts || !hasLive) && current == 0 && steps.hasNext()) {
            WaitingStep next = steps.next();
            steps.remove();
            makeCurrent(next.start);
            next.events().forEach(event -> out.accept(renumbered(event, lastShown)));
            if (next.end != null) {
                out.accept(renumbered(next.end, lastShown));
                current = 0;
            }
        }
    }

    private void showConclusion(WaitingStep step) {
        TurnEvent.StepEnded end = step.end;
        if (end == null || end.conclusion() == null) {
            return;
        }
        lastShown++;
        last = step.start.step();
        out.accept(renumbered(step.start, lastShown));
        for (TurnEvent event : step.events()) {
            if (event instanceof TurnEvent.StepTitled && step.start.label() == null) {
                out.accept(renumbered(event, lastShown));
            }
        }
        out.accept(new TurnEvent.StepText(lastShown, shown(end.outcome(), end.conclusion())));
        out.accept(renumbered(end, lastShown));
    }

    /** What is not a result is the gateway's own words. */
    private static String shown(StepOutcome outcome, String conclusion) {
        return outcome == StepOutcome.COMPLETED ? conclusion : "*" + conclusion + "*";
    }

    private static TurnEvent renumbered(TurnEvent event, int number) {
        if (event instanceof TurnEvent.StepText text) {
            return text.step() == number ? text : new TurnEvent.StepText(number, text.text());
        }
        if (event instanceof TurnEvent.StepStarted start) {
            return start.step() == number ? start : new TurnEvent.StepStarted(number, start.kind(), start.label());
        }
        if (event instanceof TurnEvent.StepTitled titled) {
            return titled.step() == number ? titled : new TurnEvent.StepTitled(number, titled.title());
        }
        if (event instanceof TurnEvent.StepEnded end) {
            return end.step() == number
                    ? end
                    : new TurnEvent.StepEnded(number, end.outcome(), end.conclusion(), end.tokens());
        }
        return event;
    }

    /** A step that started while another one was open. */
    private static final class WaitingStep {
        private final TurnEvent.StepStarted start;
        /** Its titles and texts. */
        private final List<TurnEvent> events = new ArrayList<>();
        /** The text after the last event. */
        private final StringBuilder text = new StringBuilder(0);

        private TurnEvent.@Nullable StepEnded end;

        WaitingStep(TurnEvent.StepStarted start) {
            this.start = start;
        }

        void add(TurnEvent event) {
            if (event instanceof TurnEvent.StepText piece) {
                text.append(piece.text());
            } else {
                closeText();
                events.add(event);
            }
        }

        List<TurnEvent> events() {
            closeText();
            return events;
        }

        private void closeText() {
            if (!text.isEmpty()) {
                events.add(new TurnEvent.StepText(start.step(), text.toString()));
                text.setLength(0);
            }
        }
    }
}
