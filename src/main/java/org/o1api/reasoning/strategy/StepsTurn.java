package org.o1api.reasoning.strategy;

import java.util.List;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.TurnListener;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.UpstreamException;

/** One question on its way through the steps to the answer. */
final class StepsTurn {
    private static final int BREAKS_THAT_END_THINKING = 2;

    /** How often one step is requested again: with the first try as often as a call is made by default. */
    private static final int MOST_RESTARTS = 2;

    private final Prompt question;
    private final Preset.Steps limits;
    private final ModelCalls thinker;
    private final TurnListener out;
    private final StepRequests requests;
    private final StepHistory history;
    private final OutputTokenShare allowance;
    private final VisibleSteps shown;
    private final int min;
    private int breaksInARow;

    StepsTurn(Prompt question, Preset preset, ModelCalls thinker, TurnListener out) {
        this.question = question;
        this.limits = question.steps();
        this.thinker = thinker;
        this.out = out;
        requests = new StepRequests(question, preset.model(), preset.history().reasoning());
        history = new StepHistory(
                question.messages(),
                question.allowsToolCalls() ? preset.prompts().withTools() : preset.prompts());
        allowance = new OutputTokenShare(question.maxTokens(), thinker);
        shown = new VisibleSteps(preset.notes(), out);
        min = continuesAfterTool() ? Math.min(limits.afterTools(), limits.max()) : limits.min();
    }

    /** Whether the turn goes on with what a tool gave, so that most of its reasoning has been done. */
    private boolean continuesAfterTool() {
        List<Message> messages = question.messages();
        return messages.get(messages.size() - 1).role().isToolResult();
    }

    FinishReason run() {
        int step = 1;
        int restarts = 0;
        boolean asJson = true;
        boolean goesOn = true;
        while (goesOn && step <= limits.max() && allowance.hasTokensForStep() && thinker.hasBudgetForStep()) {
            StepReader reader = new StepReader(shown.nextNumber(), limits.loopDetection(), out);
            try {
                boolean callsTool = readStep(requests.step(history.nextStep(), allowance.forStep(), asJson), reader);
                asJson = true;
                goesOn = end(reader, step++) && !callsTool;
                restarts = 0;
            } catch (UpstreamException e) {
                if (e.exceedsContext() && (history.hasSteps() || reader.hasStarted())) {
                    endForContext(reader);
                    goesOn = false;
                } else if (e.isEmptyReply()) { // breaks the protocol, and no more than that
                    goesOn = end(reader, step++);
                    restarts = 0;
                } else if (reader.hasStarted() && restarts < MOST_RESTARTS && thinker.awaitRetry(e)) {
                    reader.endForRetry(String.valueOf(e.getMessage()));
                    asJson = !e.failedToGenerateJson();
                    restarts++;
                } else if (reader.hasStarted() && e.retryable() && history.hasSteps() && thinker.hasTimeForAnswer()) {
                    reader.endIncomplete(String.valueOf(e.getMessage()));
                    shown.countStep();
                    goesOn = false; // an answer from the steps before it beats none
                } else {
                    throw e;
                }
            }
        }
        return new ClosingCall(question, requests, history, allowance, thinker, shown, out).answer();
    }

    /**
     * Reads a reply to its end, until it repeats itself, or to a tool call, which ends the reasoning: to call is for the closing call.
     *
     * @return whether it calls a tool
     */
    private boolean readStep(CallRequest request, StepReader reader) {
        try (Call call = thinker.reasoningCall(request)) { // closing it cancels what has not ended
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
                } // an image is no reasoning
                if (reader.isRepeating()) {
                    return false;
                }
            }
        }
        return false;
    }

    /** Adds what the model replied to the history, and says whether the reasoning goes on. */
    private boolean end(StepReader reader, int taken) {
        Step step = reader.complete();
        boolean repeats = limits.loopDetection() && history.markSeen(reader.normalizedText());
        boolean loops = repeats || reader.isRepeating();
        if (loops) {
            reader.endWithNote(shown.loopNote());
        } else {
            reader.close();
        }
        if (reader.hasStarted()) {
            shown.countStep();
        }
        boolean tooEarly = taken < min;
        if (!repeats) {
            history.add(reader.reply(), step.concludes() && tooEarly);
        }
        breaksInARow = step.malformed() ? breaksInARow + 1 : 0;
        return !loops && breaksInARow < BREAKS_THAT_END_THINKING && (tooEarly || !step.concludes());
    }

    /** The context is full: the step ends with what it has, if it has anything. */
    private void endForContext(StepReader reader) {
        if (reader.hasStarted()) {
            reader.complete();
            reader.endWithNote(shown.takeContextNote());
            shown.countStep();
            history.add(reader.reply(), false);
        } else {
            shown.showContextNote();
        }
    }
}
