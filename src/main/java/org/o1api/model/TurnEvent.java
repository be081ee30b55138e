package org.o1api.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happens in a turn that a client can see: steps, the answer, then {@link Completed}. The live stream, a replay and a stored
 * turn are the same sequence of events; they differ only in where they are.
 */
public sealed interface TurnEvent {
    /**
     * A step starts. Steps are numbered from 1; a number is repeated if the step's reply broke off and the step is retried.
     *
     * @param label the title of a step of another kind than {@link StepKind#STEP}; null: it has none
     */
    record StepStarted(int step, StepKind kind, @Nullable String label) implements TurnEvent {
        /** A step of the kind {@link StepKind#STEP}, which gets its title later. */
        public StepStarted(int step) {
            this(step, StepKind.STEP, null);
        }
    }

    /** The title of a step: at most one, before, between or after the step's text. */
    record StepTitled(int step, String title) implements TurnEvent {}

    /** A piece of a step's text. */
    record StepText(int step, String text) implements TurnEvent {}

    /**
     * A step ends.
     *
     * @param conclusion its result in one line; null: it has none
     * @param tokens what its call used; null: unknown
     */
    record StepEnded(
            int step,
            StepOutcome outcome,
            @Nullable String conclusion,
            @Nullable StepTokens tokens) implements TurnEvent {
        /** A completed step without a conclusion. */
        public StepEnded(int step) {
            this(step, StepOutcome.COMPLETED, null);
        }

        /** A step whose tokens are unknown. */
        public StepEnded(int step, StepOutcome outcome, @Nullable String conclusion) {
            this(step, outcome, conclusion, null);
        }
    }

    /**
     * The output tokens of a step.
     *
     * @param received what the model generated
     * @param saved for a cancelled step, an estimate of what it would have generated in addition; otherwise 0
     */
    record StepTokens(long received, long saved) {}

    /** How a step ended. */
    enum StepOutcome {
        COMPLETED,
        /** Its call was ended because its result was no longer needed. */
        CANCELLED,
        FAILED
    }

    /** The strategy has chosen how to answer. Only in the trace. */
    record Route(String route) implements TurnEvent {}

    /** A remark of the gateway on the reasoning. Only in the trace: the steps contain it, too. */
    record Note(String text) implements TurnEvent {}

    /**
     * The votes so far. Only in the trace.
     *
     * @param counts votes by value, the leader first
     * @param probability that the leader stays ahead, 0 to 1
     */
    record Tally(Map<String, Integer> counts, double probability) implements TurnEvent {
        public Tally {
            counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
        }
    }

    /** What is used of the budget. Only in the trace. */
    record BudgetUsed(BudgetUse use) implements TurnEvent {}

    /** A piece of the answer. */
    record AnswerText(String text) implements TurnEvent {}

    /** A piece of the text with which the model refuses to answer. */
    record RefusalText(String text) implements TurnEvent {}

    /** An image in the answer, as the provider's JSON. */
    record Image(RawJson json) implements TurnEvent {}

    /** A piece of a tool call in the answer. */
    record ToolCall(Delta.ToolCall piece) implements TurnEvent {}

    /**
     * The answer is complete. The last event; a turn that fails has none.
     *
     * @param summary null in turns stored by an earlier version
     * @param stopSequence the string of the request at which the model stopped; null: at none, or it is not known, as in a stored turn
     */
    record Completed(
            FinishReason reason,
            TurnUsage usage,
            @Nullable TurnSummary summary,
            @Nullable String stopSequence) implements TurnEvent {
        /** The end of a turn without a known stop sequence. */
        public Completed(FinishReason reason, TurnUsage usage, @Nullable TurnSummary summary) {
            this(reason, usage, summary, null);
        }

        /** The end of a turn without a summary. */
        public Completed(FinishReason reason, TurnUsage usage) {
            this(reason, usage, null);
        }
    }
}
