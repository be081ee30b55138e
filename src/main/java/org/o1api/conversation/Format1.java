package org.o1api.conversation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.json.JsonSlices;
import org.o1api.json.ToolCalls;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnUsage;

/** Answers in format 1, which has no events, only their result: they are replayed in a fixed order. */
final class Format1 {
    private Format1() {}

    /**
     * Returns an answer with the events of its replay.
     *
     * @param sent the content as the client received it if it contained reasoning
     * @param toolCalls a list like a message's {@code tool_calls}
     * @param images a list like a message's {@code images}
     */
    static StoredTurn.Answer answer(
            @Nullable String content,
            @Nullable String refusal,
            @Nullable String sent,
            @Nullable RawJson toolCalls,
            @Nullable RawJson images,
            List<StoredTurn.Step> reasoning,
            FinishReason reason,
            TurnUsage usage) {
        List<TurnEvent> events = new ArrayList<>();
        int number = 0;
        for (StoredTurn.Step step : reasoning) {
            number++;
            events.add(new TurnEvent.StepStarted(number));
            events.add(new TurnEvent.StepTitled(number, step.title()));
            events.add(new TurnEvent.StepText(number, step.text()));
            events.add(new TurnEvent.StepEnded(number));
        }
        if (content != null) {
            events.add(new TurnEvent.AnswerText(content));
        }
        if (refusal != null && !refusal.isEmpty()) {
            events.add(new TurnEvent.RefusalText(refusal));
        }
        if (images != null) {
            JsonSlices.elements(images).forEach(image -> events.add(new TurnEvent.Image(image)));
        }
        if (toolCalls != null) {
            ToolCalls.parse(toolCalls).forEach(call -> events.add(new TurnEvent.ToolCall(call)));
        }
        events.add(new TurnEvent.Completed(reason, usage));
        return new StoredTurn.Answer(events, sent);
    }
}
