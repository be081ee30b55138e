package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.o1api.testing.ChatClient;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.InOneContainer;
import org.o1api.testing.Script;

/** What a request selects: {@code x_o1}, pro mode, and the effort of the model. */
@InOneContainer
class XO1FieldsIT {
    private static final String CONTINUE = "{\"title\":\"T\",\"content\":\"c%d\",\"next_action\":\"continue\"}";
    private static final String CONFIG =
            "presets: { a: { model: m, aliases: [o1], steps: { min: 1, max: 4 }, vote: { max: 2 }, strategies: [vote] },"
                    + " b: { model: m, steps: { max: 0 }, pro: { model: m-pro, strategy: steps, steps: { max: 2 } } },"
                    + " b2: { model: m, strategy: vote, vote: { max: 1 } } }";
    private static final String KEY_PRESETS = "presets: { a: { model: m }, b: { model: m, pro: {} } }";

    /** Steps that never conclude, and an answer. */
    private static Script reply(FakeUpstream.Request request) {
        return Script.answer(request.asksForJson() ? CONTINUE.formatted(request.number()) : "Yes.");
    }

    private static ChatClient.JsonResponse post(GatewayFixture fixture, String... fields) {
        fixture.dispatch(XO1FieldsIT::reply);
        return fixture.client().postQuestion("hi", fields);
    }

