package org.o1api.reasoning.strategy;

import java.util.List;
import org.o1api.llm.FinishReason;
import org.o1api.llm.Message;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Question;
import org.o1api.reasoning.Thinker;
import org.o1api.reasoning.TurnListener;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.Delta;
import org.o1api.upstream.UpstreamException;

/** One question on its way through the steps to the answer. */
final class StepsTurn {
    private static final int BREAKS_THAT_END_THINKING = 2;

    /** How often one step, or the answer, begins anew: with the first try as often as a call is made by default. */
    private static final int MOST_RESTARTS = 2;

    private final Question question;
    private final Thinker thinker;
    private final TurnListener out;
    private final StepRequests requests;
    private final StepHistory history;
    private final Allowance allowance;
    private int stepsShown;
    private int breaksInARow;

    StepsTurn(Question question, Preset preset, Thinker thinker, TurnListener out) {
        this.question = question;
        this.thinker = thinker;
        this.out = out;
        requests = new StepRequests(question, preset.model());
        history = new StepHistory(
                question.messages(), question.mayCallTools() ? preset.prompts().withTools() : preset.prompts());
        allowance = new Allowance(question.maxTokens(), thinker);
    }

    FinishReason run() {
        int step = 1;
        int restarts = 0;
        boolean asJson = true;
        boolean goesOn = true;
        while (goesOn && step <= question.steps().max() && allowance.mayThink() && thinker.mayThink()) {
            StepReader reader = new StepReader(stepsShown + 1, out);
            try {
                boolean callsTool = readStep(requests.step(history.next(), allowance.forThinking(), asJson), reader);
                asJson = true;
                goesOn = end(reader, step++) && !callsTool;
                restarts = 0;
            } catch (UpstreamException e) {
                if (e.saidNothing()) { // breaks the protocol, and no more than that
                    goesOn = end(reader, step++);
                    restarts = 0;
                } else if (reader.begun() && e.retryable() && restarts == MOST_RESTARTS && history.hasSteps()) {
                    reader.giveUp(String.valueOf(e.getMessage()));
                    stepsShown++;
                    goesOn = false; // an answer from the steps before it beats none
                } else if (reader.begun() && restarts < MOST_RESTARTS && thinker.mayRetry(e)) {
                    reader.breakOff(String.valueOf(e.getMessage()));
                    asJson = !e.rejectsJson();
                    restarts++;
                } else {
                    throw e;
                }
            }
        }
        return answer();
    }

    /** Reads a reply to its end, or to a tool call, which ends the thinking: to call is for the closing call. */
    private boolean readStep(CallRequest request, StepReader reader) {
        try (Call call = thinker.think(request)) {
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
            }
        }
        return false;
    }

    /** Takes what the model replied into the history, and tells whether the thinking goes on. */
    private boolean end(StepReader reader, int taken) {
        Step step = reader.end();
        if (reader.begun()) {
            stepsShown++;
        }
        boolean tooEarly = taken < question.steps().min();
        history.add(reader.reply(), step.concludes() && tooEarly);
        breaksInARow = step.protocolBroken() ? breaksInARow + 1 : 0;
        return breaksInARow < BREAKS_THAT_END_THINKING && (tooEarly || !step.concludes());
    }

    /** Makes the closing call; once more, and once more, where it breaks off before the answer has begun. */
    private FinishReason answer() {
        // A model that thought nothing has nothing to conclude from: it gets the caller's messages as they are.
        List<Message> messages = history.hasSteps() ? history.closing() : question.messages();
        for (int restarts = 0; ; restarts++) {
            AnswerReader reader = null;
            try (Call call = thinker.answer(requests.answer(messages, allowance.forAnswer()))) {
                reader = new AnswerReader(stepsShown + 1, question.wantsJson(), call.startsThinking(), out);
                for (Delta delta : call) {
                    reader.feed(delta);
                    thinker.countAsReasoning(reader.reasoningLength());
                }
                FinishReason reason = call.finishReason();
                if (reason == FinishReason.LENGTH || reason == FinishReason.CONTENT_FILTER) {
                    reader.cut();
                    thinker.countAsReasoning(reader.reasoningLength());
                }
                if (reader.saysNothing() && isSuccess(reason)) {
                    throw UpstreamException.nothingSaid();
                }
                reader.end();
                return reason;
            } catch (UpstreamException e) {
                if (reader == null || !reader.mayBeginAnew() || restarts == MOST_RESTARTS || !thinker.mayRetry(e)) {
                    throw e;
                }
                reader.breakOff(String.valueOf(e.getMessage()));
            }
        }
    }

    /** Whether a reply that ended so claims to be whole. */
    private static boolean isSuccess(FinishReason reason) {
        return switch (reason) {
            case STOP, TOOL_CALLS -> true;
            case LENGTH, CONTENT_FILTER -> false;
        };
    }
}
