package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.InOneContainer;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** Each request field is honoured, forwarded, or rejected by name. */
@InOneContainer
class RequestFieldsIT {
    private static final String QUESTION = "\"messages\": [{\"role\": \"user\", \"content\": \"?\"}]";

    private static void assertRejected(GatewayFixture fixture, String body, String param, String code) {
        JsonResponse answer = fixture.client().post(body);
        assertThat(answer.status()).as(body).isEqualTo(400);
        assertThat(answer.json().at("/error/param").asText()).as(body).isEqualTo(param);
        assertThat(answer.json().at("/error/code").asText()).as(body).isEqualTo(code);
        assertThat(answer.json().at("/error/type").asText()).as(body).isEqualTo("invalid_request_error");
    }

    @InContainers
    void rejectsUnsupportedFields(GatewayFixture fixture) {
        fixture.script();
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("n", "2");
        fields.put("logprobs", "true");
        fields.put("top_logprobs", "3");
        fields.put("audio", "{}");
        fields.put("functions", "[{\"name\": \"f\"}]");
        fields.put("function_call", "{\"name\": \"f\"}");
        fields.put("modalities", "[\"text\", \"audio\"]");
        fields.forEach((name, value) -> assertRejected(
                fixture, "{\"" + name + "\": " + value + ", " + QUESTION + "}", name, "unsupported_value"));
        assertThat(fixture.requests()).isEmpty();
    }

    /** An invalid value, and the path that the error reports as {@code param}. */
    private record InvalidField(String fields, String param) {}

