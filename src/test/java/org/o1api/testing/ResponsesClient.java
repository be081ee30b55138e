package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
    public static final class Stream extends StreamedResponse<Event> {
        Stream(HttpResponse<InputStream> response) {
            super(response, new NumberedEvents()::next);
        }

        /** Reads up to the first event of a type. */
        public Event next(String type) {
            return next(type, event -> event.name().equals(type));
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
