package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.MessagesClient;
import org.o1api.testing.MessagesClient.Event;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** Turns on Anthropic's Messages API, from the client's request to the last byte of its response. */
class MessagesIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String QUESTION =
            "\"max_tokens\": 4000, \"messages\": [{\"role\": \"user\", \"content\": \"6 x 7?\"}]";
    private static final String NO_THINKING = "\"thinking\": {\"type\": \"disabled\"}";
    private static final String TOOLS =
            "\"tools\": [{\"name\": \"get_weather\", \"description\": \"Weather\", \"input_schema\": {\"type\": \"object\"}}]";

    private static MessagesClient client(GatewayFixture fixture) {
        return new MessagesClient(fixture.client());
    }

    @InContainers
    void answersWithTheReasoningAndAText(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));

        JsonResponse answer = client(fixture).post("{\"model\": \"fake-model\", " + QUESTION + "}");

        assertThat(answer.status()).isEqualTo(200);
        JsonNode message = answer.json();
        assertThat(message.path("id").asText()).matches("msg_[0-9a-f]{32}");
        assertThat(message.path("type").asText()).isEqualTo("message");
        assertThat(message.path("role").asText()).isEqualTo("assistant");
        assertThat(message.path("model").asText()).isEqualTo("fake-model");
        assertThat(message.path("stop_reason").asText()).isEqualTo("end_turn");
        assertThat(message.path("stop_sequence").isNull()).isTrue();
        assertThat(message.path("content")).hasSize(2);
        assertThat(message.at("/content/0/type").asText()).isEqualTo("thinking");
        assertThat(message.at("/content/0/thinking").asText().strip()).isEqualTo(StepScripts.THREE_STEPS_TEXT);
        assertThat(message.at("/content/0/signature").asText()).isNotEmpty();
        assertThat(message.at("/content/1/type").asText()).isEqualTo("text");
        assertThat(message.at("/content/1/text").asText()).isEqualTo("It is 42.");
        assertThat(message.at("/usage/input_tokens").asInt()).isEqualTo(10);
        assertThat(message.at("/usage/output_tokens").asInt()).isEqualTo(20);
        assertThat(message.at("/usage/cache_read_input_tokens").asInt(-1)).isZero();
        assertThat(message.at("/x_o1/usage/calls").asInt()).isEqualTo(4);
        assertThat(fixture.request(3).body().has("max_tokens")).isTrue();
    }

    @InContainers
    void streamsTheSameMessage(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));

        try (MessagesClient.Stream stream = client(fixture).stream("{" + QUESTION + "}")) {
            assertThat(stream.status()).isEqualTo(200);
            assertThat(stream.header("Content-Type")).startsWith("text/event-stream");
            assertThat(stream.header("Cache-Control")).isEqualTo("no-cache");
            List<Event> events = stream.remainingEvents();
            assertThat(events).extracting(Event::name).startsWith("message_start", "ping");
            assertThat(events.get(0).json().at("/message/usage/input_tokens").asInt())
                    .isGreaterThan(5);
            JsonNode message = MessagesClient.message(events);
            assertThat(message.at("/content/0/thinking").asText().strip()).isEqualTo(StepScripts.THREE_STEPS_TEXT);
            assertThat(message.at("/content/0/signature").asText()).isNotEmpty();
            assertThat(message.at("/content/1/text").asText()).isEqualTo("It is 42.");
            assertThat(message.path("stop_reason").asText()).isEqualTo("end_turn");
            assertThat(message.at("/usage/output_tokens").asInt()).isEqualTo(20);
            assertThat(stream.comments()).isEmpty();
        }
    }

    @InContainers
    void streamsCallsAndContinuesTheReasoningWithTheirResults(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer(
                Script.toolCalls("get_weather", "{\"location\":\"Paris\"}", "get_weather", "{\"location\":\"Rome\"}")));
        JsonNode content;
        String omitted = "\"thinking\": {\"type\": \"adaptive\", \"display\": \"omitted\"}";
        try (MessagesClient.Stream stream =
                client(fixture).stream("{" + QUESTION + ", " + TOOLS + ", " + omitted + "}")) {
            List<Event> events = stream.remainingEvents();
            JsonNode message = MessagesClient.message(events);
            assertThat(message.path("stop_reason").asText()).isEqualTo("tool_use");
            content = message.path("content");
            assertThat(content).hasSize(3);
            assertThat(content.at("/0/thinking").asText()).isEmpty();
            assertThat(content.at("/1/id").asText()).isEqualTo("call_1");
            assertThat(content.at("/1/input").toString()).isEqualTo("{\"location\":\"Paris\"}");
            assertThat(content.at("/2/input").toString()).isEqualTo("{\"location\":\"Rome\"}");
        }

        fixture.script(
                Script.answer("{\"title\": \"Done\", \"content\": \"done\", \"next_action\": \"final_answer\"}"),
                Script.answer("Sunny."));
        JsonNode next = client(fixture)
                .post(
                        "{" + TOOLS + ", \"messages\": [{\"role\": \"user\", \"content\": \"Weather?\"},"
                                + "{\"role\": \"assistant\", \"content\": " + content + "},"
                                + "{\"role\": \"user\", \"content\": ["
                                + "{\"type\": \"tool_result\", \"tool_use_id\": \"call_1\", \"content\": \"sunny\"},"
                                + "{\"type\": \"tool_result\", \"tool_use_id\": \"call_2\", \"is_error\": true, \"content\": [{\"type\": \"text\", \"text\": \"no such place\"}]}]}]}")
                .json();

        assertThat(next.at("/stop_reason").asText()).isEqualTo("end_turn");
        String sent = fixture.request(0).text();
        assertThat(sent).contains("Step 2: Second");
        JsonNode messages = fixture.request(0).body().path("messages");
        assertThat(messages.at("/2/tool_calls/1/function/arguments").asText()).isEqualTo("{\"location\":\"Rome\"}");
        assertThat(messages.at("/3/tool_call_id").asText()).isEqualTo("call_1");
        assertThat(messages.at("/4/content").asText()).isEqualTo("Error: no such place");
    }

    /** As vLLM and SGLang do. Other providers do not name the sequence. */
    @InContainers
    void namesTheStopSequenceIfTheProviderDoes(GatewayFixture fixture) {
        String body = "{" + NO_THINKING + ", " + QUESTION + ", \"stop_sequences\": [\"END\"]}";
        for (String field : List.of("stop_reason", "matched_stop")) {
            fixture.dispatch(call -> exchange -> exchange.stream()
                    .text("It is 42.")
                    .event("{\"choices\": [{\"index\": 0, \"delta\": {}, \"finish_reason\": \"stop\", \"" + field
                            + "\": \"END\"}]}")
                    .done());
            JsonNode whole = client(fixture).post(body).json();
            assertThat(whole.path("stop_reason").asText()).isEqualTo("stop_sequence");
            assertThat(whole.path("stop_sequence").asText()).isEqualTo("END");
            try (MessagesClient.Stream stream = client(fixture).stream(body)) {
                assertThat(stream.header("request-id")).isEqualTo(stream.header("x-request-id"));
                JsonNode message = MessagesClient.message(stream.remainingEvents());
                assertThat(message.path("stop_sequence").asText()).isEqualTo("END");
            }
            JsonNode other = client(fixture).post(body.replace("END", "FIN")).json();
            assertThat(other.path("stop_reason").asText()).isEqualTo("end_turn");
            assertThat(other.path("stop_sequence").isNull()).isTrue();
        }
    }

    @InContainers
    void sendsSystemBlocksImagesAndDocuments(GatewayFixture fixture) {
        fixture.script(Script.answer("A pixel."));

        JsonNode message = client(fixture)
                .post("{" + NO_THINKING
                        + ", \"system\": [{\"type\": \"text\", \"text\": \"Be brief.\", \"cache_control\": {\"type\": \"ephemeral\"}}],"
                        + "\"context_management\": {\"edits\": []}, \"metadata\": {\"user_id\": \"u\"}, \"messages\": [{\"role\": \"user\", \"content\": ["
                        + "{\"type\": \"image\", \"source\": {\"type\": \"base64\", \"media_type\": \"image/png\", \"data\": \"iVBORw0KGgo=\"}},"
                        + "{\"type\": \"document\", \"title\": \"Notes\", \"source\": {\"type\": \"text\", \"media_type\": \"text/plain\", \"data\": \"abc\"}},"
                        + "{\"type\": \"text\", \"text\": \"What is it?\"}]}]}")
                .json();

        assertThat(message.at("/content")).hasSize(1);
        assertThat(message.at("/content/0/text").asText()).isEqualTo("A pixel.");
        JsonNode body = fixture.request(0).body();
        assertThat(body.at("/messages/0/content").asText()).isEqualTo("Be brief.");
        assertThat(body.at("/messages/1/content/0/image_url/url").asText())
                .isEqualTo("data:image/png;base64,iVBORw0KGgo=");
        assertThat(body.at("/messages/1/content/1/text").asText()).isEqualTo("Notes\nabc");
        assertThat(body.has("context_management")).isFalse();
        assertThat(body.path("user").asText()).isEqualTo("u");
    }

    private static ObjectNode recorded(String name) throws IOException {
        try (InputStream in = MessagesIT.class.getResourceAsStream("/claude-code/" + name + ".json")) {
            return (ObjectNode) JSON.readTree(in);
        }
    }

    /** Claude Code repeats a stream that has failed without {@code stream}. */
    @InContainers
    void answersTheRequestsOfClaudeCode(GatewayFixture fixture) throws IOException {
        for (String name : List.of("first-request", "after-a-tool", "budget", "interactive-after-a-tool", "compact")) {
            fixture.dispatch(request ->
                    Script.answer(request.asksForJson() ? StepScripts.step("First", "one", "final_answer") : "Hello."));
            ObjectNode body = recorded(name);
            assertThat(body.remove("stream").asBoolean()).isTrue();

            JsonNode message;
            try (MessagesClient.Stream stream = client(fixture).stream(body.toString())) {
                assertThat(stream.status()).as(name).isEqualTo(200);
                message = MessagesClient.message(stream.remainingEvents());
            }
            JsonNode whole = client(fixture).post(body.toString()).json();

            assertThat(message.at("/content/0/type").asText()).isEqualTo("thinking");
            assertThat(message.at("/content/0/thinking").asText().isEmpty())
                    .as(name)
                    .isEqualTo(body.at("/thinking/display").asText().equals("omitted"));
            assertThat(message.at("/content/1/text").asText()).isEqualTo("Hello.");
            assertThat(message.path("stop_reason").asText()).isEqualTo("end_turn");
            assertThat(whole.at("/content/0/thinking")).isEqualTo(message.at("/content/0/thinking"));
            assertThat(whole.at("/content/1")).isEqualTo(message.at("/content/1"));
            assertThat(fixture.requests())
                    .allSatisfy(call -> assertThat(call.text())
                            .as(name)
                            .contains("\"Bash\"")
                            .doesNotContain("cache_control", "context_management", "safeguards", "signature"));
        }
        assertThat(client(fixture)
                        .countTokens(recorded("count-tokens").toString())
                        .status())
                .isEqualTo(200);
    }

    @InContainers
    void countsTokensWithoutACall(GatewayFixture fixture) {
        fixture.script();
        JsonResponse count = client(fixture).countTokens("{\"stream\": true, \"tools\": [], " + QUESTION + "}");
        assertThat(count.status()).isEqualTo(200);
        assertThat(count.json().path("input_tokens").asInt()).isGreaterThan(5);
        assertThat(count.json()).hasSize(1);
        assertThat(fixture.requests()).isEmpty();
    }

    @InContainers
    void listsModelsForAnthropicsClients(GatewayFixture fixture) {
        JsonNode list = fixture.client()
                .send("/v1/models?limit=1000", request -> request.header("anthropic-version", "2023-06-01"))
                .json();
        assertThat(list.path("has_more").isBoolean()).isTrue();
        JsonNode model = list.at("/data/0");
        assertThat(model.path("type").asText()).isEqualTo("model");
        assertThat(model.path("created_at").asText()).endsWith("Z");
        assertThat(list.path("first_id")).isEqualTo(model.path("id"));
        JsonNode one = fixture.client()
                .send(
                        "/v1/models/" + model.path("id").asText(),
                        request -> request.header("anthropic-version", "2023-06-01"))
                .json();
        assertThat(one).isEqualTo(model);
    }
}
