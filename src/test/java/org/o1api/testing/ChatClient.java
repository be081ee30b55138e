package org.o1api.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A plain client of the chat completions API. It exposes everything on the wire, and validates it against OpenAI's schemas. */
public final class ChatClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private static final String CHAT = "/v1/chat/completions";

    private final URI url;
    private final String key;

    ChatClient(URI url, String key) {
        this.url = url;
        this.key = key;
    }

    /**
     * A response with a JSON body.
     *
     * @param context the context path of the gateway
     */
    public record JsonResponse(HttpResponse<String> response, String context) {
        public JsonResponse {
            OpenAiSchema.check(response, context);
        }

        public int status() {
            return response.statusCode();
        }

        public JsonNode json() {
            return parsed(response.body());
        }

        public @Nullable String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }

        /** The content of the first choice. */
        public String content() {
            return json().at("/choices/0/message/content").asText();
        }

        public String reasoning() {
            return json().at("/choices/0/message/reasoning_content").asText();
        }
    }

    /** One server-sent event as it was on the wire. */
    public record Event(String name, String data) {
        public Event {
            if (name.equals("error")) {
                OpenAiSchema.ERROR.check(data);
            } else if (!data.equals("[DONE]")) {
                OpenAiSchema.CHUNK.check(data);
            }
        }

        public JsonNode json() {
            return parsed(data);
        }

        public boolean isDone() {
            return data.equals("[DONE]");
        }

        public String content() {
            return text("content");
        }

        public String reasoning() {
            return text("reasoning_content");
        }

        /** A text field of the first choice's delta; empty if absent. */
        public String text(String field) {
            return isDone() ? "" : json().at("/choices/0/delta/" + field).asText("");
        }

        public @Nullable String finishReason() {
            return isDone() ? null : json().at("/choices/0/finish_reason").textValue();
        }
    }

    /** The concatenated content of some events. */
    public static String content(List<Event> events) {
        return events.stream().map(Event::content).collect(Collectors.joining());
    }

    /** The concatenated reasoning of some events. */
    public static String reasoning(List<Event> events) {
        return events.stream().map(Event::reasoning).collect(Collectors.joining());
    }

    /** A streamed response. */
    public static final class Stream extends StreamedResponse<Event> {
        Stream(HttpResponse<InputStream> response) {
            super(response, line -> new Event(line.name(), line.data()));
        }

        /** Reads up to the first event with content or reasoning. */
        public Event nextText() {
            return next(
                    "any text",
                    event -> !event.content().isEmpty() || !event.reasoning().isEmpty());
        }
    }

    public JsonResponse get(String path) {
        return send(path, HttpRequest.Builder::GET);
    }

    /** Sends any request to a path. */
    public JsonResponse send(String path, UnaryOperator<HttpRequest.Builder> request) {
        return new JsonResponse(send(path, request, HttpResponse.BodyHandlers.ofString()), url.getPath());
    }

    /** Posts the body of a chat completion request. */
    public JsonResponse post(String body) {
        return send(CHAT, postJson(body));
    }

    /** Posts a question and requests a stream. Each further field has the form {@code "name": value}. */
    public Stream streamQuestion(String question, String... fields) {
        return stream(body(question, true, fields));
    }

    /** Posts a question and requests a JSON reply. */
    public JsonResponse postQuestion(String question, String... fields) {
        return post(body(question, false, fields));
    }

    private static String body(String question, boolean stream, String... fields) {
        StringBuilder body = new StringBuilder("{\"stream\": " + stream
                + ", \"messages\": [{\"role\": \"user\", \"content\": " + FakeExchange.quoted(question) + "}]");
        for (String field : fields) {
            body.append(", ").append(field);
        }
        return body.append('}').toString();
    }

    /** Posts a chat completion request that asks for a stream. */
    public Stream stream(String body) {
        return stream(body, "application/json");
    }

    public Stream stream(String body, String accept) {
        return stream(request -> postJson(body).apply(request.header("Accept", accept)));
    }

    /** Sends a chat completion request that asks for a stream. */
    public Stream stream(UnaryOperator<HttpRequest.Builder> request) {
        return new Stream(send(CHAT, request, HttpResponse.BodyHandlers.ofInputStream()));
    }

    /** Makes a request a POST of JSON. */
    public static UnaryOperator<HttpRequest.Builder> postJson(String body) {
        return request ->
                request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
    }

    <T> HttpResponse<T> send(
            String path, UnaryOperator<HttpRequest.Builder> customizer, HttpResponse.BodyHandler<T> handler) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(60));
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        try {
            return HTTP.send(customizer.apply(request).build(), handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    static JsonNode parsed(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }
}
