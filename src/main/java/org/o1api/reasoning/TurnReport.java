package org.o1api.reasoning;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.o1api.model.EndedBy;
import org.o1api.model.StepKind;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnSummary.Agreement;
import org.o1api.model.TurnSummary.Samples;

/** What a strategy has reported about a turn as a whole, collected by its {@link TurnLog}. */
public final class TurnReport {
    @Nullable
    Agreement agreement;

    @Nullable
    EndedBy endedBy;

    private @Nullable String route;
    private int steps;
    private final BitSet samples = new BitSet();
    private int completed;
    private int cancelled;
    private int failed;

    TurnReport() {}

    void add(TurnEvent event) {
        if (event instanceof TurnEvent.StepStarted started) {
            if (started.kind() == StepKind.SAMPLE) {
                samples.set(started.step());
            } else if (started.kind() == StepKind.STEP) {
                steps = Math.max(steps, started.step());
            }
        } else if (event instanceof TurnEvent.StepEnded ended && samples.get(ended.step())) {
            switch (ended.outcome()) {
                case COMPLETED -> completed++;
                case CANCELLED -> cancelled++;
                case FAILED -> failed++;
            }
        } else if (event instanceof TurnEvent.Route chosen) {
            route = chosen.route();
        }
    }

    /** The strategy that was chosen for the turn; null: the preset's strategy does not choose. */
    public @Nullable String route() {
        return route;
    }

    /** The number of steps of kind {@link StepKind#STEP}. */
    public int steps() {
        return steps;
    }

    /** The samples by how they ended; null: there were none. */
    public @Nullable Samples samples() {
        return samples.isEmpty() ? null : new Samples(samples.cardinality(), completed, cancelled, failed);
    }

    /** The result of the vote; null: there was none. */
    public @Nullable Agreement agreement() {
        return agreement;
    }

    /** Why the reasoning ended; null: not reported. */
    public @Nullable EndedBy endedBy() {
        return endedBy;
    }
}
