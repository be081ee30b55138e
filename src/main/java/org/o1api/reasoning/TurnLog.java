package org.o1api.reasoning;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.EndedBy;
import org.o1api.model.RawJson;
import org.o1api.model.StepKind;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnSummary.Agreement;

/**
 * The log of a turn: each event that a strategy reports is recorded and written to the client. Several steps may be open at the same
 * time; client and record get them one after the other, see {@link StepSequencer}. Pieces of one text are recorded as one event. If a
 * step is retried, the record of the failed attempt is removed. Used by the turn's thread only.
 */
public final class TurnLog {
    private final TurnClient client;
    private final TurnReport report = new TurnReport();
    private final StepSequencer sequencer;
    private final List<TurnEvent> events = new ArrayList<>();
    /** The text of the last event, if more text may follow that belongs to it. */
    private final StringBuilder openText = new StringBuilder();

    private final boolean isKept;
    private @Nullable TurnEvent openEvent;

    /** A log that is kept, with the preset's default for concurrent steps. */
    public TurnLog(TurnClient client) {
        this(client, Preset.ShownSteps.CONCLUSIONS, true);
    }

    /**
     * An empty log.
     *
     * @param shown what is shown of concurrent steps
     * @param isKept whether the events are kept for {@link #events}
     */
    public TurnLog(TurnClient client, Preset.ShownSteps shown, boolean isKept) {
        this.client = client;
        this.isKept = isKept;
        this.sequencer = new StepSequencer(shown == Preset.ShownSteps.ALL, this::append);
    }

    /** Reports {@link TurnEvent.StepStarted}. */
    public void stepStarted(int number) {
        write(new TurnEvent.StepStarted(number));
    }

    /** Reports {@link TurnEvent.StepStarted} of a step that has its title from the start. */
    public void stepStarted(int number, StepKind kind, String label) {
        write(new TurnEvent.StepStarted(number, kind, label));
    }

    /** Reports {@link TurnEvent.StepTitled}. */
    public void stepTitled(int number, String title) {
        write(new TurnEvent.StepTitled(number, title));
    }

    public void stepText(int number, String text) {
        write(new TurnEvent.StepText(number, text));
    }

    public void stepEnded(int number) {
        write(new TurnEvent.StepEnded(number));
    }

    /**
     * A step ends.
     *
     * @param conclusion its result in one line, or why it was cancelled or has failed; shown instead of its text if another step
     *     was open when it started
     */
    public void stepEnded(int number, TurnEvent.StepOutcome outcome, String conclusion) {
        write(new TurnEvent.StepEnded(number, outcome, conclusion));
    }

    /**
     * A step ends whose tokens are known.
     *
     * @param conclusion as above
     */
    public void stepEnded(int number, TurnEvent.StepOutcome outcome, String conclusion, TurnEvent.StepTokens tokens) {
        write(new TurnEvent.StepEnded(number, outcome, conclusion, tokens));
    }

    /** Reports {@link TurnEvent.Route}. The last route counts. */
    public void route(String route) {
        write(new TurnEvent.Route(route));
    }

    /** Reports {@link TurnEvent.Note}. */
    public void note(String text) {
        write(new TurnEvent.Note(text));
    }

    /** Reports {@link TurnEvent.Tally}. */
    public void tally(Map<String, Integer> counts, double probability) {
        write(new TurnEvent.Tally(counts, probability));
    }

    /** The result of the turn's vote. */
    public void agreed(Agreement agreement) {
        report.agreement = agreement;
    }

    /** Why the reasoning ended. The first reason counts. */
    public void endedBy(EndedBy reason) {
        report.endedBy = report.endedBy == null ? reason : report.endedBy;
    }

    /** The string of the request at which the model ended the answer; null: at none, or the provider does not name it. */
    public void stoppedAt(@Nullable String sequence) {
        report.stopSequence = sequence;
    }

    /** What the strategy has reported about the turn as a whole. */
    public TurnReport report() {
        return report;
    }

    public void answerText(String text) {
        write(new TurnEvent.AnswerText(text));
    }

    /** The model refuses to answer; this is the text of the refusal. */
    public void refusalText(String text) {
        write(new TurnEvent.RefusalText(text));
    }

    /** An image in the answer, as the provider's JSON. */
    public void image(RawJson json) {
        write(new TurnEvent.Image(json));
    }

    public void toolCall(Delta.ToolCall piece) {
        write(new TurnEvent.ToolCall(piece));
    }

    /** Whether the client gets nothing before the turn is complete. */
    public boolean isBuffered() {
        return client.isBuffered();
    }

    /** Reports an event: records it and writes it to the client, now or when it is its turn. */
    public void write(TurnEvent event) {
        report.add(event);
        client.trace(event);
        if (!isTraceOnly(event)) {
            sequencer.accept(event);
        }
    }

    private static boolean isTraceOnly(TurnEvent event) {
        return event instanceof TurnEvent.Route
                || event instanceof TurnEvent.Note
                || event instanceof TurnEvent.Tally
                || event instanceof TurnEvent.BudgetUsed;
    }

    private void append(TurnEvent event) {
        if (isKept) {
            record(event);
        }
        client.write(event);
    }

    /** The events so far; none if they are not kept. */
    public List<TurnEvent> events() {
        closeText();
        return List.copyOf(events);
    }

    private void record(TurnEvent event) {
        String text = text(event);
        if (text != null && openEvent != null && continuesOpenText(event)) {
            openText.append(text);
            return;
        }
        closeText();
        if (text != null) {
            openEvent = event;
            openText.append(text);
            return;
        }
        if (event instanceof TurnEvent.StepStarted started) {
            int earlier = events.indexOf(started);
            if (earlier >= 0) {
                events.subList(earlier, events.size()).clear();
            }
        }
        events.add(event);
    }

    private boolean continuesOpenText(TurnEvent event) {
        if (event instanceof TurnEvent.StepText more) {
            return openEvent instanceof TurnEvent.StepText open && open.step() == more.step();
        }
        return openEvent != null && event.getClass() == openEvent.getClass();
    }

    private void closeText() {
        if (openEvent != null) {
            events.add(withText(openEvent, openText.toString()));
            openEvent = null;
            openText.setLength(0);
        }
    }

    private static @Nullable String text(TurnEvent event) {
        if (event instanceof TurnEvent.StepText step) {
            return step.text();
        }
        if (event instanceof TurnEvent.AnswerText answer) {
            return answer.text();
        }
        return event instanceof TurnEvent.RefusalText refusal ? refusal.text() : null;
    }

    private static TurnEvent withText(TurnEvent event, String text) {
        if (event instanceof TurnEvent.StepText step) {
            return new TurnEvent.StepText(step.step(), text);
        }
        return event instanceof TurnEvent.AnswerText ? new TurnEvent.AnswerText(text) : new TurnEvent.RefusalText(text);
    }
}
