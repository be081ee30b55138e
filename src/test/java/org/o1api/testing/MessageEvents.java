package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The order of the events of one stream of Anthropic's Messages API: {@code message_start}, the blocks one after the other,
 * {@code message_delta}, {@code message_stop}; an {@code error} may end it at any time, and a {@code ping} may be anywhere between the first and
 * the last event.
 */
final class MessageEvents {
    /** The deltas that each block may have. */
    private static final Map<String, Set<String>> DELTAS = Map.of(
            "text", Set.of("text_delta"),
            "thinking", Set.of("thinking_delta", "signature_delta"),
            "tool_use", Set.of("input_json_delta"));

    private final HttpResponse<?> response;
    /** The event before this one, except pings. */
    private String previous = "";
    /** The type of the open block; null: none is open. */
    private @Nullable String block;

    private int blocks;
    private boolean signed;

    MessageEvents(HttpResponse<?> response) {
        this.response = response;
    }

    /** Checks the next event. */
    MessagesClient.Event next(EventLines.Event wire) {
        MessagesClient.Event event = new MessagesClient.Event(wire.name(), wire.data());
        JsonNode json = event.json();
        assertThat(previous).as("the event before %s", wire).isNotIn("message_stop", "error");
        if (event.name().equals("error")) {
            AnthropicErrors.check(json, response);
            assertThat(block).as("the open block at an error").isNotEqualTo("text");
        } else {
            MessageShape.checkEvent(event.name(), json);
            checkOrder(event.name(), json);
        }
        previous = event.name().equals("ping") ? previous : event.name();
        return event;
    }

    private void checkOrder(String name, JsonNode json) {
        switch (name) {
            case "message_start" -> assertThat(previous).isEmpty();
            case "content_block_start" -> startBlock(json);
            case "content_block_delta" -> addDelta(json);
            case "content_block_stop" -> stopBlock(json);
            case "message_delta" ->
                assertThat(previous).as("before %s", json).isIn("message_start", "content_block_stop");
            case "message_stop" -> assertThat(previous).as("before %s", json).isEqualTo("message_delta");
            default -> {
                assertThat(name).isEqualTo("ping");
                assertThat(previous).as("the event before a ping").isNotEmpty();
            }
        }
    }

    private void startBlock(JsonNode json) {
        assertThat(previous).as("before %s", json).isIn("message_start", "content_block_stop");
        assertThat(json.path("index").asInt()).isEqualTo(blocks);
        JsonNode start = json.path("content_block");
        block = start.path("type").asText();
        signed = false;
        assertThat(start.path("text").asText()
                        + start.path("thinking").asText()
                        + start.path("signature").asText())
                .as("the text of a block that starts")
                .isEmpty();
        assertThat(start.path("input")).as("the input of a call that starts").isEmpty();
    }

    private void addDelta(JsonNode json) {
        assertThat(block).as("the open block of %s", json).isNotNull();
        assertThat(json.path("index").asInt()).isEqualTo(blocks);
        assertThat(signed).as("a signature before %s", json).isFalse();
        String type = json.at("/delta/type").asText();
        assertThat(DELTAS.get(block)).contains(type);
        signed = type.equals("signature_delta");
    }

    private void stopBlock(JsonNode json) {
        assertThat(block).as("the open block of %s", json).isNotNull();
        assertThat(json.path("index").asInt()).isEqualTo(blocks);
        assertThat(signed).as("a signature of a block of type %s", block).isEqualTo("thinking".equals(block));
        block = null;
        blocks++;
    }
}
