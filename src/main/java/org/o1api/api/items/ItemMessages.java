package org.o1api.api.items;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.json.JsonSlices;
import org.o1api.json.MessageJson;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.ToolCall;

/**
 * The messages that the items of a request become. A call belongs to the answer before it, and reasoning to the answer or the call after
 * it. An answer is written once, when it has all of them: writing it again for each would take quadratic time.
 */
public final class ItemMessages {
    private static final String REASONING = ReasoningFormat.REASONING_CONTENT.wireName();

    private final List<Message> messages = new ArrayList<>();

    /** The last message, which does not have its calls and its reasoning yet; null: it is no answer. */
    private Message.@Nullable Assistant answer;

    private final List<ToolCall> calls = new ArrayList<>();
    private final List<String> reasoning = new ArrayList<>();

    /** The reasoning since the last message or call. */
    private final List<String> unassigned = new ArrayList<>();

    /** Adds a message. Reasoning before it is dropped unless the message is an answer. */
    public void add(Message message) {
        writeAnswer();
        messages.add(message);
        answer = message instanceof Message.Assistant added ? added : null;
        assignReasoning();
    }

    /**
     * Adds a call to the answer before it, or to a new one.
     *
     * @return the index of the call in the answer
     */
    public int addCall(ToolCall call) {
        if (answer == null) {
            add(MessageJson.assistant(null, Map.of(), Map.of()));
        }
        calls.add(call);
        assignReasoning();
        return calls.size() - 1;
    }

    /** Adds reasoning to the answer or the call after it. */
    public void addReasoning(String text) {
        if (!text.isBlank()) {
            unassigned.add(text);
        }
    }

    /** Adds the summary of an item, unless the gateway has not sent it. */
    public void addSummary(JsonNode item, String path) {
        if (!ItemWriter.isReasoningId(item.path("id").asText(""))) {
            return;
        }
        JsonNode summary = item.path("summary");
        for (int i = 0; i < summary.size(); i++) {
            addReasoning(ItemReader.text(summary.get(i), "text", path + ".summary[" + i + "]"));
        }
    }

    /** The index of the last message. */
    public int lastIndex() {
        return messages.size() - 1;
    }

    /** Returns the messages. No more may be added to the last one. */
    public List<Message> messages() {
        writeAnswer();
        return messages;
    }

    private void assignReasoning() {
        if (answer != null) {
            reasoning.addAll(unassigned);
        }
        unassigned.clear();
    }

    private void writeAnswer() {
        if (answer == null) {
            return;
        }
        Message.Assistant written = calls.isEmpty() ? answer : MessageJson.withToolCalls(answer, calls);
        if (!reasoning.isEmpty()) {
            RawJson text = new RawJson(JsonSlices.quoted(String.join("\n\n", reasoning)));
            written = written.withReasoning(Map.of(REASONING, text));
        }
        messages.set(lastIndex(), written);
        answer = null;
        calls.clear();
        reasoning.clear();
    }
}
