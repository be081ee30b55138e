package org.o1api.reasoning;

import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.o1api.model.EndedBy;
import org.o1api.model.StepKind;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.model.TurnSummary.Agreement;
import org.o1api.model.TurnSummary.Samples;

/**
 * What a strategy has reported about a turn as a whole, collected by its {@link TurnLog}. A step or sample that is retried, with
 * the same number, counts once, as it ended last.
 */
public final class TurnReport {
    @Nullable
    Agreement agreement;

    @Nullable
    EndedBy endedBy;

    @Nullable
    String stopSequence;

    private @Nullable String route;
    private final BitSet steps = new BitSet();
    /** The samples by number, with how they ended; empty: open. */
    private final Map<Integer, Optional<StepOutcome>> samples = new HashMap<>();

    TurnReport() {}

    void add(TurnEvent event) {
        if (event instanceof TurnEvent.StepStarted started) {
            if (started.kind() == StepKind.SAMPLE) {
                samples.put(started.step(), Optional.empty());
            } else if (started.kind() == StepKind.STEP) {
                steps.set(started.step());
            }
        } else if (event instanceof TurnEvent.StepEnded ended) {
            samples.computeIfPresent(ended.step(), (number, open) -> Optional.of(ended.outcome()));
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
        return steps.cardinality();
    }

    /** The samples by how they ended; null: there were none. */
    public @Nullable Samples samples() {
        return samples.isEmpty()
                ? null
                : new Samples(
                        samples.size(),
                        count(StepOutcome.COMPLETED),
                        count(StepOutcome.CANCELLED),
                        count(StepOutcome.FAILED));
    }

    private int count(StepOutcome outcome) {
        Collection<Optional<StepOutcome>> outcomes = samples.values();
        return Collections.frequency(outcomes, Optional.of(outcome));
    }

    /** The result of the vote; null: there was none. */
    public @Nullable Agreement agreement() {
        return agreement;
    }

    /** The string of the request at which the model ended the answer; null: at none, or not reported. */
    public @Nullable String stopSequence() {
        return stopSequence;
    }

    /** Why the reasoning ended; null: not reported. */
    public @Nullable EndedBy endedBy() {
        return endedBy;
    }
}
