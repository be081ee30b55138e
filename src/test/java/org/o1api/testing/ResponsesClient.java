package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A plain client of the Responses API. It exposes everything on the wire, and validates it against the schemas. */
public final class ResponsesClient {
    private static final String PATH = "/v1/responses";

    private final ChatClient client;
    private final @Nullable String idempotencyKey;

    public ResponsesClient(ChatClient client) {
        this(client, null);
    }

    private ResponsesClient(ChatClient client, @Nullable String idempotencyKey) {
        this.client = client;
        this.idempotencyKey = idempotencyKey;
    }

    /** The same client with an {@code Idempotency-Key} in each POST for a response. */
    public ResponsesClient withKey(String key) {
        return new ResponsesClient(client, key);
    }

    /** One server-sent event as it was on the wire. */
    public record Event(String name, String data) {
        public Event {
            ResponseSchema.checkEvent(data);
            assertThat(ChatClient.parsed(data).path("type").asText()).isEqualTo(name);
        }

        public JsonNode json() {
            return ChatClient.parsed(data);
        }

        /** A text field; empty if absent. */
        public String text(String field) {
            return json().path(field).asText("");
        }

        /** The response in the event. */
        public JsonNode response() {
            return json().path("response");
        }
    }

    /** The events of one stream, which are numbered from 0. */
    static final class NumberedEvents {
        private int sequenceNumber;

        Event next(EventLines.Event wire) {
            Event event = new Event(wire.name(), wire.data());
            assertThat(event.json().path("sequence_number").asInt(-1))
                    .as(wire.data())
                    .isEqualTo(sequenceNumber++);
            return event;
        }
    }

    /** A streamed response. */
    public static final class Stream implements AutoCloseable {
        private final EventLines lines;
        private final NumberedEvents events = new NumberedEvents();

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
            return line == null ? null : events.next(line);
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
            return ChatClient.parsed(lines.errorBody());
        }

        /** Disconnects. */
        @Override
        public void close() {
            lines.close();
        }
    }

    /** The joined deltas of the events of a type. */
    public static String deltas(List<Event> events, String type) {
        return events.stream()
                .filter(event -> event.name().equals(type))
                .map(event -> event.text("delta"))
                .collect(Collectors.joining());
    }

    /** The last event of a stream. */
    public static Event last(List<Event> events) {
        return events.get(events.size() - 1);
    }

    /** Posts a request for a response of one object. */
    public ChatClient.JsonResponse post(String body) {
        return client.send(PATH, request(body));
    }

    private UnaryOperator<HttpRequest.Builder> request(String body) {
        return request -> ChatClient.postJson(body)
                .apply(idempotencyKey == null ? request : request.header("Idempotency-Key", idempotencyKey));
    }

    /** Gets a stored response. */
    public ChatClient.JsonResponse get(String id) {
        return client.get(PATH + "/" + id);
    }

    public ChatClient.JsonResponse delete(String id) {
        return client.send(PATH + "/" + id, request -> request.DELETE());
    }

    /** Counts the input tokens of a request. */
    public ChatClient.JsonResponse countTokens(String body) {
        return client.send(PATH + "/input_tokens", ChatClient.postJson(body));
    }

    /** Posts a request for a stream: the body without {@code stream}. */
    public Stream stream(String body) {
        String streamed = "{\"stream\": true, " + body.strip().substring(1);
        return new Stream(client.send(PATH, request(streamed), HttpResponse.BodyHandlers.ofInputStream()));
    }
}
