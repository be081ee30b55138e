package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.ResponsesClient;
import org.o1api.testing.ResponsesClient.Event;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/**
 * Turns on the Responses API, from the client's request to the last byte of its response. Every body and event is validated against
 * the schemas.
 */
class ResponsesIT {
    private static final String NO_REASONING = "\"reasoning\": {\"effort\": \"none\"}";
    private static final String WEATHER =
            "\"tools\": [{\"type\": \"function\", \"name\": \"get_weather\", \"description\": \"Weather\","
                    + " \"parameters\": {\"type\": \"object\", \"properties\": {\"location\": {\"type\": \"string\"}}, \"required\": [\"location\"]}}]";
    private static final String PIXEL = "data:image/png;base64,iVBORw0KGgo=";

    private static ResponsesClient client(GatewayFixture fixture) {
        return new ResponsesClient(fixture.client());
    }

    private static String outputText(JsonNode response) {
        for (JsonNode item : response.path("output")) {
            if (item.path("type").asText().equals("message")) {
                return item.at("/content/0/text").asText();
            }
        }
        return "";
    }

    @InContainers
    void answersAText(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));

        JsonResponse answer = client(fixture)
                .post(
                        "{\"model\": \"fake-model\", \"input\": [{\"type\": \"message\", \"role\": \"user\", \"content\": \"6 x 7?\"}]}");

        assertThat(answer.status()).isEqualTo(200);
        JsonNode response = answer.json();
        assertThat(response.path("status").asText()).isEqualTo("completed");
        assertThat(response.path("id").asText()).matches("resp_[0-9a-f]{32}");
        assertThat(response.path("model").asText()).isEqualTo("fake-model");
        assertThat(outputText(response)).isEqualTo("It is 42.");
        String turn = response.path("id").asText().substring("resp_".length());
        assertThat(response.at("/output/0/id").asText()).isEqualTo("rs_" + turn + "_1");
        assertThat(response.at("/output/1/id").asText()).isEqualTo("msg_" + turn + "_2");
        assertThat(response.at("/output/0/summary"))
                .extracting(part -> part.path("text").asText())
                .containsExactly("**First**\n\none", "**Second**\n\ntwo", "**Third**\n\nthree");
        assertThat(response.at("/usage/input_tokens").asInt()).isEqualTo(10);
        assertThat(response.at("/usage/output_tokens").asInt()).isEqualTo(20);
        assertThat(response.at("/usage/output_tokens_details/reasoning_tokens").asInt())
                .isEqualTo(15);
        assertThat(response.at("/x_o1/usage/calls").asInt()).isEqualTo(4);
        assertThat(response.at("/x_o1/turn").asText()).isEqualTo("turn_" + turn);
        assertThat(response.path("store").asBoolean()).isTrue();
    }

    @InContainers
    void streamsTheStepsAndTheAnswer(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));

        try (ResponsesClient.Stream stream = client(fixture).stream("{\"input\": \"6 x 7?\"}")) {
            assertThat(stream.status()).isEqualTo(200);
            assertThat(stream.header("Content-Type")).startsWith("text/event-stream");
            assertThat(stream.header("Cache-Control")).isEqualTo("no-cache");
            List<Event> events = stream.remainingEvents();
            assertThat(events).extracting(Event::name).startsWith("response.created", "response.in_progress");
            assertThat(ResponsesClient.deltas(events, "response.reasoning_summary_text.delta"))
                    .isEqualTo("**First**\n\none**Second**\n\ntwo**Third**\n\nthree");
            assertThat(ResponsesClient.deltas(events, "response.output_text.delta"))
                    .isEqualTo("It is 42.");
            JsonNode response = ResponsesClient.last(events).response();
            assertThat(ResponsesClient.last(events).name()).isEqualTo("response.completed");
            assertThat(response.path("status").asText()).isEqualTo("completed");
            assertThat(outputText(response)).isEqualTo("It is 42.");
            assertThat(response.path("id")).isEqualTo(events.get(0).response().path("id"));
            assertThat(events.get(0).response().path("status").asText()).isEqualTo("in_progress");
        }
    }

    @InContainers
    void sendsInstructionsAsSystemMessages(GatewayFixture fixture) {
        fixture.script(Script.answer("Ahoy."));

        JsonNode response = client(fixture)
                .post("{\"instructions\": \"Talk like a pirate.\", " + NO_REASONING + ", \"input\": ["
                        + "{\"type\": \"message\", \"role\": \"system\", \"content\": \"Be brief.\"},"
                        + "{\"type\": \"message\", \"role\": \"user\", \"content\": \"Hi\"}]}")
                .json();

        assertThat(response.path("status").asText()).isEqualTo("completed");
        assertThat(outputText(response)).isEqualTo("Ahoy.");
        assertThat(response.path("instructions").asText()).isEqualTo("Talk like a pirate.");
        assertThat(fixture.request(0).body().path("messages").toString())
                .isEqualTo(
                        "[{\"role\":\"system\",\"content\":\"Talk like a pirate.\"},{\"role\":\"system\",\"content\":\"Be brief.\"},"
                                + "{\"role\":\"user\",\"content\":\"Hi\"}]");
    }

    @InContainers
    void returnsAToolCall(GatewayFixture fixture) {
        fixture.script(Script.toolCalls("get_weather", "{\"location\":\"Paris\"}"));

        JsonNode response = client(fixture)
                .post("{\"input\": \"What's the weather like in Paris?\", " + NO_REASONING + ", " + WEATHER + "}")
                .json();

        assertThat(response.path("status").asText()).isEqualTo("completed");
        JsonNode call = response.at("/output/0");
        assertThat(call.path("type").asText()).isEqualTo("function_call");
        assertThat(call.path("name").asText()).isEqualTo("get_weather");
        assertThat(call.path("arguments").asText()).isEqualTo("{\"location\":\"Paris\"}");
        assertThat(call.path("call_id").asText()).isEqualTo("call_1");
        assertThat(fixture.request(0).body().at("/tools/0/function/name").asText())
                .isEqualTo("get_weather");
    }

    @InContainers
    void streamsToolCallsAndContinuesWithTheirOutputs(GatewayFixture fixture) {
        fixture.script(
                Script.toolCalls("get_weather", "{\"location\":\"Paris\"}", "get_weather", "{\"location\":\"Rome\"}"),
                Script.answer("Sunny."));
        JsonNode output;
        try (ResponsesClient.Stream stream =
                client(fixture).stream("{\"input\": \"Paris, Rome?\", " + NO_REASONING + ", " + WEATHER + "}")) {
            List<Event> events = stream.remainingEvents();
            assertThat(events)
                    .extracting(Event::name)
                    .contains("response.function_call_arguments.delta", "response.function_call_arguments.done");
            assertThat(ResponsesClient.deltas(events, "response.function_call_arguments.delta"))
                    .isEqualTo("{\"location\":\"Paris\"}{\"location\":\"Rome\"}");
            output = ResponsesClient.last(events).response().path("output");
            assertThat(output).hasSize(2);
        }

        JsonResponse next = client(fixture)
                .post("{" + NO_REASONING + ", " + WEATHER
                        + ", \"input\": [{\"role\": \"user\", \"content\": \"Paris, Rome?\"}, "
                        + output.get(0) + ", " + output.get(1)
                        + ", {\"type\": \"function_call_output\", \"call_id\": \"call_1\", \"output\": \"sunny\"}"
                        + ", {\"type\": \"function_call_output\", \"call_id\": \"call_2\", \"output\": \"sunny\"}]}");

        assertThat(outputText(next.json())).isEqualTo("Sunny.");
        JsonNode messages = fixture.request(1).body().path("messages");
        assertThat(messages.at("/1/tool_calls")).hasSize(2);
        assertThat(messages.at("/1/tool_calls/1/function/arguments").asText()).isEqualTo("{\"location\":\"Rome\"}");
        assertThat(messages.at("/3/tool_call_id").asText()).isEqualTo("call_2");
    }

    @InContainers
    void sendsImages(GatewayFixture fixture) {
        fixture.script(Script.answer("A pixel."));

        JsonNode response = client(fixture)
                .post("{" + NO_REASONING + ", \"input\": [{\"role\": \"user\", \"content\": ["
                        + "{\"type\": \"input_text\", \"text\": \"What is it?\"},"
                        + "{\"type\": \"input_image\", \"image_url\": \"" + PIXEL + "\", \"detail\": \"auto\"}]}]}")
                .json();

        assertThat(outputText(response)).isEqualTo("A pixel.");
        assertThat(fixture.request(0)
                        .body()
                        .at("/messages/0/content/1/image_url/url")
                        .asText())
                .isEqualTo(PIXEL);
    }

    @InContainers
    void answersAConversationInTheInput(GatewayFixture fixture) {
        fixture.script(Script.answer("Alice."));

        JsonNode response = client(fixture)
                .post("{" + NO_REASONING + ", \"input\": ["
                        + "{\"type\": \"message\", \"role\": \"user\", \"content\": \"My name is Alice.\"},"
                        + "{\"type\": \"message\", \"role\": \"assistant\", \"content\": \"Hello Alice!\"},"
                        + "{\"type\": \"message\", \"role\": \"user\", \"content\": \"What is my name?\"}]}")
                .json();

        assertThat(outputText(response)).isEqualTo("Alice.");
        assertThat(fixture.request(0).body().path("messages")).hasSize(3);
    }

    /** As Codex does: a custom tool in a namespace, and tools in the input. */
    @InContainers
    void callsToolsOfNamespaces(GatewayFixture fixture) {
        fixture.script(Script.toolCalls("functions__exec", "{\"input\":\"ls\"}", "functions__wait", "{}"));
        String tools =
                "{\"type\": \"additional_tools\", \"role\": \"developer\", \"tools\": [{\"type\": \"namespace\", \"name\": \"functions\","
                        + " \"description\": \"\", \"tools\": [{\"type\": \"custom\", \"name\": \"exec\", \"description\": \"Runs\"},"
                        + " {\"type\": \"function\", \"name\": \"wait\", \"strict\": false, \"parameters\": {\"type\": \"object\"}}]}]}";

        try (ResponsesClient.Stream stream = client(fixture).stream("{" + NO_REASONING
                + ", \"store\": false, \"include\": [\"reasoning.encrypted_content\"], \"client_metadata\": {\"x\": \"y\"},"
                + " \"tools\": [{\"type\": \"web_search\"}], \"tool_choice\": \"auto\", \"parallel_tool_calls\": false,"
                + " \"input\": [" + tools + ", {\"role\": \"user\", \"content\": \"List\"}]}")) {
            List<Event> events = stream.remainingEvents();
            JsonNode output = ResponsesClient.last(events).response().path("output");
            assertThat(output.at("/0/type").asText()).isEqualTo("custom_tool_call");
            assertThat(output.at("/0/name").asText()).isEqualTo("exec");
            assertThat(output.at("/0/namespace").asText()).isEqualTo("functions");
            assertThat(output.at("/0/input").asText()).isEqualTo("ls");
            assertThat(output.at("/1/type").asText()).isEqualTo("function_call");
            assertThat(output.at("/1/name").asText()).isEqualTo("wait");
            assertThat(output.at("/1/namespace").asText()).isEqualTo("functions");
            assertThat(ResponsesClient.deltas(events, "response.custom_tool_call_input.delta"))
                    .isEqualTo("ls");
        }
        JsonNode sent = fixture.request(0).body();
        assertThat(sent.path("tools")).hasSize(2);
        assertThat(sent.fieldNames())
                .toIterable()
                .doesNotContain("store", "include", "client_metadata", "reasoning", "input");
    }

    /** After a tool's output the turn continues the reasoning that the client sends back. */
    @InContainers
    void continuesItsOwnReasoning(GatewayFixture fixture) {
        fixture.script(
                Script.answer(StepScripts.step("Read", "It is sunny.", "final_answer")), Script.answer("Sunny."));
        String reasoning = "{\"type\": \"reasoning\", \"id\": \"rs_0123456789abcdef0123456789abcdef_1\","
                + " \"summary\": [{\"type\": \"summary_text\", \"text\": \"Ask the tool.\"}]}";

        client(fixture)
                .post("{" + WEATHER
                        + ", \"input\": [{\"role\": \"user\", \"content\": \"Paris?\"}, " + reasoning
                        + ", {\"type\": \"function_call\", \"call_id\": \"c\", \"name\": \"get_weather\", \"arguments\": \"{}\"}"
                        + ", {\"type\": \"function_call_output\", \"call_id\": \"c\", \"output\": \"sunny\"}]}");

        assertThat(fixture.request(0).text()).contains("Ask the tool.");
    }

    /** Providers accept images only in messages of the user. The turn continues after the output nevertheless. */
    @InContainers
    void sendsImagesOfOutputsAfterThem(GatewayFixture fixture) {
        fixture.script(Script.answer("A pixel."));

        client(fixture)
                .post("{" + NO_REASONING + ", " + WEATHER + ", \"input\": [{\"role\": \"user\", \"content\": \"?\"},"
                        + " {\"type\": \"function_call\", \"call_id\": \"c\", \"name\": \"get_weather\", \"arguments\": \"{}\"},"
                        + " {\"type\": \"function_call_output\", \"call_id\": \"c\", \"output\": [{\"type\": \"input_image\", \"image_url\": \""
                        + PIXEL + "\"}]}]}");

        JsonNode messages = fixture.request(0).body().path("messages");
        assertThat(messages.at("/2/role").asText()).isEqualTo("tool");
        assertThat(messages.at("/3/role").asText()).isEqualTo("user");
        assertThat(messages.at("/3/content/1/image_url/url").asText()).isEqualTo(PIXEL);
    }

    @InContainers
    void answersInJson(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("{\"name\": \"x\"}"));

        JsonNode response = client(fixture)
                .post(
                        "{\"input\": \"?\", \"text\": {\"format\": {\"type\": \"json_schema\", \"name\": \"n\", \"strict\": true,"
                                + " \"schema\": {\"type\": \"object\"}}}}")
                .json();

        assertThat(outputText(response)).isEqualTo("{\"name\": \"x\"}");
        assertThat(response.at("/text/format/schema/type").asText()).isEqualTo("object");
        assertThat(fixture.request(3).body().path("response_format").toString())
                .isEqualTo(
                        "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{\"type\": \"object\"},\"strict\":true}}"
                                .replace(": ", ":"));
    }

    @InContainers
    void sendsARefusalAndAnIncompleteAnswer(GatewayFixture fixture) {
        fixture.script(exchange -> exchange.stream()
                .delta("{\"refusal\":\"I cannot.\"}")
                .finish("stop")
                .done());
        try (ResponsesClient.Stream stream = client(fixture).stream("{\"input\": \"?\", " + NO_REASONING + "}")) {
            List<Event> events = stream.remainingEvents();
            assertThat(ResponsesClient.deltas(events, "response.refusal.delta")).isEqualTo("I cannot.");
            assertThat(ResponsesClient.last(events)
                            .response()
                            .at("/output/0/content/0/refusal")
                            .asText())
                    .isEqualTo("I cannot.");
        }

        fixture.script(exchange ->
                exchange.stream().text("It").finish("length").usage(10, 5).done());
        try (ResponsesClient.Stream stream =
                client(fixture).stream("{\"input\": \"?\", \"max_output_tokens\": 20, " + NO_REASONING + "}")) {
            Event last = ResponsesClient.last(stream.remainingEvents());
            assertThat(last.name()).isEqualTo("response.incomplete");
            assertThat(last.response().at("/incomplete_details/reason").asText())
                    .isEqualTo("max_output_tokens");
        }
        assertThat(fixture.request(0).body().path("max_tokens").asInt()).isEqualTo(20);
    }

    @InContainers(config = {"reasoning_format: none"})
    void showsNoReasoningIfTheGatewayShowsNone(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));
        assertThat(client(fixture).post("{\"input\": \"?\"}").json().path("output"))
                .hasSize(1);
    }

    @InContainers
    void repeatsTheModeAndEffortThatItUses(GatewayFixture fixture) {
        fixture.dispatch(call -> Script.answer("=== Answer\nYes.\nAnswer: yes"));
        JsonNode response = client(fixture)
                .post("{\"model\": \"fake-model-pro\", \"input\": \"?\", \"reasoning\": {\"effort\": \"max\"}}")
                .json();
        assertThat(response.path("model").asText()).isEqualTo("fake-model-pro");
        assertThat(response.at("/reasoning/mode").asText()).isEqualTo("pro");
        assertThat(response.at("/reasoning/effort").asText()).isEqualTo("max");
        assertThat(response.at("/x_o1/strategy").asText()).isEqualTo("vote");
        assertThat(outputText(response)).startsWith("Yes.");
    }

    /** The same turn on both surfaces. */
    @InContainers
    void makesTheSameCallsAsChat(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));
        client(fixture)
                .post(
                        "{\"instructions\": \"Be brief.\", \"input\": \"?\", \"temperature\": 0.5, \"max_output_tokens\": 900, "
                                + WEATHER + "}");
        List<String> calls =
                fixture.requests().stream().map(call -> call.text()).toList();

        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));
        fixture.client()
                .post(
                        "{\"messages\": [{\"role\": \"system\", \"content\": \"Be brief.\"}, {\"role\": \"user\", \"content\": \"?\"}],"
                                + " \"temperature\": 0.5, \"max_tokens\": 900, "
                                + WEATHER.replace("{\"type\": \"function\", ", "{")
                                        .replace("\"tools\": [{", "\"tools\": [{\"type\": \"function\", ")
                                + "}");

        assertThat(fixture.requests().stream().map(call -> call.text()).toList())
                .isEqualTo(calls);
    }
}
