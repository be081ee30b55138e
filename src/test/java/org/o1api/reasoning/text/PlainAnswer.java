package org.o1api.reasoning.text;

import java.util.List;
import java.util.Map;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.TurnLog;

/** Readers of an answer that follows no reasoning of the gateway's. */
final class PlainAnswer {
    private static final Map<String, RawJson> JSON =
            Map.of("response_format", new RawJson("{\"type\":\"json_object\"}"));

    private PlainAnswer() {}

    static AnswerReader reader(boolean requiresJson, boolean startsThinking, TurnLog out) {
        Prompt prompt = new Prompt(List.of(Message.user("Why?")), Map.of(), null, requiresJson ? JSON : Map.of(), null);
        return new AnswerReader(1, new AnswerFormat(prompt), null, startsThinking, out);
    }
}
