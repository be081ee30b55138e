package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.o1api.testing.SurfaceEvent.Kind;

/** The APIs on which turns run, for tests of what they have in common. */
public enum Surface {
    CHAT("/v1/chat/completions", "\"reasoning_effort\": %s", "\"conversation_id\": %s") {
        @Override
        String input(String question) {
            return "\"messages\": [{\"role\": \"user\", \"content\": " + question + "}]";
        }

        @Override
        String content(JsonNode answer) {
            return answer.at("/choices/0/message/content").asText();
        }

        @Override
        String reasoning(JsonNode answer) {
            return answer.at("/choices/0/message/reasoning_content").asText();
        }

        @Override
        SurfaceEvent.Reader reader() {
            return new ChatReader();
        }

        @Override
        void checkFailure(JsonNode event, String code) {
            checkError(event, code);
        }

        @Override
        public String endOfStream() {
            return "data: [DONE]\n\n";
        }

        @Override
        public String step(int number, String title, String text) {
            return "## Step " + number + ": " + title + "\n" + text;
        }
    },

    RESPONSES("/v1/responses", "\"reasoning\": {\"effort\": %s}", "\"conversation\": %s") {
        @Override
        String input(String question) {
            return "\"input\": " + question;
        }

        @Override
        String content(JsonNode answer) {
            return texts(answer, "message", "content");
        }

        @Override
        String reasoning(JsonNode answer) {
            return texts(answer, "reasoning", "summary");
        }

        private String texts(JsonNode answer, String item, String parts) {
            return StreamSupport.stream(answer.path("output").spliterator(), false)
                    .filter(output -> output.path("type").asText().equals(item))
                    .flatMap(output -> StreamSupport.stream(output.path(parts).spliterator(), false))
                    .map(part -> part.path("text").asText())
                    .collect(Collectors.joining());
        }

        @Override
        SurfaceEvent.Reader reader() {
            return new ResponsesReader();
        }

        /** The codes are those of OpenAI's API, which has few. */
        @Override
        void checkFailure(JsonNode event, String code) {
            JsonNode response = event.path("response");
            assertThat(response.path("status").asText()).isEqualTo("failed");
            assertThat(response.at("/error/code").asText())
                    .isEqualTo(
                            switch (code) {
                                case "upstream_refused" -> "invalid_prompt";
                                case "upstream_rate_limit" -> "rate_limit_exceeded";
                                default -> "server_error";
                            });
            assertThat(response.at("/error/message").asText()).isNotBlank();
        }

        @Override
        public String endOfStream() {
            return "event: response.completed\n";
        }

        @Override
        public String step(int number, String title, String text) {
            return "**" + title + "**\n\n" + text;
        }
    };

    private final String path;
    private final String effort;
    private final String conversation;

    Surface(String path, String effort, String conversation) {
        this.path = path;
        this.effort = effort;
        this.conversation = conversation;
    }

    public String path() {
        return path;
    }

    /** The body of a request. */
    public String body(Question question, boolean streamed) {
        return "{\"stream\": " + streamed
                + field("\"model\": %s", question.model())
                + field(effort, question.effort())
                + field(conversation, question.conversation()) + ", " + input(FakeExchange.quoted(question.text()))
                + "}";
    }

    private static String field(String form, @Nullable String value) {
        return value == null ? "" : ", " + form.formatted(FakeExchange.quoted(value));
    }

    /** Runs a test for all APIs at the same time, so that it does not wait longer than for one. */
    public static void forAll(Consumer<Surface> test) {
        Map<Surface, CompletableFuture<Void>> tests = new EnumMap<>(Surface.class);
        for (Surface surface : values()) {
            tests.put(
                    surface,
                    CompletableFuture.runAsync(
                            () -> test.accept(surface), task -> new Thread(task, "test-" + surface).start()));
        }
        tests.forEach((surface, result) -> {
            try {
                result.join();
            } catch (CompletionException e) {
                throw new AssertionError(surface + ": " + e.getCause(), e.getCause());
            }
        });
    }

    /** A client of this API of a gateway. */
    public SurfaceClient client(ChatClient gateway) {
        return new SurfaceClient(this, gateway, null);
    }

    public SurfaceClient client(GatewayFixture fixture) {
        return client(fixture.client());
    }

    /** The field that asks a question, a JSON string. */
    abstract String input(String question);

    /** The answer's text in a body. */
    abstract String content(JsonNode answer);

    /** The reasoning in a body. */
    abstract String reasoning(JsonNode answer);

    /** A new reader of the events of a stream. */
    abstract SurfaceEvent.Reader reader();

    /** Fails unless a body is an error with this code. */
    void checkError(JsonNode body, String code) {
        assertThat(body.at("/error/code").asText()).isEqualTo(code);
    }

    /** Fails unless the last event of a failed stream says that an error with this code has ended it. */
    abstract void checkFailure(JsonNode event, String code);

    /** What the last event of a complete stream has on the wire, and no event before it. */
    public abstract String endOfStream();

    /** A step as the reasoning shows it. */
    public abstract String step(int number, String title, String text);

    private static final class ChatReader implements SurfaceEvent.Reader {
        private @Nullable String finishReason;

        @Override
        public SurfaceEvent read(EventLines.Event wire) {
            ChatClient.Event event = new ChatClient.Event(wire.name(), wire.data());
            if (event.name().equals("error")) {
                assertThat(finishReason).as("finish reason before an error").isNull();
                return SurfaceEvent.of(Kind.FAILED, event.json());
            }
            if (event.isDone()) {
                assertThat(finishReason).as("finish reason before [DONE]").isNotNull();
                return SurfaceEvent.of(
                        "length".equals(finishReason) || "content_filter".equals(finishReason)
                                ? Kind.INCOMPLETE
                                : Kind.COMPLETED);
            }
            if (event.finishReason() != null) {
                assertThat(finishReason).as("earlier finish reason").isNull();
                finishReason = event.finishReason();
            }
            if (!event.content().isEmpty()) {
                return new SurfaceEvent(Kind.CONTENT, event.content(), event.json());
            }
            if (!event.reasoning().isEmpty()) {
                return new SurfaceEvent(Kind.REASONING, event.reasoning(), event.json());
            }
            return SurfaceEvent.of(event.text("role").isEmpty() ? Kind.OTHER : Kind.STARTED, event.json());
        }
    }

    private static final class ResponsesReader implements SurfaceEvent.Reader {
        private static final Map<String, Kind> KINDS = Map.of(
                "response.created", Kind.STARTED,
                "response.reasoning_summary_text.delta", Kind.REASONING,
                "response.output_text.delta", Kind.CONTENT,
                "response.completed", Kind.COMPLETED,
                "response.incomplete", Kind.INCOMPLETE,
                "response.failed", Kind.FAILED);

        private final ResponsesClient.NumberedEvents events = new ResponsesClient.NumberedEvents();

        @Override
        public SurfaceEvent read(EventLines.Event wire) {
            ResponsesClient.Event event = events.next(wire);
            Kind kind = KINDS.getOrDefault(event.name(), Kind.OTHER);
            if (kind.isEnd()) {
                String status = event.response().path("status").asText();
                assertThat(event.name()).isEqualTo("response." + status);
            }
            return new SurfaceEvent(kind, event.text("delta"), event.json());
        }
    }
}
