package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The objects of Anthropic's Messages API as its documentation has them: their keys and the types of the values. There is no published
 * schema. Additional keys are allowed in a message ({@code x_o1}) and in calls.
 */
final class MessageShape {
    private static final List<String> STOP_REASONS =
            List.of("end_turn", "max_tokens", "tool_use", "refusal", "stop_sequence");
    private static final String SUMMARY = "x_o1";

    private static final Map<String, Consumer<JsonNode>> USAGE = Map.of(
            "input_tokens", MessageShape::count,
            "cache_creation_input_tokens", MessageShape::count,
            "cache_read_input_tokens", MessageShape::count,
            "output_tokens", MessageShape::count);
    /** The fields of each type of block, besides the type itself; likewise below. */
    private static final Map<String, Map<String, Consumer<JsonNode>>> BLOCKS = Map.of(
            "text", Map.of("text", MessageShape::text, "citations", MessageShape::isNull),
            "thinking", Map.of("thinking", MessageShape::text, "signature", MessageShape::text),
            "tool_use", Map.of("id", MessageShape::name, "name", MessageShape::name, "input", MessageShape::object));

    private static final Map<String, Map<String, Consumer<JsonNode>>> DELTAS = Map.of(
            "text_delta", Map.of("text", MessageShape::text),
            "thinking_delta", Map.of("thinking", MessageShape::text),
            "signature_delta", Map.of("signature", MessageShape::text),
            "input_json_delta", Map.of("partial_json", MessageShape::text));
    private static final Map<String, Map<String, Consumer<JsonNode>>> EVENTS = Map.of(
            "message_start", Map.of("message", MessageShape::checkStart),
            "ping", Map.of(),
            "content_block_start", Map.of("index", MessageShape::count, "content_block", MessageShape::checkBlock),
            "content_block_delta", Map.of("index", MessageShape::count, "delta", MessageShape::checkDelta),
            "content_block_stop", Map.of("index", MessageShape::count),
            "message_delta", Map.of("delta", MessageShape::checkStop, "usage", MessageShape::checkUsage),
            "message_stop", Map.of());

    private MessageShape() {}

    private static void any(JsonNode value) {
        assertThat(value.isMissingNode()).isFalse();
    }

    private static void text(JsonNode value) {
        assertThat(value.isTextual()).as("%s is a text", value).isTrue();
    }

    private static void name(JsonNode value) {
        assertThat(value.asText()).as("a name").isNotEmpty();
    }

    private static void isNull(JsonNode value) {
        assertThat(value.isNull()).as("%s is null", value).isTrue();
    }

    private static void count(JsonNode value) {
        assertThat(value.isIntegralNumber() && value.asLong() >= 0)
                .as("%s is a count", value)
                .isTrue();
    }

    private static void object(JsonNode value) {
        assertThat(value.isObject()).as("%s is an object", value).isTrue();
    }

    /** Fails unless a text is a complete message. */
    static void checkMessage(String json) {
        JsonNode message = ChatClient.parsed(json);
        checkHead(message);
        message.path("content").forEach(MessageShape::checkBlock);
        checkStopFields(message);
    }

    /** Fails unless a text is a number of tokens. */
    static void checkTokens(String json) {
        check(ChatClient.parsed(json), Map.of("input_tokens", MessageShape::count), key -> false);
    }

    /** Fails unless the data of an event have its type and the keys of that. Errors are not among these events. */
    static void checkEvent(String type, JsonNode data) {
        assertThat(data.path("type").asText()).isEqualTo(type);
        checkTyped(data, EVENTS, key -> type.equals("message_delta") && key.equals(SUMMARY));
    }

    private static void checkHead(JsonNode message) {
        check(
                message,
                Map.of(
                        "id",
                        id -> assertThat(id.asText()).startsWith("msg_"),
                        "type",
                        type -> assertThat(type.asText()).isEqualTo("message"),
                        "role",
                        role -> assertThat(role.asText()).isEqualTo("assistant"),
                        "model",
                        MessageShape::name,
                        "content",
                        content -> assertThat(content.isArray()).isTrue(),
                        "stop_reason",
                        MessageShape::any,
                        "stop_sequence",
                        MessageShape::any,
                        "usage",
                        MessageShape::checkUsage),
                SUMMARY::equals);
    }

    private static void checkStart(JsonNode message) {
        checkHead(message);
        assertThat(message.path("content")).isEmpty();
        isNull(message.path("stop_reason"));
        isNull(message.path("stop_sequence"));
    }

    private static void checkStop(JsonNode delta) {
        check(delta, Map.of("stop_reason", MessageShape::any, "stop_sequence", MessageShape::any), key -> false);
        checkStopFields(delta);
    }

    /** The stop reason of a complete message, and the string at which it stopped. */
    private static void checkStopFields(JsonNode object) {
        assertThat(object.path("stop_reason").asText()).isIn(STOP_REASONS);
        assertThat(object.path("stop_sequence").isTextual())
                .as("a stop sequence, for %s", object.path("stop_reason"))
                .isEqualTo(object.path("stop_reason").asText().equals("stop_sequence"));
    }

    private static void checkUsage(JsonNode usage) {
        check(usage, USAGE, key -> false);
    }

    private static void checkBlock(JsonNode block) {
        checkTyped(block, BLOCKS, key -> block.path("type").asText().equals("tool_use"));
    }

    private static void checkDelta(JsonNode delta) {
        checkTyped(delta, DELTAS, key -> false);
    }

    /** Fails unless an object has the fields of its type, and no others except the allowed ones. */
    private static void checkTyped(
            JsonNode object, Map<String, Map<String, Consumer<JsonNode>>> types, Predicate<String> allowed) {
        Map<String, Consumer<JsonNode>> fields = types.get(object.path("type").asText());
        if (fields == null) {
            throw new AssertionError("not one of " + types.keySet() + ": " + object);
        }
        check(object, fields, key -> key.equals("type") || allowed.test(key));
    }

    /** Fails unless an object has these fields, and no others except the allowed ones. */
    private static void check(JsonNode object, Map<String, Consumer<JsonNode>> fields, Predicate<String> allowed) {
        assertThat(object.properties().stream()
                        .map(Map.Entry::getKey)
                        .filter(key -> fields.containsKey(key) || !allowed.test(key)))
                .as("the keys of %s", object)
                .containsExactlyInAnyOrderElementsOf(fields.keySet());
        fields.forEach((name, value) -> value.accept(object.path(name)));
    }
}
