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

/** One question on its way through the steps to the answer. */
final class StepsTurn {
    private static final int BREAKS_THAT_END_THINKING = 2;

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
        history = new StepHistory(question.messages(), preset.prompts());
        allowance = new Allowance(question.maxTokens(), thinker);
    }

    FinishReason run() {
        int step = 1;
        while (step <= question.steps().max() && allowance.mayThink() && thinker.mayThink() && takeStep(step)) {
            step++;
        }
        // A model that thought nothing has nothing to conclude from: it gets the caller's messages as they are.
        List<Message> messages = history.hasSteps() ? history.closing() : question.messages();
        return answer(requests.answer(messages, allowance.forAnswer()));
    }

    /** Takes a step, and tells whether the thinking goes on. */
    private boolean takeStep(int taken) {
        StepReader reader = new StepReader(stepsShown + 1, out);
        boolean callsTool = readStep(requests.step(history.next(), allowance.forThinking()), reader);
        Step step = end(reader);
        boolean tooEarly = taken < question.steps().min();
        history.add(reader.reply(), step.concludes() && tooEarly);
        breaksInARow = step.protocolBroken() ? breaksInARow + 1 : 0;
        return !callsTool && breaksInARow < BREAKS_THAT_END_THINKING && (tooEarly || !step.concludes());
    }

    /** Reads a reply to its end, or to a tool call, which ends the thinking: to call is for the closing call. */
    private boolean readStep(CallRequest request, StepReader reader) {
        try (Call call = thinker.think(request)) {
            for (Delta delta : call) {
                if (delta instanceof Delta.Text text) {
                    reader.feed(text.text());
                } else if (delta instanceof Delta.Reasoning reasoning) {
                    reader.feedReasoning(reasoning.text());
                } else {
                    return true;
                }
            }
        }
        return false;
    }

    /** Makes the closing call. What the model thinks before it answers is one more step; later it has no place to go. */
    private FinishReason answer(CallRequest request) {
        StepReader thought = new StepReader(stepsShown + 1, out);
        ShownText answer = new ShownText(out::answerText);
        boolean answers = false;
        try (Call call = thinker.answer(request)) {
            for (Delta delta : call) {
                if (delta instanceof Delta.Reasoning reasoning) {
                    if (!answers) {
                        thought.feedReasoning(reasoning.text());
                    }
                    continue;
                }
                if (!answers) {
                    answers = true;
                    end(thought);
                }
                if (delta instanceof Delta.Text text) {
                    answer.append(text.text());
                    answer.report();
                } else if (delta instanceof Delta.ToolCall piece) {
                    answer.end();
                    out.toolCall(piece);
                }
            }
            if (!answers) {
                end(thought);
            }
            answer.end();
            return call.finishReason();
        }
    }

    private Step end(StepReader reader) {
        Step step = reader.end();
        if (reader.begun()) {
            stepsShown++;
        }
        return step;
    }
}
