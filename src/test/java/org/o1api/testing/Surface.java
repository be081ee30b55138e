package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

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
        SurfaceEvent.Reader reader(HttpResponse<?> response) {
            return new SurfaceReaders.Chat();
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

        private static String texts(JsonNode answer, String item, String parts) {
            return ofType(item, answer.path("output"))
                    .flatMap(output -> elements(output.path(parts)))
                    .map(part -> part.path("text").asText())
                    .collect(Collectors.joining());
        }

        @Override
        SurfaceEvent.Reader reader(HttpResponse<?> response) {
            return new SurfaceReaders.Responses();
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
    },

    MESSAGES("/v1/messages", "\"output_config\": {\"effort\": %s}", null) {
        @Override
        String input(String question) {
            return "\"max_tokens\": 4000, \"messages\": [{\"role\": \"user\", \"content\": " + question + "}]";
        }

        /** This API has a switch instead of the effort {@code none}. */
        @Override
        String effort(String value) {
            return value.equals("none") ? "\"thinking\": {\"type\": \"disabled\"}" : super.effort(value);
        }

        @Override
        String content(JsonNode answer) {
            return texts(answer, "text", "text");
        }

        @Override
        String reasoning(JsonNode answer) {
            return texts(answer, "thinking", "thinking");
        }

        private static String texts(JsonNode answer, String block, String field) {
            return ofType(block, answer.path("content"))
                    .map(content -> content.path(field).asText())
                    .collect(Collectors.joining());
        }

        @Override
        SurfaceEvent.Reader reader(HttpResponse<?> response) {
            return new SurfaceReaders.Messages(response);
        }

        @Override
        String errorName(JsonNode body) {
            return body.at("/error/type").asText();
        }

        @Override
        String nameOf(String code) {
            return AnthropicErrors.typeOf(code);
        }

        @Override
        int statusOf(String code, int status) {
            return AnthropicErrors.statusOf(code, status);
        }

        @Override
        void checkFailure(JsonNode event, String code) {
            checkError(event, code);
        }

        @Override
        public String endOfStream() {
            return "event: message_stop\n";
        }

        @Override
        public String heartbeat() {
            return "event: ping\ndata: {\"type\":\"ping\"}\n\n";
        }

        @Override
        public String step(int number, String title, String text) {
            return CHAT.step(number, title, text);
        }
    };

    private final String path;
    private final String effort;
    private final @Nullable String conversation;

    Surface(String path, String effort, @Nullable String conversation) {
        this.path = path;
        this.effort = effort;
        this.conversation = conversation;
    }

    public String path() {
        return path;
    }

    /** The body of a request. APIs without conversations do not name any. */
    public String body(Question question, boolean streamed) {
        List<String> fields = new ArrayList<>(List.of("\"stream\": " + streamed));
        if (question.model() != null) {
            fields.add("\"model\": " + FakeExchange.quoted(question.model()));
        }
        if (question.effort() != null) {
            fields.add(effort(question.effort()));
        }
        if (question.conversation() != null && conversation != null) {
            fields.add(conversation.formatted(FakeExchange.quoted(question.conversation())));
        }
        fields.add(input(FakeExchange.quoted(question.text())));
        return "{" + String.join(", ", fields) + "}";
    }

    private static Stream<JsonNode> ofType(String type, JsonNode list) {
        return elements(list).filter(element -> element.path("type").asText().equals(type));
    }

    private static Stream<JsonNode> elements(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    /** Runs a test for all APIs at the same time. */
    public static void forAll(Consumer<Surface> test) {
        Concurrently.forAll(List.of(values()), test);
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

    /** The field with the reasoning effort. */
    String effort(String value) {
        return effort.formatted(FakeExchange.quoted(value));
    }

    /** The answer's text in a body. */
    abstract String content(JsonNode answer);

    /** The reasoning in a body. */
    abstract String reasoning(JsonNode answer);

    /** A new reader of the events of a streamed response. */
    abstract SurfaceEvent.Reader reader(HttpResponse<?> response);

    /** Returns the code or type of the error in a body, or an empty text if the body contains no error. */
    String errorName(JsonNode body) {
        return body.at("/error/code").asText();
    }

    /** What this API calls the errors with a code of OpenAI's API. */
    String nameOf(String code) {
        return code;
    }

    /** The status of errors that have this code and status on OpenAI's API. */
    int statusOf(String code, int status) {
        return status;
    }

    /** Fails unless a body is an error with this code. */
    void checkError(JsonNode body, String code) {
        assertThat(errorName(body)).isEqualTo(nameOf(code));
    }

    /** Fails unless the last event of a failed stream says that an error with this code has ended it. */
    abstract void checkFailure(JsonNode event, String code);

    /** What the last event of a complete stream has on the wire, and no event before it. */
    public abstract String endOfStream();

    /** A heartbeat on the wire. */
    public String heartbeat() {
        return ": ping\n";
    }

    /** A step as the reasoning shows it. */
    public abstract String step(int number, String title, String text);
}
