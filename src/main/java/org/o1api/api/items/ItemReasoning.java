package org.o1api.api.items;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.o1api.json.JsonSlices;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;

/** The reasoning among the items of a request: it belongs to the answer after it. */
public final class ItemReasoning {
    private static final String FIELD = ReasoningFormat.REASONING_CONTENT.wireName();

    /** The reasoning since the last answer. */
    private final List<String> texts = new ArrayList<>();

    public void add(String text) {
        if (!text.isBlank()) {
            texts.add(text);
        }
    }

    /** Adds the summary of an item, unless the gateway has not sent it. */
    public void addSummary(JsonNode item, String path) {
        if (!ItemWriter.isReasoningId(item.path("id").asText(""))) {
            return;
        }
        JsonNode summary = item.path("summary");
        for (int i = 0; i < summary.size(); i++) {
            add(ItemReader.text(summary.get(i), "text", path + ".summary[" + i + "]"));
        }
    }

    /** Drops the reasoning: no answer follows it. */
    public void clear() {
        texts.clear();
    }

    /** Adds the reasoning to the last message if that is an answer. */
    public void attachTo(List<Message> messages) {
        int last = messages.size() - 1;
        if (texts.isEmpty() || !(messages.get(last) instanceof Message.Assistant answer)) {
            return;
        }
        RawJson earlier = answer.reasoning().get(FIELD);
        if (earlier != null) {
            texts.add(0, JsonSlices.string(earlier));
        }
        RawJson all = new RawJson(JsonSlices.quoted(String.join("\n\n", texts)));
        messages.set(last, answer.withReasoning(Map.of(FIELD, all)));
        texts.clear();
    }
}
