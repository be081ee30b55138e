package org.o1api.conversation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.json.JsonSlices;
import org.o1api.json.ToolCalls;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnUsage;

/** Records of format 1, which earlier versions wrote. An answer has no events, only their result, and is replayed in a fixed order. */
final class Format1 {
    private Format1() {}

    static StoredTurn read(String id, String record) {
        Map<String, RawJson> turn = TurnJson.members(new RawJson(record));
        RawJson answer = turn.get("answer");
        return TurnJson.read(id, turn, answer == null ? null : answer(TurnJson.members(answer)));
    }

    private static StoredTurn.Answer answer(Map<String, RawJson> answer) {
        List<StoredTurn.Step> reasoning = new ArrayList<>();
        for (RawJson step : JsonSlices.elements(answer.getOrDefault("reasoning", TurnJson.EMPTY_LIST))) {
            List<RawJson> titleAndText = JsonSlices.elements(step);
            reasoning.add(
                    new StoredTurn.Step(TurnJson.string(titleAndText.get(0)), TurnJson.string(titleAndText.get(1))));
        }
        return answer(
                TurnJson.text(answer.get("content")),
                TurnJson.text(answer.get("refusal")),
                TurnJson.text(answer.get("sent")),
                answer.get("tool_calls"),
                answer.get("images"),
                reasoning,
                FinishReason.fromWireName(TurnJson.string(answer.get("finish_reason"))),
                EventJson.usage(answer.get("usage"), answer.get("total")));
    }

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
