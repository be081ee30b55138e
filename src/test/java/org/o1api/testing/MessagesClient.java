package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A plain client of Anthropic's Messages API. It exposes everything on the wire, and checks the order of the events. */
public final class MessagesClient {
    private static final String PATH = "/v1/messages";

    private final ChatClient client;

    public MessagesClient(ChatClient client) {
        this.client = client;
    }

    /** One server-sent event as it was on the wire. */
    public record Event(String name, String data) {
        public Event {
            assertThat(ChatClient.parsed(data).path("type").asText()).isEqualTo(name);
            if (name.equals("error")) {
                AnthropicErrors.check(ChatClient.parsed(data));
            }
        }

        public JsonNode json() {
            return ChatClient.parsed(data);
        }

        /** The text of a delta of this type; empty if the event is not such a delta. */
        public String delta(String field) {
            return json().path("delta").path(field).asText("");
        }
    }

    /** A streamed response. */
    public static final class Stream implements AutoCloseable {
        private final EventLines lines;

        Stream(HttpResponse<InputStream> response) {
            lines = new EventLines(response);
        }

        public int status() {
            return lines.response().statusCode();
        }

        public @Nullable String header(String name) {
            return lines.response().headers().firstValue(name).orElse(null);
        }

        /** Reads the next event; null at the end of the stream. */
        public @Nullable Event next() {
            EventLines.Event line = lines.next();
            return line == null ? null : new Event(line.name(), line.data());
        }

        /** Reads up to the first event of a type. */
        public Event next(String type) {
            for (Event event = next(); event != null; event = next()) {
                if (event.name().equals(type)) {
                    return event;
                }
            }
            throw new AssertionError("the stream ended before " + type);
        }

        /** Reads all remaining events. */
        public List<Event> remainingEvents() {
            List<Event> events = new ArrayList<>();
            for (Event event = next(); event != null; event = next()) {
                events.add(event);
            }
            return events;
        }

        /** The SSE comments received so far. */
        public List<String> comments() {
            return lines.comments();
        }

        /** The JSON body of an error response. */
        public JsonNode errorBody() {
            JsonNode body = ChatClient.parsed(lines.text());
            AnthropicErrors.check(body);
            return body;
        }

        /** Disconnects. */
        @Override
        public void close() {
            lines.close();
        }
    }

    /** The message that the events of a complete stream make up, as a client accumulates it. */
    public static JsonNode message(List<Event> events) {
        List<Event> told =
                events.stream().filter(event -> !event.name().equals("ping")).toList();
        assertThat(told.get(0).name()).isEqualTo("message_start");
        assertThat(told.get(told.size() - 1).name()).isEqualTo("message_stop");
        ObjectNode message = (ObjectNode) told.get(0).json().path("message");
        ArrayNode content = message.putArray("content");
        boolean open = false;
        for (Event event : told.subList(1, told.size() - 1)) {
            JsonNode json = event.json();
            switch (event.name()) {
                case "content_block_start" -> {
                    assertThat(open).as("a block is open").isFalse();
                    assertThat(json.path("index").asInt()).isEqualTo(content.size());
                    content.add(json.path("content_block"));
                    open = true;
                }
                case "content_block_delta" -> {
                    assertThat(open).as("a block is open").isTrue();
                    assertThat(json.path("index").asInt()).isEqualTo(content.size() - 1);
                    add(json.path("delta"), (ObjectNode) content.get(content.size() - 1));
                }
                case "content_block_stop" -> {
                    assertThat(open).as("a block is open").isTrue();
                    assertThat(json.path("index").asInt()).isEqualTo(content.size() - 1);
                    ObjectNode block = (ObjectNode) content.get(content.size() - 1);
                    if (block.has("json")) {
                        block.set(
                                "input", ChatClient.parsed(block.remove("json").asText()));
                    }
                    open = false;
                }
                case "message_delta" -> {
                    assertThat(open).as("a block is open").isFalse();
                    message.setAll((ObjectNode) json.path("delta"));
                    message.set("usage", json.path("usage"));
                    message.set("x_o1", json.path("x_o1"));
                }
                default -> throw new AssertionError("unexpected event: " + event.data());
            }
        }
        return message;
    }

    private static void add(JsonNode delta, ObjectNode block) {
        switch (delta.path("type").asText()) {
            case "text_delta" -> append(block, "text", delta.path("text"));
            case "thinking_delta" -> append(block, "thinking", delta.path("thinking"));
            case "signature_delta" -> append(block, "signature", delta.path("signature"));
            case "input_json_delta" -> append(block, "json", delta.path("partial_json"));
            default -> throw new AssertionError("unexpected delta: " + delta);
        }
    }

    private static void append(ObjectNode block, String field, JsonNode piece) {
        assertThat(piece.isTextual()).isTrue();
        block.set(field, JsonNodeFactory.instance.textNode(block.path(field).asText("") + piece.asText()));
    }

    /** Posts a request for a message of one object. */
    public ChatClient.JsonResponse post(String body) {
        return client.send(PATH, ChatClient.postJson(body));
    }

    /** Counts the input tokens of a request. */
    public ChatClient.JsonResponse countTokens(String body) {
        return client.send(PATH + "/count_tokens?beta=true", ChatClient.postJson(body));
    }

    /** Posts a request for a stream: the body without {@code stream}. */
    public Stream stream(String body) {
        String streamed = "{\"stream\": true, " + body.strip().substring(1);
        return new Stream(client.send(
                PATH + "?beta=true", ChatClient.postJson(streamed), HttpResponse.BodyHandlers.ofInputStream()));
    }
}
