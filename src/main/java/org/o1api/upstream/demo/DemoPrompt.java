package org.o1api.upstream.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.upstream.CallRequest;

/**
 * The parts of a request that the demo model uses.
 *
 * @param question the last user message that is not one of the gateway's own
 * @param stepsTaken the number of step replies since the question
 * @param wantsStep whether a step is requested rather than an answer
 * @param requiresJson whether the reply must be JSON
 * @param maxTokens the output limit
 * @param characters the length of the prompt
 */
record DemoPrompt(
        String question, int stepsTaken, boolean wantsStep, boolean requiresJson, long maxTokens, long characters) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Occurs in the instructions for steps and in each reply to them. */
    private static final String STEP_KEY = "next_action";

    static DemoPrompt of(CallRequest request) {
        List<Message> messages = request.messages();
        int stepsTaken = 0;
        int question = messages.size() - 1;
        while (question >= 0 && (messages.get(question).role() != Role.USER || followsStep(messages, question))) {
            if (isStep(messages.get(question))) {
                stepsTaken++;
            }
            question--;
        }
        boolean wantsJson = wantsJson(request.fields().get("response_format"));
        String last =
                messages.isEmpty() ? "" : text(messages.get(messages.size() - 1).content());
        boolean stepProtocol = !messages.isEmpty()
                && messages.get(0).role() == Role.SYSTEM
                && text(messages.get(0).content()).contains(STEP_KEY);
        boolean wantsStep =
                wantsJson && stepProtocol && !last.toLowerCase(Locale.ROOT).contains("final answer");
        return new DemoPrompt(
                question < 0 ? "" : text(messages.get(question).content()),
                stepsTaken,
                wantsStep,
                wantsJson,
                maxTokens(request),
                messages.stream()
                        .mapToLong(message -> text(message.content()).length())
                        .sum());
    }

    private static boolean wantsJson(@Nullable RawJson responseFormat) {
        return responseFormat != null
                && !"text".equals(read(responseFormat).path("type").asText());
    }

    private static boolean followsStep(List<Message> messages, int index) {
        return index > 0 && isStep(messages.get(index - 1));
    }

    private static boolean isStep(Message message) {
        return message.role() == Role.ASSISTANT && text(message.content()).contains('"' + STEP_KEY + '"');
    }

    private static long maxTokens(CallRequest request) {
        for (String field : List.of("max_completion_tokens", "max_tokens")) {
            RawJson limit = request.fields().get(field);
            if (limit != null) {
                return read(limit).asLong(Long.MAX_VALUE);
            }
        }
        return Long.MAX_VALUE;
    }

    private static String text(@Nullable Content content) {
        if (content instanceof Content.Text text) {
            return text.text();
        }
        return content instanceof Content.Parts parts ? text(parts) : "";
    }

    private static String text(Content.Parts parts) {
        StringBuilder texts = new StringBuilder();
        for (JsonNode part : read(parts.json())) {
            texts.append(part.path("text").asText());
        }
        return texts.toString();
    }

    private static JsonNode read(RawJson json) {
        try {
            return JSON.readTree(json.text());
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance(); // a demo may ignore what it does not understand
        }
    }
}
