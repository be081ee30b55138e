package org.o1api.upstream;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.o1api.json.JsonSlices;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/**
 * Decides in which fields a call sends the reasoning of earlier answers.
 *
 * @param kept for which answers the fields that the client sent are kept
 * @param required fields that the provider requires, and for which answers; never {@code DROP}
 * @param rejected fields that the provider rejects, which are never sent
 */
record ReasoningFields(ReasoningHistory kept, Map<String, ReasoningHistory> required, Set<String> rejected) {
    static final String CONTENT = "reasoning_content";
    static final String REASONING = "reasoning";
    static final String DETAILS = "reasoning_details";

    /** LiteLLM's list of Anthropic's blocks. Sent unchanged or not at all, because each has a signature. */
    static final String BLOCKS = "thinking_blocks";

    /** The fields in which providers send and accept reasoning, in order of precedence. */
    static final List<String> NAMES = List.of(CONTENT, REASONING, DETAILS, BLOCKS);

    /**
     * Replaces reasoning that the client did not send back, if the provider requires some. DeepSeek and Kimi reject an empty text
     * like a missing one. They do not read it, and the shortest text is least likely to mislead the model.
     */
    private static final String PLACEHOLDER = " ";

    ReasoningFields {
        required =
                Collections.unmodifiableMap(new TreeMap<>(required)); // a fixed order, for the same bytes in each call
        rejected = Set.copyOf(rejected);
    }

    /** The reasoning fields to send with a message, in their order. */
    Map<String, RawJson> of(Message message) {
        if (!(message instanceof Message.Assistant answer)) {
            return Map.of();
        }
        Map<String, RawJson> fields = new LinkedHashMap<>();
        if (kept.appliesTo(answer)) {
            fields.putAll(answer.reasoning());
        }
        required.forEach((name, answers) -> {
            RawJson value = answers.appliesTo(answer) ? valueFor(name, answer) : null;
            if (value != null) {
                fields.putIfAbsent(name, value);
            }
        });
        fields.keySet().removeAll(rejected);
        fields.keySet().removeAll(answer.fields().keySet());
        return fields;
    }

    /** The value of a required field; null if the gateway cannot create it. */
    private static @Nullable RawJson valueFor(String name, Message.Assistant answer) {
        RawJson sent = answer.reasoning().get(name);
        if (sent != null && !sent.isEmpty()) {
            return sent;
        }
        if (name.equals(BLOCKS)) {
            return null; // Anthropic rejects a block without its signature
        }
        String text = ReasoningText.of(answer.reasoning());
        String quoted = JsonSlices.quoted(text.isBlank() ? PLACEHOLDER : text);
        return new RawJson(
                name.equals(DETAILS) ? "[{\"type\":\"reasoning.text\",\"index\":0,\"text\":" + quoted + "}]" : quoted);
    }
}