    private static void assertError(ChatClient.JsonResponse reply, String code, String param) {
        assertThat(reply.status()).isEqualTo(400);
        JsonNode error = reply.json().path("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(error.path("param").asText()).isEqualTo(param);
    }

    @InContainers(config = CONFIG)
    void limitsTheCallsOfATurn(GatewayFixture fixture) {
        for (int calls : List.of(1, 2, 3, 4, 5, 99)) {
            ChatClient.JsonResponse reply =
                    post(fixture, "\"model\": \"a\"", "\"x_o1\": {\"budget\": {\"calls\": " + calls + "}}");
            assertThat(reply.content()).isEqualTo("Yes.");
            assertThat(fixture.requests()).hasSize(Math.min(calls, 5));
        }
    }

    @InContainers(config = CONFIG)
    void neverForwardsItsField(GatewayFixture fixture) {
        post(
                fixture,
                "\"model\": \"a\"",
                "\"x_o1\": {\"budget\": {\"calls\": 3, \"tokens\": 500, \"seconds\": 9}, \"strategy\": \"steps\"}",
                "\"reasoning\": {\"mode\": \"standard\"}");
        assertThat(fixture.requests())
                .isNotEmpty()
                .noneMatch(request -> request.text().contains("x_o1"))
                .noneMatch(request -> request.body().has("reasoning"));
    }

    @InContainers(config = CONFIG)
    void choosesAStrategyOfThePreset(GatewayFixture fixture) {
        ChatClient.JsonResponse steps = post(fixture, "\"model\": \"a\"");
        assertThat(steps.content()).isEqualTo("Yes.");
        assertThat(fixture.requests()).anyMatch(FakeUpstream.Request::asksForJson);

        ChatClient.JsonResponse vote = post(fixture, "\"model\": \"a\"", "\"x_o1\": {\"strategy\": \"vote\"}");
        assertThat(vote.content()).isEqualTo("Yes.");
        assertThat(fixture.requests()).isNotEmpty().noneMatch(FakeUpstream.Request::asksForJson);
    }

    @InContainers(config = CONFIG)
    void namesWhatIsWrongBeforeAnyCall(GatewayFixture fixture) {
        String model = "\"model\": \"b2\"";
        assertError(post(fixture, model, "\"x_o1\": 5"), "invalid_request", "x_o1");
        assertError(
                post(fixture, model, "\"x_o1\": {\"budget\": {\"calls\": 0.5}}"),
                "invalid_request",
                "x_o1.budget.calls");
        assertError(post(fixture, model, "\"x_o1\": {\"budgets\": {}}"), "invalid_request", "x_o1.budgets");
        assertError(post(fixture, model, "\"x_o1\": {\"parent\": null}"), "invalid_request", "x_o1.parent");
        assertError(post(fixture, model, "\"reasoning\": {\"mode\": \"fast\"}"), "invalid_request", "reasoning.mode");
        ChatClient.JsonResponse strategy = post(fixture, model, "\"x_o1\": {\"strategy\": \"steps\"}");
        assertError(strategy, "invalid_request", "x_o1.strategy");
        assertThat(strategy.json().at("/error/message").asText())
                .isEqualTo("'x_o1.strategy' must be one of the strategies that this model offers: vote.");
        assertThat(fixture.requests()).isEmpty();
    }

    /** The pro mode of b has steps and a model of its own. */
    @InContainers(config = CONFIG)
    void selectsProModeByNameAndByMode(GatewayFixture fixture) {
        for (String fields : List.of(
                "\"model\": \"b-pro\"",
                "\"model\": \"b\", \"reasoning\": {\"mode\": \"pro\"}",
                "\"model\": \"b-pro\", \"reasoning\": {\"mode\": \"standard\"}")) {
            ChatClient.JsonResponse reply = post(fixture, fields);
            assertThat(reply.json().path("model").asText()).isEqualTo(fields.contains("b-pro") ? "b-pro" : "b");
            assertThat(reply.json().at("/x_o1/mode").asText()).isEqualTo("pro");
            assertThat(reply.json().at("/x_o1/preset").asText()).isEqualTo("b");
            assertThat(reply.json().at("/x_o1").has("effort")).isFalse();
            assertThat(fixture.requests())
                    .hasSize(3)
                    .allSatisfy(request ->
                            assertThat(request.body().path("model").asText()).isEqualTo("m-pro"));
        }
        ChatClient.JsonResponse standard = post(fixture, "\"model\": \"b\"");
        assertThat(standard.json().at("/x_o1/mode").asText()).isEqualTo("standard");
        assertThat(standard.json().at("/x_o1").has("effort")).isFalse();
        assertThat(fixture.requests()).hasSize(1);
    }

    /** Without a section pro mode votes; the alias works, too. */
    @InContainers(config = CONFIG)
    void votesInProModeByDefault(GatewayFixture fixture) {
        for (String model : List.of("a-pro", "o1-pro")) {
            ChatClient.JsonResponse reply = post(fixture, "\"model\": \"" + model + "\"");
            assertThat(reply.json().path("model").asText()).isEqualTo(model);
            assertThat(reply.json().at("/x_o1/strategy").asText()).isEqualTo("vote");
            assertThat(fixture.requests()).isNotEmpty().noneMatch(FakeUpstream.Request::asksForJson);
        }
    }

    @InContainers(
            config = {
                KEY_PRESETS,
                "api_keys: [ { name: only-a, key: key-a, presets: [a] } ]",
            })
    void listsTheProModeThatIsConfigured(GatewayFixture fixture) {
        ChatClient all = fixture.client();
        ChatClient onlyA = fixture.gateway().client("key-a");

        assertThat(ids(all)).containsExactly("a", "b", "b-pro");
        assertThat(ids(onlyA)).containsExactly("a");
        for (String name : List.of("a", "a-pro", "b", "b-pro")) {
            ChatClient.JsonResponse found = all.get("/v1/models/" + name);
            assertThat(found.json().path("id").asText()).isEqualTo(name);
            assertThat(onlyA.get("/v1/models/" + name).status()).isEqualTo(name.startsWith("a") ? 200 : 404);
        }
        assertThat(all.get("/v1/models/c-pro").status()).isEqualTo(404);
        assertThat(all.get("/v1/models/a-pro-pro").status()).isEqualTo(404);
    }

    @InContainers(
            config = {
                "presets: { a: { model: m, aliases: [o1], pro: { model: large } }, b: { model: other } }",
                "upstream models: { m: { context: 32000, max_output: 4000 }, large: { context: 128000 } }"
            })
    void listsTheConfiguredLimitsOfTheModels(GatewayFixture fixture) {
        String ofModel = "{\"context_length\":32000,\"max_output_tokens\":4000}";
        String ofLarge = "{\"context_length\":128000}";
        Map<String, String> expected =
                Map.of("a", ofModel, "o1", ofModel, "a-pro", ofLarge, "o1-pro", ofLarge, "b", "{}", "b-pro", "{}");
        expected.forEach((name, limits) -> assertThat(
                        limits(fixture.client().get("/v1/models/" + name).json()))
                .as(name)
                .isEqualTo(limits));
        assertThat(fixture.client().get("/v1/models").json().path("data"))
                .hasSize(3)
                .allSatisfy(model -> assertThat(limits(model))
                        .isEqualTo(expected.get(model.path("id").asText())));
    }

    private static String limits(JsonNode model) {
        ObjectNode copy = model.deepCopy();
        return copy.retain("context_length", "max_output_tokens").toString();
    }

    /** Columns: the model, its strategy, its modes, its description. */
    @InContainers(
            config =
                    "presets: { a: { model: m, strategy: auto, pro: { strategy: vote } }, fast: { model: m, strategy: direct }, brief: { model: m, steps: { max: 0 } } }")
    void listsTheCapabilitiesOfTheModels(GatewayFixture fixture) {
        Map<String, String> expected = Map.of(
                "a", "auto [\"standard\",\"pro\"] Reasons before it answers (strategy: auto).",
                "a-pro", "vote [\"pro\"] Reasons before it answers (strategy: vote).",
                "fast", "direct [\"standard\",\"pro\"] Answers without reasoning in steps.",
                "brief", "steps [\"standard\",\"pro\"] Answers without reasoning in steps.");
        assertThat(fixture.client().get("/v1/models").json().path("data"))
                .hasSize(4)
                .allSatisfy(model -> {
                    String id = model.path("id").asText();
                    assertThat(model.path("strategy").asText() + " " + model.path("reasoning_modes") + " "
                                    + model.path("description").asText())
                            .isEqualTo(expected.get(id));
                    assertThat(model.path("name").asText()).isEqualTo(id);
                    assertThat(model.path("display_name").asText()).isEqualTo(id);
                    assertThat(model.path("reasoning_efforts").toString())
                            .isEqualTo("[\"none\",\"minimal\",\"low\",\"medium\",\"high\",\"xhigh\",\"max\"]");
                });
    }

    private static List<String> ids(ChatClient client) {
        return StreamSupport.stream(client.get("/v1/models").json().path("data").spliterator(), false)
                .map(model -> model.path("id").asText())
                .toList();
    }

    @InContainers(
            config = {
                "presets: { a: { model: m, steps: { max: 1 }, model_effort: low, pro: { model_effort: high } } }",
                "upstream models: { m: { effort: reasoning_effort } }"
            })
    void sendsTheEffortOfTheModel(GatewayFixture fixture) {
        post(fixture, "\"reasoning_effort\": \"max\"");
        assertThat(fixture.requests())
                .hasSize(2)
                .allSatisfy(request -> assertThat(
                                request.body().path("reasoning_effort").asText())
                        .isEqualTo("low"));
        post(fixture, "\"reasoning\": {\"mode\": \"pro\"}");
        assertThat(fixture.requests())
                .isNotEmpty()
                .allSatisfy(request -> assertThat(
                                request.body().path("reasoning_effort").asText())
                        .isEqualTo("high"));
    }
}