    private static final List<InvalidField> INVALID_FIELDS = List.of(
            new InvalidField("\"model\": 5", "model"),
            new InvalidField("\"stream\": \"yes\"", "stream"),
            new InvalidField("\"stream_options\": true", "stream_options"),
            new InvalidField("\"stream_options\": {\"include_usage\": 1}", "stream_options.include_usage"),
            new InvalidField("\"stream_options\": {\"include_trace\": \"yes\"}", "stream_options.include_trace"),
            new InvalidField("\"temperature\": \"hot\"", "temperature"),
            new InvalidField("\"temperature\": 2.1", "temperature"),
            new InvalidField("\"top_p\": -0.1", "top_p"),
            new InvalidField("\"presence_penalty\": 3", "presence_penalty"),
            new InvalidField("\"frequency_penalty\": -3", "frequency_penalty"),
            new InvalidField("\"max_tokens\": 0", "max_tokens"),
            new InvalidField("\"max_completion_tokens\": 1.5", "max_completion_tokens"),
            new InvalidField("\"stop\": 5", "stop"),
            new InvalidField("\"response_format\": \"json\"", "response_format"),
            new InvalidField("\"response_format\": {\"type\": \"xml\"}", "response_format.type"),
            new InvalidField("\"stop\": [\"a\", 5]", "stop[1]"),
            new InvalidField("\"response_format\": {}", "response_format.type"),
            new InvalidField("\"response_format\": {\"type\": 1}", "response_format.type"),
            new InvalidField("\"response_format\": {\"type\": \"json_schema\"}", "response_format.json_schema"),
            new InvalidField(
                    "\"response_format\": {\"type\": \"json_schema\", \"json_schema\": null}",
                    "response_format.json_schema"),
            new InvalidField(
                    "\"response_format\": {\"json_schema\": [], \"type\": \"json_schema\"}",
                    "response_format.json_schema"),
            new InvalidField(
                    "\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"schema\": {}}}",
                    "response_format.json_schema.name"),
            new InvalidField(
                    "\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": 5}}",
                    "response_format.json_schema.name"),
            new InvalidField(
                    "\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"n\", \"schema\": \"{}\"}}",
                    "response_format.json_schema.schema"),
            new InvalidField("\"tools\": {}", "tools"),
            new InvalidField("\"tools\": [5]", "tools[0]"),
            new InvalidField("\"tools\": [null]", "tools[0]"),
            new InvalidField("\"tools\": [{\"function\": {\"name\": \"f\"}}]", "tools[0].type"),
            new InvalidField("\"tools\": [{\"type\": 1}]", "tools[0].type"),
            new InvalidField("\"tools\": [{\"type\": \"web_search\"}, {\"type\": \"function\"}]", "tools[1].function"),
            new InvalidField("\"tools\": [{\"type\": \"function\", \"function\": \"f\"}]", "tools[0].function"),
            new InvalidField("\"tools\": [{\"type\": \"function\", \"function\": {}}]", "tools[0].function.name"),
            new InvalidField(
                    "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": [\"f\"]}}]",
                    "tools[0].function.name"),
            new InvalidField(
                    "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\", \"parameters\": \"{}\"}}]",
                    "tools[0].function.parameters"),
            new InvalidField(
                    "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\", \"description\": 1}}]",
                    "tools[0].function.description"),
            new InvalidField("\"tool_choice\": \"required\"", "tool_choice"),
            new InvalidField(
                    "\"tool_choice\": {\"type\": \"function\", \"function\": {\"name\": \"f\"}}", "tool_choice"),
            new InvalidField("\"tools\": [], \"tool_choice\": \"required\"", "tool_choice"),
            new InvalidField("\"tool_choice\": 1", "tool_choice"),
            new InvalidField("\"parallel_tool_calls\": 1", "parallel_tool_calls"),
            new InvalidField("\"reasoning_effort\": \"huge\"", "reasoning_effort"),
            new InvalidField("\"reasoning_format\": \"xml\"", "reasoning_format"),
            new InvalidField("\"include_reasoning\": \"yes\"", "include_reasoning"),
            new InvalidField("\"reasoning\": \"high\"", "reasoning"),
            new InvalidField("\"thinking\": true", "thinking"),
            new InvalidField("\"usage\": true", "usage"),
            new InvalidField("\"conversation_id\": 5", "conversation_id"),
            new InvalidField("\"n\": 0", "n"),
            new InvalidField("\"n\": \"1\"", "n"));

    @InContainers
    void namesTheInvalidFieldOfARequest(GatewayFixture fixture) {
        fixture.script();
        INVALID_FIELDS.forEach(invalid -> assertRejected(
                fixture, "{" + invalid.fields + ", " + QUESTION + "}", invalid.param, "invalid_request"));
        assertThat(fixture.requests()).isEmpty();
    }

    @InContainers
    void namesTheInvalidMessage(GatewayFixture fixture) {
        Map<String, String> paramOf = new LinkedHashMap<>();
        paramOf.put("5", "messages");
        paramOf.put("[]", "messages");
        paramOf.put("[\"hello\"]", "messages[0]");
        paramOf.put("[{\"content\": \"?\"}]", "messages[0].role");
        paramOf.put("[{\"role\": \"user\"}]", "messages[0].content");
        paramOf.put("[{\"role\": \"user\", \"content\": null}]", "messages[0].content");
        paramOf.put(
                "[{\"role\": \"user\", \"content\": \"?\"}, {\"role\": \"user\", \"content\": 5}]",
                "messages[1].content");
        paramOf.put(
                "[{\"role\": \"system\", \"content\": [{\"type\": \"text\", \"text\": \"a\"}, {\"type\": \"image_url\"}]}]",
                "messages[0].content[1]");
        paramOf.put("[{\"role\": \"user\", \"content\": [\"a\"]}]", "messages[0].content[0]");
        paramOf.put("[{\"role\": \"user\", \"content\": [{\"text\": \"a\"}]}]", "messages[0].content[0].type");
        paramOf.put(
                "[{\"role\": \"user\", \"content\": [{\"type\": \"x\"}, {\"type\": \"text\"}]}]",
                "messages[0].content[1].text");
        paramOf.put(
                "[{\"role\": \"user\", \"content\": [{\"text\": {}, \"type\": \"text\"}]}]",
                "messages[0].content[0].text");
        paramOf.put("[{\"role\": \"user\", \"content\": \"?\", \"name\": 5}]", "messages[0].name");
        paramOf.put("[{\"role\": \"tool\", \"content\": \"?\"}]", "messages[0].tool_call_id");
        paramOf.put("[{\"role\": \"tool\", \"content\": \"?\", \"tool_call_id\": 1}]", "messages[0].tool_call_id");
        paramOf.put("[{\"role\": \"assistant\", \"tool_calls\": {}}]", "messages[0].tool_calls");
        paramOf.put("[{\"role\": \"assistant\", \"tool_calls\": [1]}]", "messages[0].tool_calls[0]");
        paramOf.put("[{\"role\": \"assistant\", \"tool_calls\": [{\"id\": 1}]}]", "messages[0].tool_calls[0].id");
        paramOf.put(
                "[{\"role\": \"assistant\", \"tool_calls\": [{\"id\": \"a\", \"function\": {\"arguments\": {}}}]}]",
                "messages[0].tool_calls[0].function.arguments");
        paramOf.forEach((messages, param) ->
                assertRejected(fixture, "{\"messages\": " + messages + "}", param, "invalid_request"));
        assertRejected(fixture, "{}", "messages", "invalid_request");
    }

    /** Validated fields are forwarded as they were written; unknown fields are forwarded, too. */
    @InContainers
    void forwardsCheckedFieldsByteForByte(GatewayFixture fixture) {
        String tools =
                "[ {\"type\":\"function\" ,\"function\": {\"name\":\"\\u0066\", \"parameters\" : {\"x\": 1.50}, \"description\":null}},"
                        + "{\"type\":\"web_search\",\"filters\": {}} ]";
        String format =
                "{\"type\" : \"json_schema\",\"json_schema\":{ \"name\":\"n\",\"schema\" : {\"a\": 1e2},\"strict\":true }, \"x\": 1}";
        String calls =
                "[ {\"id\":\"call_1\", \"type\":\"function\",\"function\":{\"name\":\"f\" ,\"arguments\":\"{\\u0022a\\u0022: 1}\"}},"
                        + "{\"id\":\"call_2\",\"type\":\"custom\",\"custom\":{\"name\":\"g\"}} ]";
        fixture.script(StepScripts.threeStepsThenAnswer("{}"));

        fixture.client()
                .post(
                        "{\"tools\": " + tools + ", \"response_format\": " + format
                                + ", \"stop\": [ \"a\",\"\\u00e9\" ], \"tool_choice\":  \"auto\", \"messages\": [{\"role\": \"user\", \"content\": \"?\"},"
                                + "{\"role\": \"assistant\", \"content\": null, \"tool_calls\": " + calls
                                + "}, {\"role\": \"tool\", \"tool_call_id\":  \"call_\\u0031\", \"content\": \"42\"},"
                                + "{\"role\": \"tool\", \"content\": [{\"type\": \"later\", \"text\": 5}], \"tool_call_id\": \"call_2\"}]}");

        assertThat(fixture.requests())
                .hasSize(4)
                .allSatisfy(request -> assertThat(request.text())
                        .contains(
                                "\"tools\":" + tools,
                                "\"tool_calls\":" + calls,
                                "\"tool_call_id\":\"call_\\u0031\"",
                                "\"content\":[{\"type\": \"later\", \"text\": 5}]"));
        assertThat(fixture.request(3).text())
                .contains(
                        "\"response_format\":" + format, "\"stop\":[ \"a\",\"\\u00e9\" ]", "\"tool_choice\":\"auto\"");
    }

    private static String errorMessage(GatewayFixture fixture, byte[] body) {
        JsonResponse answer = fixture.client()
                .send(
                        "/v1/chat/completions",
                        request -> request.header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofByteArray(body)));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/error/code").asText()).isEqualTo("invalid_json");
        return answer.json().at("/error/message").asText();
    }

    private static String errorMessage(GatewayFixture fixture, String body) {
        return errorMessage(fixture, body.getBytes(StandardCharsets.UTF_8));
    }

    @InContainers
    void explainsWhatIsWrongWithInvalidJson(GatewayFixture fixture) {
        assertThat(errorMessage(fixture, "{\n  \"messages\": [}\n")).contains("line 2, column 16");
        assertThat(errorMessage(fixture, "{\"model\": nope}")).contains("line 1, column");
        assertThat(errorMessage(fixture, "{" + QUESTION)).contains("line 1, column");
        assertThat(errorMessage(fixture, "")).contains("must be a JSON object");
        assertThat(errorMessage(fixture, "[]")).contains("must be a JSON object");
        assertThat(errorMessage(fixture, "{" + QUESTION + "} {}")).contains("content after its JSON object");
        assertThat(errorMessage(fixture, "{\"x\": " + "[".repeat(100) + "]".repeat(100) + ", " + QUESTION + "}"))
                .contains("nested too deeply (limits.depth)");
        assertThat(errorMessage(fixture, ("{\"user\": \"é\", " + QUESTION + "}").getBytes(StandardCharsets.ISO_8859_1)))
                .contains("not UTF-8");
    }

    @InContainers
    void acceptsAllJsonContentTypes(GatewayFixture fixture) {
        for (String type :
                List.of("application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8")) {
            fixture.script(Script.answer("Yes."));
            JsonResponse answer = fixture.client()
                    .send(
                            "/v1/chat/completions",
                            request -> request.header("Content-Type", type)
                                    .POST(
                                            BodyPublishers.ofString(
                                                    "\ufeff{\"reasoning_effort\": \"none\", \"messages\": [{\"role\": \"user\", \"content\": \"é漢😀\"}]}")));
            assertThat(answer.content()).as(type).isEqualTo("Yes.");
            assertThat(fixture.request(0).lastMessage()).as(type).isEqualTo("é漢😀");
        }
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "application/xml")) {
            assertThat(fixture.client()
                            .send(
                                    "/v1/chat/completions",
                                    request -> request.header("Content-Type", type)
                                            .POST(BodyPublishers.ofString("{" + QUESTION + "}")))
                            .status())
                    .as(type)
                    .isEqualTo(415);
        }
    }

    @InContainers
    void treatsNullAsAbsent(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));
        List<String> nulls = new ArrayList<>();
        INVALID_FIELDS.forEach(invalid -> nulls.add(invalid.fields.replaceFirst(": .*", ": null")));
        for (String more :
                List.of("logprobs", "top_logprobs", "audio", "functions", "modalities", "seed", "whatever")) {
            nulls.add("\"" + more + "\": null");
        }

        JsonResponse answer =
                fixture.client().postQuestion("?", nulls.stream().distinct().toArray(String[]::new));

        assertThat(answer.content()).isEqualTo("Yes.");
        assertThat(fixture.request(0).text()).doesNotContain("null");
        assertThat(fixture.request(0).body().path("temperature").asDouble()).isEqualTo(0.2);
    }

    @InContainers
    void forwardsUnknownFields(GatewayFixture fixture) {
        List<String> passed = List.of(
                "\"seed\": 7",
                "\"user\": \"u\"",
                "\"metadata\": {\"a\": \"b\"}",
                "\"safety_identifier\": \"s\"",
                "\"min_p\": 0.10",
                "\"top_p\": 0.50",
                "\"top_k\": [ 1,  {\"x\": \"\\u00e9\"} ]");
        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));

        fixture.client()
                .postQuestion(
                        "?",
                        String.join(", ", passed),
                        "\"conversation_id\": \"c\"",
                        "\"include_reasoning\": true",
                        "\"reasoning\": {\"effort\": \"medium\"}",
                        "\"thinking\": {\"type\": \"adaptive\"}",
                        "\"usage\": {\"include\": true}",
                        "\"service_tier\": \"auto\"",
                        "\"store\": false",
                        "\"prompt_cache_key\": \"k\"",
                        "\"prompt_cache_retention\": \"24h\"",
                        "\"n\": 1",
                        "\"logprobs\": false",
                        "\"modalities\": [\"text\"]",
                        "\"reasoning_effort\": \"medium\"",
                        "\"response_format\": {\"type\": \"text\"}");

        assertThat(fixture.requests()).hasSize(4).allSatisfy(request -> {
            passed.forEach(field -> assertThat(request.text()).contains(field.replaceFirst(": ", ":")));
            assertThat(request.body().properties().stream().map(Map.Entry::getKey))
                    .doesNotContain(
                            "conversation_id",
                            "include_reasoning",
                            "reasoning_format",
                            "n",
                            "logprobs",
                            "modalities",
                            "reasoning_effort",
                            "reasoning",
                            "thinking",
                            "usage",
                            "service_tier",
                            "store",
                            "prompt_cache_key",
                            "prompt_cache_retention");
        });
        assertThat(fixture.request(3).body().has("response_format")).isFalse();
    }

    private static List<Double> temperatures(GatewayFixture fixture, String... fields) {
        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));
        fixture.client().postQuestion("?", fields);
        return fixture.requests().stream()
                .map(request -> request.body().path("temperature").asDouble())
                .toList();
    }

    @InContainers
    void defaultsToTemperature02(GatewayFixture fixture) {
        assertThat(temperatures(fixture)).containsExactly(0.2, 0.2, 0.2, 0.2);
        assertThat(temperatures(fixture, "\"temperature\": 1.5")).containsExactly(1.5, 1.5, 1.5, 1.5);
        assertThat(temperatures(fixture, "\"temperature\": 0")).containsExactly(0.0, 0.0, 0.0, 0.0);
    }

    private static List<Integer> limits(GatewayFixture fixture, String field) {
        return fixture.requests().stream()
                .map(request -> request.body().path(field).asInt())
                .toList();
    }

    @InContainers
    void reservesHalfOfTheTokensForTheAnswer(GatewayFixture fixture) {
        for (String field : List.of("max_tokens", "max_completion_tokens")) {
            fixture.script(StepScripts.threeStepsThenAnswer(exchange -> exchange.stream()
                    .text("Cut o")
                    .finish("length")
                    .usage(10, 85)
                    .done()));

            JsonResponse answer = fixture.client().postQuestion("?", "\"" + field + "\": 100");

            assertThat(limits(fixture, field)).containsExactly(50, 45, 40, 85);
            assertThat(answer.json().at("/choices/0/finish_reason").asText()).isEqualTo("length");
            assertThat(answer.json().at("/usage/completion_tokens").asInt()).isEqualTo(100);
        }
    }

    @InContainers
    void appliesTheSmallerOfTwoLimits(GatewayFixture fixture) {
        for (String fields : List.of(
                "\"max_tokens\": 100, \"max_completion_tokens\": 60",
                "\"max_completion_tokens\": 60, \"max_tokens\": 100")) {
            fixture.script(StepScripts.threeStepsThenAnswer("Yes."));
            assertThat(fixture.client().postQuestion("?", fields).content()).isEqualTo("Yes.");
            assertThat(limits(fixture, "max_completion_tokens")).containsExactly(30, 25, 20, 45);
            assertThat(fixture.requests()).noneMatch(request -> request.body().has("max_tokens"));
        }
    }

    /** The finish reason of the turn is that of the answer, not that of a truncated step. */
    @InContainers
    void reportsTheFinishReasonOfTheAnswerOnly(GatewayFixture fixture) {
        fixture.script(
                exchange -> exchange.stream()
                        .text("{\"title\": \"First\", \"content\": \"cut o")
                        .finish("length")
                        .usage(10, 50)
                        .done(),
                Script.answer("Yes."));

        JsonResponse answer = fixture.client().postQuestion("?", "\"max_tokens\": 100");

        assertThat(answer.reasoning()).isEqualTo("## Step 1: First\ncut o");
        assertThat(answer.json().at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    }

    @InContainers
    void endsTheReasoningWhenItsHalfIsUsed(GatewayFixture fixture) {
        fixture.script(
                exchange -> exchange.stream()
                        .text(StepScripts.step("First", "one", "continue"))
                        .finish("length")
                        .usage(10, 50)
                        .done(),
                Script.answer("Yes."));

        assertThat(fixture.client().postQuestion("?", "\"max_tokens\": 100").content())
                .isEqualTo("Yes.");
        assertThat(limits(fixture, "max_tokens")).containsExactly(50, 50);
    }

    private static int steps(GatewayFixture fixture, String field, String nextAction) {
        fixture.dispatch(request -> request.asksForJson()
                ? Script.answer(StepScripts.step("T", "c" + request.number(), nextAction))
                : Script.answer("Yes."));
        assertThat(fixture.client().postQuestion("?", field).content()).isEqualTo("Yes.");
        return fixture.requests().size() - 1;
    }

    @InContainers
    void limitsStepsByEffort(GatewayFixture fixture) {
        Map<String, List<Integer>> bounds = Map.ofEntries(
                Map.entry("\"reasoning_effort\": \"none\"", List.of(0, 0)),
                Map.entry("\"reasoning_effort\": \"minimal\"", List.of(1, 1)),
                Map.entry("\"reasoning_effort\": \"low\"", List.of(1, 3)),
                Map.entry("\"reasoning_effort\": \"medium\"", List.of(3, 25)),
                Map.entry("\"reasoning_effort\": \"high\"", List.of(5, 25)),
                Map.entry("\"reasoning_effort\": \"xhigh\"", List.of(8, 25)),
                Map.entry("\"reasoning_effort\": \"max\"", List.of(8, 25)),
                Map.entry("\"reasoning_effort\": \"auto\"", List.of(3, 25)),
                Map.entry("\"reasoning\": {\"effort\": \"low\"}", List.of(1, 3)),
                Map.entry("\"reasoning\": {\"max_tokens\": 20000}", List.of(5, 25)),
                Map.entry("\"reasoning\": {\"enabled\": false}", List.of(0, 0)),
                Map.entry("\"thinking\": {\"type\": \"disabled\"}", List.of(0, 0)),
                Map.entry("\"thinking\": {\"type\": \"enabled\", \"budget_tokens\": 1024}", List.of(1, 3)));
        bounds.forEach((field, steps) -> {
            assertThat(steps(fixture, field, "final_answer"))
                    .as("minimum at %s", field)
                    .isEqualTo(steps.get(0));
            assertThat(steps(fixture, field, "continue"))
                    .as("maximum at %s", field)
                    .isEqualTo(steps.get(1));
        });
    }

    @InContainers
    void forwardsPartsByteForByte(GatewayFixture fixture) {
        String parts =
                "[ {\"type\" : \"text\",\n \"text\":\"\\u00e9 \\/ 1.50\"},{\"type\":\"image_url\", \"image_url\":"
                        + " {\"url\":\"data:image/png;base64,iVBORw0KGgo=\", \"detail\":\"low\"}},"
                        + "{\"type\":\"file\",\"file\":{\"file_id\":\"f\",\"n\":1e2}} ]";
        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));

        fixture.client().post("{\"messages\": [{\"role\": \"user\", \"name\": \"ada\", \"content\": " + parts + "}]}");

        assertThat(fixture.requests())
                .hasSize(4)
                .allSatisfy(request -> assertThat(request.text())
                        .contains("{\"role\":\"user\",\"content\":" + parts + ",\"name\":\"ada\"}"));
    }

    @InContainers
    void keepsThePositionOfLaterInstructions(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));

        fixture.client().post("""
                {"messages": [{"role": "developer", "content": "First."}, {"role": "user", "content": "a"},
                  {"role": "assistant", "content": "b"}, {"role": "system", "content": "Later."},
                  {"role": "user", "content": "c"}]}""");

        JsonNode messages = fixture.request(0).body().path("messages");
        assertThat(messages.findValuesAsText("role")).containsExactly("system", "user", "assistant", "system", "user");
        assertThat(messages.at("/0/content").asText()).endsWith("\n\nFirst.");
        assertThat(messages.at("/3/content").asText()).isEqualTo("Later.");
    }

    @InContainers
    void keepsThePartsOfSeparateInstructions(GatewayFixture fixture) {
        String parts = "[ {\"type\":\"text\", \"text\":\"\\u0041\"},{\"type\":\"text\",\"text\":\"b\",\"cache\": {}} ]";
        String system = "{\"role\": \"system\", \"content\": " + parts + "}";
        String sent = "{\"role\":\"system\",\"content\":" + parts + "}";
        String user = "{\"role\": \"user\", \"content\": \"?\"}";

        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));
        fixture.client().post("{\"messages\": [" + user + ", " + system + ", " + user + "]}");
        assertThat(fixture.requests())
                .hasSize(4)
                .allSatisfy(request -> assertThat(request.text()).contains(sent));

        fixture.script(Script.answer("Yes."));
        fixture.client().post("{\"reasoning_effort\": \"none\", \"messages\": [" + system + ", " + user + "]}");
        assertThat(fixture.request(0).text()).contains("\"messages\":[" + sent);
    }

    @InContainers
    void doesNotForwardEarlierReasoning(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));

        fixture.client().post("""
                {"messages": [{"role": "user", "content": "a"},
                  {"role": "assistant", "content": "b", "reasoning_content": "secret", "reasoning": "secret",
                   "reasoning_details": [{"type": "reasoning.text", "text": "secret"}], "refusal": null},
                  {"role": "user", "content": "c"}]}""");

        assertThat(fixture.requests())
                .hasSize(4)
                .noneMatch(request -> request.text().contains("secret"));
        assertThat(fixture.request(0).body().at("/messages/2"))
                .hasToString("{\"role\":\"assistant\",\"content\":\"b\"}");
    }

    @InContainers
    void omitsAnEmptyListOfTools(GatewayFixture fixture) {
        for (String field : List.of(
                "\"tools\": [ ]",
                "\"tools\": [ ], \"tool_choice\": \"auto\", \"parallel_tool_calls\": false",
                "\"tool_choice\": \"none\", \"parallel_tool_calls\": true")) {
            fixture.script(StepScripts.threeStepsThenAnswer("Yes."));

            fixture.client().postQuestion("?", field);

            assertThat(fixture.requests())
                    .hasSize(4)
                    .noneMatch(request -> request.body().has("tools")
                            || request.body().has("tool_choice")
                            || request.body().has("parallel_tool_calls"));
        }
    }

    @InContainers
    void forbidsTools(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("No tool."));

        JsonResponse answer = fixture.client()
                .postQuestion(
                        "?",
                        "\"tool_choice\": \"none\"",
                        "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"weather\"}}]");

        assertThat(answer.content()).isEqualTo("No tool.");
        assertThat(fixture.requests())
                .allMatch(request -> request.body().path("tool_choice").asText().equals("none"));
    }

    @InContainers
    void returnsToolCallsInJson(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer(Script.toolCalls("a", "{\"x\": \"\\\"\"}", "b", "{}")));

        JsonNode choice = fixture.client()
                .postQuestion("?", "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"a\"}}]")
                .json()
                .at("/choices/0");

        assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(choice.at("/message/content").isNull()).isTrue();
        assertThat(choice.at("/message/tool_calls/0"))
                .hasToString("{\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"a\",\"arguments\":"
                        + FakeExchange.quoted("{\"x\": \"\\\"\"}") + "}}");
        assertThat(choice.at("/message/tool_calls/1/id").asText()).isEqualTo("call_2");
    }

    @InContainers
    void addsAMissingToolCallIdAndFinishReason(GatewayFixture fixture) {
        String tools = "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"a\"}}]";
        Script anonymous = exchange -> exchange.stream()
                .delta("{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"a\",\"arguments\":\"{\"}}]}")
                .delta("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"}\"}}]}")
                .finish("stop")
                .done();

        fixture.script(StepScripts.threeStepsThenAnswer(anonymous));
        JsonNode choice = fixture.client().postQuestion("?", tools).json().at("/choices/0");
        assertThat(choice.at("/message/tool_calls/0/id").asText()).matches("call_[0-9a-f]+");
        assertThat(choice.at("/message/tool_calls/0/function/arguments").asText())
                .isEqualTo("{}");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");

        fixture.script(StepScripts.threeStepsThenAnswer(anonymous));
        try (ChatClient.Stream stream = fixture.client().streamQuestion("?", tools)) {
            List<ChatClient.Event> events = stream.remainingEvents();
            assertThat(events)
                    .filteredOn(event -> !event.isDone()
                            && event.json()
                                    .at("/choices/0/delta/tool_calls/0/id")
                                    .asText()
                                    .matches("call_[0-9a-f]+"))
                    .hasSize(1);
            assertThat(events)
                    .extracting(ChatClient.Event::finishReason)
                    .filteredOn(reason -> reason != null)
                    .containsExactly("tool_calls");
        }
    }

    @InContainers
    void forwardsARefusal(GatewayFixture fixture) {
        Script refusing = exchange -> exchange.stream()
                .delta("{\"role\":\"assistant\",\"content\":null,\"refusal\":\"I can\"}")
                .delta("{\"refusal\":\"'t.\"}")
                .finish("stop")
                .done();

        fixture.script(StepScripts.threeStepsThenAnswer(refusing));
        JsonNode message = fixture.client().postQuestion("?").json().at("/choices/0/message");
        assertThat(message.path("refusal").asText()).isEqualTo("I can't.");
        assertThat(message.path("content").isNull()).isTrue();

        fixture.script(StepScripts.threeStepsThenAnswer(refusing));
        try (ChatClient.Stream stream = fixture.client().streamQuestion("?")) {
            List<ChatClient.Event> events = stream.remainingEvents();
            assertThat(events.stream().map(event -> event.text("refusal")).collect(Collectors.joining()))
                    .isEqualTo("I can't.");
            assertThat(ChatClient.content(events)).isEmpty();
        }
    }

    @InContainers
    void endsTheReasoningIfAStepCallsATool(GatewayFixture fixture) {
        Script call = Script.toolCalls("a", "{}");
        fixture.script(call, call);

        JsonResponse answer = fixture.client()
                .postQuestion("?", "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"a\"}}]");

        assertThat(fixture.requests()).hasSize(2);
        assertThat(answer.json().at("/choices/0/message/tool_calls")).hasSize(1);
    }

    @InContainers
    void estimatesTokensThatTheUpstreamDoesNotReport(GatewayFixture fixture) {
        fixture.script(
                exchange -> exchange.stream()
                        .text(StepScripts.step("First", "one two three", "continue"))
                        .finish("stop")
                        .done(),
                exchange ->
                        exchange.stream().text("four five six").finish("stop").done());

        JsonNode usage = fixture.client()
                .postQuestion("?", "\"reasoning_effort\": \"minimal\"")
                .json()
                .path("usage");

        assertThat(usage.at("/completion_tokens_details/reasoning_tokens").asInt())
                .isBetween(10, 40);
        assertThat(usage.path("completion_tokens").asInt()
                        - usage.at("/completion_tokens_details/reasoning_tokens")
                                .asInt())
                .isEqualTo(3);
        assertThat(usage.path("prompt_tokens").asInt()).isGreaterThan(50);
        assertThat(usage.path("total_tokens").asInt())
                .isEqualTo(usage.path("prompt_tokens").asInt()
                        + usage.path("completion_tokens").asInt());
    }

    @InContainers
    void reportsCachedTokens(GatewayFixture fixture) {
        String usage =
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20,\"prompt_tokens_details\":"
                        + "{\"cached_tokens\":64,\"cache_write_tokens\":30},\"completion_tokens_details\":{\"reasoning_tokens\":7}}}";
        fixture.script(
                exchange -> exchange.stream()
                        .text(StepScripts.step("First", "one", "continue"))
                        .event(usage)
                        .done(),
                exchange -> exchange.stream().text("Yes.").event(usage).done());

        try (ChatClient.Stream stream = fixture.client()
                .streamQuestion(
                        "?", "\"reasoning_effort\": \"minimal\"", "\"stream_options\": {\"include_usage\": true}")) {
            List<ChatClient.Event> events = stream.remainingEvents();
            JsonNode last = events.get(events.size() - 2).json();
            assertThat(last.path("usage"))
                    .hasToString("{\"prompt_tokens\":100,\"completion_tokens\":40,\"total_tokens\":140,"
                            + "\"prompt_tokens_details\":{\"cached_tokens\":64},"
                            + "\"completion_tokens_details\":{\"reasoning_tokens\":27}}");
            assertThat(last.at("/x_o1/usage"))
                    .hasToString("{\"calls\":2,\"attempts\":2,\"prompt_tokens\":200,\"cached_tokens\":128,"
                            + "\"cache_write_tokens\":60,\"completion_tokens\":40,\"reasoning_tokens\":27}");
        }
    }
}
