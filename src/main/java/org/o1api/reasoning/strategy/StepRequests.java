package org.o1api.reasoning.strategy;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.Message;
import org.o1api.llm.RawJson;
import org.o1api.reasoning.Question;
import org.o1api.reasoning.Question.MaxTokens;
import org.o1api.upstream.CallRequest;

/** The requests of a turn: the caller's fields and ours, as each call needs them. */
final class StepRequests {
    private static final RawJson TEMPERATURE = new RawJson("0.2");
    private static final RawJson JSON_OBJECT = new RawJson("{\"type\":\"json_object\"}");
    private static final RawJson NO_TOOL = new RawJson("\"none\"");

    private final Question question;
    private final String model;

    StepRequests(Question question, String model) {
        this.question = question;
        this.model = model;
    }

    /** A step: one JSON object, with the tools in mind and none called. */
    CallRequest step(List<Message> messages, @Nullable MaxTokens limit, boolean asJson) {
        Fields fields = new Fields();
        if (limit != null) {
            fields.addOurs(limit.field(), number(limit));
        }
        if (fields.addTools()) {
            fields.addOurs("tool_choice", NO_TOOL);
        }
        if (asJson) {
            fields.addOurs("response_format", JSON_OBJECT);
        }
        return fields.request(messages);
    }

    /** The answer: what the caller asked for, whether steps came before it or not. */
    CallRequest answer(List<Message> messages, @Nullable MaxTokens limit) {
        Fields fields = new Fields();
        if (limit != null) {
            fields.all.put(limit.field(), number(limit));
        }
        fields.addTools();
        fields.all.putAll(question.closingFields());
        return fields.request(messages);
    }

    private static RawJson number(MaxTokens limit) {
        return new RawJson(Long.toString(limit.limit()));
    }

    private final class Fields {
        private final Map<String, RawJson> all = new LinkedHashMap<>(question.fields());
        private final Set<String> ours = new HashSet<>();

        Fields() {
            if (!all.containsKey("temperature") && !question.closingFields().containsKey("temperature")) {
                addOurs("temperature", TEMPERATURE);
            }
        }

        void addOurs(String name, RawJson value) {
            all.put(name, value);
            ours.add(name);
        }

        boolean addTools() {
            RawJson tools = question.tools();
            if (tools != null) {
                all.put("tools", tools);
            }
            return tools != null;
        }

        CallRequest request(List<Message> messages) {
            return new CallRequest(model, messages, all, ours);
        }
    }
}
