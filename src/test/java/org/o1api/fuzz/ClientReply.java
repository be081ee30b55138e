package org.o1api.fuzz;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.o1api.fuzz.Interpretation.End;
import org.o1api.testing.OpenAiSchema;

/**
 * The response that a client received, checked strictly against the wire contract.
 *
 * @param status the status of the response
 * @param code the error code; null if the answer is complete
 * @param param the {@code param} of the error
 * @param answer the complete answer; null after an error
 * @param reasoning the reasoning that was shown
 */
record ClientReply(
        int status,
        @Nullable String code,
        @Nullable String param,
        @Nullable Interpretation answer,
        String reasoning) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Set<String> ERROR_KEYS = Set.of("message", "type", "param", "code");

    /** The response violates the contract. */
    static final class ContractViolation extends RuntimeException {
        private static final long serialVersionUID = 1;

        ContractViolation(String rule) {
            super(rule);
        }
    }

    /**
     * Reads and checks a response.
     *
     * @throws ContractViolation if it breaks a rule
     */
    static ClientReply of(HttpResponse<byte[]> response) {
        String text = utf8(response.body());
        String type = response.headers().firstValue("Content-Type").orElse("");
        rule(response.headers().firstValue("x-request-id").isPresent(), "no x-request-id");
        if (response.statusCode() != 200) {
            rule(type.startsWith("application/json"), "an error with Content-Type " + type);
            return error(response.statusCode(), text, "");
        }
        return type.startsWith("text/event-stream") ? stream(text) : completion(text);
    }

    private static void rule(boolean holds, String otherwise) {
        if (!holds) {
            throw new ContractViolation(otherwise);
        }
    }

    private static String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ContractViolation("a reply that is not UTF-8");
        }
    }

    private static ClientReply error(int status, String json, String reasoning) {
        check(OpenAiSchema.ERROR, json);
        JsonNode error = tree(json).path("error");
        Set<String> keys = new TreeSet<>();
        error.fieldNames().forEachRemaining(keys::add);
        rule(keys.equals(ERROR_KEYS), "an error with the keys " + keys);
        String code = error.path("code").asText();
        rule(!error.path("message").asText().isBlank(), "an error without a message");
        rule(status != 500 && !code.equals("internal_error"), "an internal error: " + status + " " + code);
        return new ClientReply(status, code, error.path("param").textValue(), null, reasoning);
    }

    private static void check(OpenAiSchema schema, String json) {
        try {
            schema.check(json);
        } catch (AssertionError e) {
            throw new ContractViolation("not valid by the schema: " + e.getMessage());
        }
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new ContractViolation("not JSON: " + json);
        }
    }

    private static ClientReply completion(String text) {
        check(OpenAiSchema.COMPLETION, text);
        JsonNode root = tree(text);
        rule(root.path("choices").size() == 1, "not exactly one choice");
        JsonNode message = root.at("/choices/0/message");
        StringBuilder arguments = new StringBuilder();
        message.path("tool_calls").forEach(call -> {
            rule(!call.path("id").asText().isEmpty(), "a tool call without id");
            arguments.append(call.at("/function/arguments").asText());
        });
        String finish = root.at("/choices/0/finish_reason").asText();
        rule(
                finish.equals("tool_calls") || message.path("tool_calls").isEmpty() || !finish.equals("stop"),
                "tool calls with the finish reason " + finish);
        Interpretation answer = new Interpretation(
                message.path("content").asText(""),
                message.path("refusal").asText(""),
                arguments.toString(),
                end(finish));
        return new ClientReply(200, null, null, answer, reasoning(message));
    }

    private static String reasoning(JsonNode message) {
        String text = message.path("reasoning_content").asText("");
        return text.isEmpty() ? message.path("reasoning").asText("") : text;
    }

    private static End end(String finish) {
        return switch (finish) {
            case "stop", "tool_calls" -> End.COMPLETE;
            case "length" -> End.LENGTH;
            case "content_filter" -> End.CONTENT_FILTER;
            default -> throw new ContractViolation("unexpected finish reason " + finish);
        };
    }

    private static ClientReply stream(String text) {
        Stream stream = new Stream();
        String name = "";
        @Nullable String data = null;
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        rule(lines.remove(lines.size() - 1).isEmpty(), "the stream ended within a line");
        for (String line : lines) {
            if (line.equals(": ping")) {
                rule(data == null && name.isEmpty(), "a ping within an event");
            } else if (line.startsWith("event: ") && name.isEmpty() && data == null) {
                name = line.substring(7);
            } else if (line.startsWith("data: ") && data == null) {
                data = line.substring(6);
            } else if (line.isEmpty() && data != null) {
                stream.event(name, data);
                name = "";
                data = null;
            } else {
                throw new ContractViolation("a line that is not part of an event: '" + line + "'");
            }
        }
        rule(data == null && name.isEmpty(), "the stream ended within an event");
        return stream.ended();
    }

    /** Checks the events of a stream, one after the other. */
    private static final class Stream {
        private final StringBuilder content = new StringBuilder();
        private final StringBuilder refusal = new StringBuilder();
        private final StringBuilder reasoning = new StringBuilder();
        private final StringBuilder arguments = new StringBuilder();
        private int events;
        private @Nullable String head;
        private @Nullable String finish;
        private @Nullable ClientReply failure;
        private boolean done;

        void event(String name, String data) {
            rule(!done && failure == null, "an event after the last one");
            if (name.equals("error")) {
                rule(finish == null, "an error after the finish reason");
                failure = error(200, data, reasoning.toString());
                return;
            }
            rule(name.isEmpty(), "an event named " + name);
            if (data.equals("[DONE]")) {
                rule(finish != null, "[DONE] without a finish reason");
                done = true;
                return;
            }
            check(OpenAiSchema.CHUNK, data);
            JsonNode chunk = tree(data);
            String same = chunk.path("id") + " " + chunk.path("created") + " " + chunk.path("model");
            rule(head == null || head.equals(same), "a changed id, created or model");
            head = same;
            if (chunk.path("choices").isEmpty()) {
                rule(finish != null && chunk.path("usage").isObject(), "no choices before the finish reason");
                return;
            }
            JsonNode delta = chunk.at("/choices/0/delta");
            rule((events++ == 0) == delta.has("role"), "the role is not in the first delta only");
            rule(finish == null, "a chunk after the finish reason");
            delta(delta);
            finish = chunk.at("/choices/0/finish_reason").textValue();
            rule(finish == null || delta.isEmpty(), "a finish reason together with a delta");
        }

        private void delta(JsonNode delta) {
            String reasoningDelta = ClientReply.reasoning(delta);
            String contentDelta = delta.path("content").asText("");
            boolean calls = delta.has("tool_calls");
            int kinds = (reasoningDelta.isEmpty() ? 0 : 1)
                    + (contentDelta.isEmpty() ? 0 : 1)
                    + (delta.has("refusal") ? 1 : 0)
                    + (calls ? 1 : 0);
            rule(kinds <= 1, "a delta of several kinds");
            rule(
                    reasoningDelta.isEmpty() || content.length() + refusal.length() + arguments.length() == 0,
                    "reasoning after content");
            content.append(contentDelta);
            reasoning.append(reasoningDelta);
            refusal.append(delta.path("refusal").asText(""));
            delta.path("tool_calls")
                    .forEach(call ->
                            arguments.append(call.at("/function/arguments").asText("")));
        }

        ClientReply ended() {
            if (failure != null) {
                return failure;
            }
            rule(done && finish != null, "the stream ended without [DONE] and without an error");
            Interpretation answer = new Interpretation(
                    content.toString(), refusal.toString(), arguments.toString(), end(String.valueOf(finish)));
            return new ClientReply(200, null, null, answer, reasoning.toString());
        }
    }
}
