package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.function.UnaryOperator;

/** A plain client of Anthropic's Messages API. It exposes everything on the wire, and checks its shape and the order of the events. */
public final class MessagesClient {
    private static final String PATH = "/v1/messages";

    private final ChatClient client;

    public MessagesClient(ChatClient client) {
        this.client = client;
    }

    /** One server-sent event as it was on the wire. */
    public record Event(String name, String data) {
        public JsonNode json() {
            return ChatClient.parsed(data);
        }

        /** The text of a delta of this type; empty if the event is not such a delta. */
        public String delta(String field) {
            return json().path("delta").path(field).asText("");
        }
    }

    /** A streamed response. */
    public static final class Stream extends StreamedResponse<Event> {
        Stream(HttpResponse<InputStream> response) {
            super(response, new MessageEvents(response)::next);
        }

        /** Reads up to the first event of a type. */
        public Event next(String type) {
            return next(type, event -> event.name().equals(type));
        }
    }

    /** The message that the events of a complete stream make up, as a client accumulates it. */
    public static JsonNode message(List<Event> events) {
        assertThat(events).last().extracting(Event::name).isEqualTo("message_stop");
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        ArrayNode content = JsonNodeFactory.instance.arrayNode();
        for (Event event : events) {
            JsonNode json = event.json();
            switch (event.name()) {
                case "message_start" -> message.setAll((ObjectNode) json.path("message"));
                case "content_block_start" -> content.add(json.path("content_block"));
                case "content_block_delta" ->
                    add(json.path("delta"), (ObjectNode)
                            content.get(json.path("index").asInt()));
                case "content_block_stop" ->
                    parseInput((ObjectNode) content.get(json.path("index").asInt()));
                case "message_delta" -> {
                    message.setAll((ObjectNode) json.path("delta"));
                    message.set("usage", json.path("usage"));
                    message.set("x_o1", json.path("x_o1"));
                }
                default -> assertThat(event.name()).isIn("ping", "message_stop");
            }
        }
        message.set("content", content);
        return message;
    }

    private static void parseInput(ObjectNode block) {
        if (block.has("json")) {
            block.set("input", ChatClient.parsed(block.remove("json").asText()));
        }
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
        block.set(field, JsonNodeFactory.instance.textNode(block.path(field).asText("") + piece.asText()));
    }

    /** Posts a request for a message of one object. */
    public ChatClient.JsonResponse post(String body) {
        return client.send(PATH, request(body));
    }

    /** A request with the headers of Anthropic's clients. */
    private static UnaryOperator<HttpRequest.Builder> request(String body) {
        return request -> ChatClient.postJson(body)
                .apply(request.header("anthropic-version", "2023-06-01").header("anthropic-beta", "a,b"));
    }

    /** Counts the input tokens of a request. */
    public ChatClient.JsonResponse countTokens(String body) {
        return client.send(PATH + "/count_tokens?beta=true", request(body));
    }

    /** Posts a request for a stream: the body without {@code stream}. */
    public Stream stream(String body) {
        String streamed = "{\"stream\": true, " + body.strip().substring(1);
        return new Stream(
                client.send(PATH + "?beta=true", request(streamed), HttpResponse.BodyHandlers.ofInputStream()));
    }
}
