package org.o1api.reasoning.steps;

import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.EndedBy;
import org.o1api.model.FinishReason;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.model.TurnEvent.StepTokens;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.TurnLog;
import org.o1api.reasoning.closing.ClosingCall;
import org.o1api.reasoning.text.AnswerRequests;
import org.o1api.reasoning.text.OutputTokenShare;
import org.o1api.reasoning.text.Step;
import org.o1api.reasoning.text.StepReader;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.UpstreamException;

/** One turn of the steps strategy: the loop over the steps, then the closing call. */
final class StepsTurn {
    private static final int MAX_MALFORMED_IN_A_ROW = 2;

    /** The maximum number of retries of one step: 3 calls in all, like the default of {@code upstreams.*.attempts}. */
    private static final int MAX_RETRIES = 2;

    private final TurnContext turn;
    private final Prompt prompt;
    private final Steps stepSettings;
    private final ModelCalls calls;
    private final TurnLog out;
    private final StepRequests requests;
    private final StepHistory history;
    private final OutputTokenShare tokenShare;
    private final VisibleSteps visibleSteps;
    private final int minSteps;
    private int malformedInARow;

    StepsTurn(StepsStrategy strategy, TurnContext turn) {
        this.turn = turn;
        prompt = turn.prompt();
        stepSettings = strategy.steps();
        calls = turn.calls();
        out = turn.log();
        Preset preset = turn.preset();
        requests = new StepRequests(prompt, preset.model(), preset.history().reasoning(), stepSettings.tokens());
        StepPrompts prompts = strategy.prompts();
        history = new StepHistory(prompt.messages(), prompt.allowsToolCalls() ? prompts.withTools() : prompts);
        tokenShare = new OutputTokenShare(prompt.maxTokens(), calls);
        visibleSteps = new VisibleSteps(strategy.notes(), out);
        minSteps = prompt.continuesAfterTool() // most of the reasoning has already been done
                ? Math.min(stepSettings.afterTools(), stepSettings.max())
                : stepSettings.min();
    }

    FinishReason run() {
        reason();
        AnswerRequests answer = AnswerRequests.of(turn).withLimit(tokenShare.forAnswer());
        return new ClosingCall(turn, answer, history, visibleSteps).answer();
    }

    /** Makes the steps, and reports why there are no more unless the last one broke off. */
    private void reason() {
        int step = 1;
        int retries = 0;
        boolean asJson = true;
        boolean continues = true;
        while (continues && step <= stepSettings.max() && tokenShare.hasTokensForStep() && calls.hasBudgetForStep()) {
            StepReader reader = new StepReader(visibleSteps.nextNumber(), stepSettings.loopDetection(), out);
            try {
                boolean callsTool =
                        readStep(requests.step(history.messagesForNextStep(), tokenShare.forStep(), asJson), reader);
                asJson = true;
                continues = endStep(reader, step++) && !callsTool;
                retries = 0;
            } catch (UpstreamException e) {
                if (e.exceedsContext() && (history.hasSteps() || reader.hasStarted())) {
                    endForContext(reader);
                    continues = false;
                } else if (e.isEmptyReply()) { // counts as a malformed step
                    continues = endStep(reader, step++);
                    retries = 0;
                } else if (reader.hasStarted() && retries < MAX_RETRIES && calls.awaitRetry(e)) {
                    String note = visibleSteps.retryNote(String.valueOf(e.getMessage()));
                    reader.endWithNote(note, StepOutcome.FAILED, tokens(reader));
                    asJson = !e.failedToGenerateJson();
                    retries++;
                } else if (reader.hasStarted() && e.retryable() && history.hasSteps() && calls.hasTimeForAnswer()) {
                    String note = visibleSteps.notes().incompleteAfter(String.valueOf(e.getMessage()));
                    reader.endWithNote(note, StepOutcome.FAILED, tokens(reader));
                    visibleSteps.countStep();
                    return; // an answer from the previous steps is better than none
                } else {
                    throw e;
                }
            }
        }
        out.endedBy(continues || malformedInARow > 0 ? whyNoFurtherStep(step) : EndedBy.ANSWERED);
    }

    /** Which limit allows no further step; {@code ANSWERED} if none of them is reached. */
    private EndedBy whyNoFurtherStep(int step) {
        EndedBy budget = calls.exhausted();
        if (budget != null) {
            return budget;
        }
        if (step > stepSettings.max()) {
            return stepSettings.max() == 0 ? EndedBy.ANSWERED : EndedBy.LIMIT;
        }
        return tokenShare.hasTokensForStep() ? EndedBy.ANSWERED : EndedBy.MAX_TOKENS;
    }

    /**
     * Reads a reply until it ends, repeats itself or calls a tool. A tool call ends the reasoning, because only the closing
     * call may call tools.
     *
     * @return whether the reply calls a tool
     */
    private boolean readStep(CallRequest request, StepReader reader) {
        try (Call call = calls.reasoningCall(request)) { // closing it cancels the rest
            if (call.startsThinking()) {
                reader.startInReasoning();
            }
            for (Delta delta : call) {
                if (delta instanceof Delta.Text text) {
                    reader.feed(text.text());
                } else if (delta instanceof Delta.Refusal refusal) {
                    reader.feed(refusal.text());
                } else if (delta instanceof Delta.Reasoning reasoning) {
                    reader.feedReasoning(reasoning.text());
                } else if (delta instanceof Delta.ToolCall) {
                    return true;
                } // an image is not reasoning
                if (reader.isRepeating()) {
                    return false;
                }
            }
        }
        return false;
    }

    /** Ends a step and adds its reply to the history. Returns whether the reasoning continues. */
    private boolean endStep(StepReader reader, int stepNumber) {
        Step step = reader.complete();
        boolean repeats = stepSettings.loopDetection() && history.markSeen(reader.normalizedText());
        boolean loops = repeats || reader.isRepeating();
        if (loops) {
            out.endedBy(EndedBy.LOOP);
            reader.endWithNote(visibleSteps.notes().loop(), StepOutcome.COMPLETED, tokens(reader));
        } else {
            reader.close(tokens(reader));
        }
        if (reader.hasStarted()) {
            visibleSteps.countStep();
        }
        boolean tooEarly = stepNumber < minSteps;
        if (!repeats) {
            history.add(reader.reply(), step.concludes() && tooEarly);
        }
        malformedInARow = step.malformed() ? malformedInARow + 1 : 0;
        return !loops && malformedInARow < MAX_MALFORMED_IN_A_ROW && (tooEarly || !step.concludes());
    }

    /** The context is full: ends the step, if it was started, with a note. */
    private void endForContext(StepReader reader) {
        out.endedBy(EndedBy.CONTEXT);
        if (reader.hasStarted()) {
            reader.complete();
            reader.endWithNote(visibleSteps.takeContextNote(), StepOutcome.COMPLETED, tokens(reader));
            visibleSteps.countStep();
            history.add(reader.reply(), false);
        } else {
            visibleSteps.showContextNote();
        }
    }

    /** What the call of a step used, which has ended; null: there was none. */
    private @Nullable StepTokens tokens(StepReader reader) {
        return reader.hasStarted() ? new StepTokens(calls.ledger().lastUsage().outputTokens(), 0) : null;
    }
}
