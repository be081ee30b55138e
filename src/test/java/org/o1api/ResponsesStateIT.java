package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.ResponsesClient;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** What the Responses API stores, and how requests continue it. */
class ResponsesStateIT {
    private static final String SECOND_KEY = "sk-second-4712";
    private static final String SECOND = "api_keys: [{ name: second, key: " + SECOND_KEY + " }]";
    private static final String NO_REASONING = "\"reasoning\": {\"effort\": \"none\"}";
    private static final String TOOL =
            "\"tools\": [{\"type\": \"function\", \"name\": \"f\", \"parameters\": {\"type\": \"object\"}}]";

    private static ResponsesClient client(GatewayFixture fixture) {
        return new ResponsesClient(fixture.client());
    }

    private static String id(JsonNode response) {
        return response.path("id").asText();
    }

    private static String error(JsonResponse response) {
        JsonNode error = response.json().path("error");
        return response.status() + " " + error.path("code").asText() + " "
                + error.path("param").asText();
    }

    /** The texts of the messages of a call, after their roles. */
    private static List<String> messages(GatewayFixture fixture, int call) {
        List<String> messages = new ArrayList<>();
        fixture.request(call)
                .body()
                .path("messages")
                .forEach(message -> messages.add(message.path("role").asText() + ": "
                        + message.path("content").asText()));
        return messages;
    }

    private static JsonNode answer(GatewayFixture fixture, String fields) {
        return client(fixture).post("{" + NO_REASONING + ", " + fields + "}").json();
    }

    private static String after(JsonNode response) {
        return "\"previous_response_id\": \"" + id(response) + "\"";
    }

    @InContainers
    void returnsWhatTheStreamSent(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));
        JsonNode streamed;
        try (ResponsesClient.Stream stream = client(fixture).stream(
                "{\"model\": \"fake-model\", \"instructions\": \"Be brief.\", \"temperature\": 0.50, \"metadata\": {\"k\": \"v\"}, "
                        + TOOL + ", \"input\": \"6 x 7?\"}")) {
            streamed = ResponsesClient.last(stream.remainingEvents()).response();
        }

        assertThat(client(fixture).get(id(streamed)).json()).isEqualTo(streamed);
        JsonNode items = client(fixture).get(id(streamed) + "/input_items").json();
        assertThat(items.at("/data/0/content/0/text").asText()).isEqualTo("6 x 7?");
        assertThat(items.path("data")).hasSize(1);
        assertThat(fixture.requests()).hasSize(4);
    }

    /** A response can be continued several times. Instructions are for one turn only. */
    @InContainers
    void continuesResponses(GatewayFixture fixture) {
        fixture.script(Script.answer("a0"), Script.answer("a1"), Script.answer("a2"), Script.answer("a3"));
        JsonNode first = answer(fixture, "\"instructions\": \"Be brief.\", \"input\": \"q0\"");
        JsonNode second = answer(fixture, after(first) + ", \"input\": \"q1\"");
        assertThat(messages(fixture, 1)).containsExactly("user: q0", "assistant: a0", "user: q1");
        assertThat(second.path("previous_response_id")).isEqualTo(first.path("id"));
        answer(fixture, after(first) + ", \"input\": \"fork\"");
        assertThat(messages(fixture, 2)).containsExactly("user: q0", "assistant: a0", "user: fork");
        answer(fixture, after(second) + ", \"instructions\": \"Shout.\", \"input\": \"q2\"");
        assertThat(messages(fixture, 3))
                .containsExactly(
                        "system: Shout.", "user: q0", "assistant: a0", "user: q1", "assistant: a1", "user: q2");
    }

    @InContainers
    void sharesConversationsWithChat(GatewayFixture fixture) {
        fixture.script(Script.answer("a0"), Script.answer("a1"), Script.answer("a2"));
        JsonNode first = answer(fixture, "\"conversation\": \"sharesConversationsWithChat\", \"input\": \"q0\"");
        assertThat(first.at("/conversation/id").asText()).isEqualTo("sharesConversationsWithChat");
        fixture.client()
                .postQuestion(
                        "q1", "\"conversation_id\": \"sharesConversationsWithChat\"", "\"reasoning_effort\": \"none\"");
        JsonNode third =
                answer(fixture, "\"conversation\": {\"id\": \"sharesConversationsWithChat\"}, \"input\": \"q2\"");
        assertThat(messages(fixture, 2))
                .containsExactly("user: q0", "assistant: a0", "user: q1", "assistant: a1", "user: q2");
        JsonNode items = fixture.client()
                .get("/v1/conversations/sharesConversationsWithChat/items?order=asc")
                .json()
                .path("data");
        assertThat(items).hasSize(6);
        assertThat(items.at("/5/id")).isEqualTo(third.at("/output/0/id"));
    }

    @InContainers
    void listsTheSameItemsInConversations(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer(Script.toolCalls("n__c", "{\"input\":\"ls\"}")));
        JsonNode response = client(fixture)
                .post(
                        "{\"conversation\": \"listsTheSameItems\", \"tools\": [{\"type\": \"namespace\", \"name\": \"n\","
                                + " \"description\": \"\", \"tools\": [{\"type\": \"custom\", \"name\": \"c\"}]}], \"input\": \"q\"}")
                .json();
        JsonNode listed = fixture.client()
                .get("/v1/conversations/listsTheSameItems/items?order=asc")
                .json()
                .path("data");
        assertThat(listed).hasSize(3);
        assertThat(listed.get(1)).isEqualTo(response.at("/output/0"));
        assertThat(listed.get(2)).isEqualTo(response.at("/output/1"));
        assertThat(listed.at("/2/type").asText()).isEqualTo("custom_tool_call");
        assertThat(fixture.client()
                        .get("/v1/conversations/listsTheSameItems/items/"
                                + listed.at("/2/id").asText())
                        .json())
                .isEqualTo(listed.get(2));
    }

    @InContainers
    void storesNothingIfTheClientDoesNotWantIt(GatewayFixture fixture) {
        fixture.script(Script.answer("a0"), Script.answer("a1"), Script.answer("a2"));
        JsonNode unstored = answer(fixture, "\"store\": false, \"input\": \"q0\"");
        assertThat(unstored.path("store").asBoolean(true)).isFalse();
        assertThat(error(client(fixture).get(id(unstored)))).isEqualTo("404 response_not_found response_id");
        JsonNode stored = answer(fixture, "\"input\": \"q1\"");
        JsonNode next = answer(fixture, "\"store\": false, " + after(stored) + ", \"input\": \"q2\"");
        assertThat(messages(fixture, 2)).containsExactly("user: q1", "assistant: a1", "user: q2");
        assertThat(client(fixture).get(id(next)).status()).isEqualTo(404);
    }

    /** As Codex does: the client keeps the reasoning, which it cannot read, and sends it back without an ID. */
    @InContainers(config = SECOND)
    void continuesEncryptedReasoning(GatewayFixture fixture) {
        Script[] called = StepScripts.threeStepsThenAnswer(Script.toolCalls("f", "{}"));
        fixture.script(called);
        JsonNode output = client(fixture)
                .post("{\"store\": false, \"include\": [\"reasoning.encrypted_content\"], " + TOOL
                        + ", \"input\": \"q\"}")
                .json()
                .path("output");
        String sealed = output.at("/0/encrypted_content").asText();
        assertThat(sealed).isNotEmpty().doesNotContain("three");
        String next = "{\"store\": false, " + TOOL
                + ", \"input\": [{\"role\": \"user\", \"content\": \"q\"}, {\"type\": \"reasoning\", \"summary\": [],"
                + " \"encrypted_content\": \"" + sealed + "\"}, " + output.get(1)
                + ", {\"type\": \"function_call_output\", \"call_id\": \"call_1\", \"output\": \"x\"}]}";

        fixture.script(Script.answer(StepScripts.step("Read", "r", "final_answer")), Script.answer("Yes."));
        client(fixture).post(next);
        assertThat(fixture.request(0).text()).contains("three");

        fixture.script(Script.answer(StepScripts.step("Read", "r", "final_answer")), Script.answer("Yes."));
        new ResponsesClient(fixture.gateway().client(SECOND_KEY)).post(next);
        assertThat(fixture.request(0).text()).doesNotContain("three");
    }

    /** As the AI SDK does. */
    @InContainers
    void readsTheItemsThatAnInputRefersTo(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer(Script.toolCalls("f", "{\"a\":1}")));
        JsonNode output =
                client(fixture).post("{" + TOOL + ", \"input\": \"q\"}").json().path("output");
        fixture.script(Script.answer(StepScripts.step("Read", "r", "final_answer")), Script.answer("Yes."));
        client(fixture)
                .post("{" + TOOL + ", \"input\": [{\"role\": \"user\", \"content\": \"q\"},"
                        + " {\"type\": \"item_reference\", \"id\": " + output.at("/0/id") + "}, {\"id\": "
                        + output.at("/1/id")
                        + "}, {\"type\": \"function_call_output\", \"call_id\": \"call_1\", \"output\": \"x\"}]}");
        assertThat(fixture.request(0).text()).contains("three").contains("{\\\"a\\\":1}");
    }

    @InContainers
    void deletesResponses(GatewayFixture fixture) {
        fixture.script(Script.answer("a0"), Script.answer("a1"));
        JsonNode first = answer(fixture, "\"input\": \"q0\"");
        JsonNode second = answer(fixture, after(first) + ", \"input\": \"q1\"");
        JsonNode deleted = client(fixture).delete(id(first)).json();
        assertThat(deleted.toString())
                .isEqualTo("{\"id\":\"" + id(first) + "\",\"object\":\"response\",\"deleted\":true}");
        assertThat(error(client(fixture).delete(id(first)))).isEqualTo("404 response_not_found response_id");
        assertThat(error(client(fixture).get(id(first)))).isEqualTo("404 response_not_found response_id");
        assertThat(client(fixture).get(id(second)).json()).isEqualTo(second);
        for (JsonNode previous : List.of(first, second)) {
            assertThat(error(client(fixture).post("{" + after(previous) + ", \"input\": \"q2\"}")))
                    .isEqualTo("404 response_not_found previous_response_id");
        }
    }

    @InContainers(config = SECOND)
    void hidesTheResponsesOfOtherKeys(GatewayFixture fixture) {
        fixture.script(Script.answer("a0"));
        JsonNode response = answer(fixture, "\"input\": \"q0\"");
        ResponsesClient other = new ResponsesClient(fixture.gateway().client(SECOND_KEY));
        assertThat(other.get(id(response)).status()).isEqualTo(404);
        assertThat(other.get(id(response) + "/input_items").status()).isEqualTo(404);
        assertThat(other.delete(id(response)).status()).isEqualTo(404);
        assertThat(error(other.post("{" + after(response) + ", \"input\": \"q1\"}")))
                .isEqualTo("404 response_not_found previous_response_id");
        assertThat(error(other.post("{\"input\": [{\"id\": " + response.at("/output/0/id") + "}]}")))
                .isEqualTo("404 response_not_found input[0].id");
        assertThat(client(fixture).get(id(response)).json()).isEqualTo(response);
    }

    @InContainers
    void listsTheItemsOfAnInputInPages(GatewayFixture fixture) {
        fixture.script(Script.answer("a"));
        JsonNode response = answer(
                fixture,
                "\"input\": [{\"role\": \"developer\", \"content\": \"d\"}, {\"role\": \"user\", \"content\": \"q\"},"
                        + " {\"role\": \"user\", \"content\": \"r\"}]");
        String list = id(response) + "/input_items";
        String prefix = "msg_" + id(response).substring("resp_".length());
        JsonNode page = client(fixture).get(list + "?order=asc&limit=2").json();
        assertThat(page.path("data")).hasSize(2);
        assertThat(page.path("has_more").asBoolean()).isTrue();
        assertThat(page.path("first_id").asText()).isEqualTo(prefix + "_0");
        JsonNode rest = client(fixture)
                .get(list + "?order=asc&after=" + page.path("last_id").asText())
                .json();
        assertThat(rest.path("has_more").asBoolean(true)).isFalse();
        assertThat(rest.at("/data/0/id").asText()).isEqualTo(prefix + "_2");
        assertThat(client(fixture).get(list).json().path("first_id").asText()).isEqualTo(prefix + "_2");
        assertThat(error(client(fixture).get(list + "?limit=0"))).isEqualTo("400 invalid_request limit");
        assertThat(error(client(fixture).get(list + "?order=up"))).isEqualTo("400 invalid_request order");
        assertThat(error(client(fixture).get(list + "?after=msg_x"))).isEqualTo("400 invalid_request after");
        assertThat(error(client(fixture).get(id(response) + "?stream=true"))).isEqualTo("400 unsupported_value stream");
    }

    @InContainers
    void answersARepeatedRequestOnce(GatewayFixture fixture) {
        fixture.script(Script.answer("a0"), Script.answer("a1"), Script.answer("a2"));
        String body = "{" + NO_REASONING + ", \"input\": \"answersARepeatedRequestOnce\"}";
        JsonResponse first = keyed(fixture, body);
        JsonResponse again = keyed(fixture, body);
        assertThat(first.header("x-o1-idempotency")).isEqualTo("stored");
        assertThat(again.header("x-o1-idempotency")).isEqualTo("replayed");
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(error(keyed(fixture, body.replace("Once", "Twice")))).startsWith("422 idempotency_key_reused");
        JsonResponse unstored = keyed(fixture, body.replace("{" + NO_REASONING, "{\"store\": false, " + NO_REASONING));
        assertThat(unstored.header("x-o1-idempotency")).isEqualTo("not-stored");
        assertThat(fixture.requests()).hasSize(2);
    }

    private static JsonResponse keyed(GatewayFixture fixture, String body) {
        return client(fixture).withKey("state-1").post(body);
    }

    @InContainers
    void countsInputTokensWithoutACall(GatewayFixture fixture) {
        fixture.script(Script.answer("x".repeat(4000)));
        JsonNode first = answer(fixture, "\"input\": \"q0\"");
        JsonNode few = client(fixture)
                .countTokens("{" + NO_REASONING + ", \"input\": \"q1\"}")
                .json();
        assertThat(few.path("object").asText()).isEqualTo("response.input_tokens");
        assertThat(few.path("input_tokens").asInt()).isBetween(5, 50);
        JsonNode continued = client(fixture)
                .countTokens("{" + NO_REASONING + ", " + after(first) + ", \"input\": \"q1\"}")
                .json();
        assertThat(continued.path("input_tokens").asInt())
                .isGreaterThan(few.path("input_tokens").asInt() + 100);
        for (String model : List.of("fake-model", "fake-model-pro")) {
            assertThat(client(fixture)
                            .countTokens("{\"model\": \"" + model + "\", \"input\": \"q1\"}")
                            .json()
                            .path("input_tokens")
                            .asInt())
                    .as(model)
                    .isGreaterThan(few.path("input_tokens").asInt());
        }
        assertThat(fixture.requests()).hasSize(1);
    }

    @InContainers
    void namesItsOwnFieldsInErrors(GatewayFixture fixture) {
        fixture.script(Script.answer("word ".repeat(80_000)));
        JsonNode longest = answer(fixture, "\"input\": \"q0\"");
        assertThat(error(client(fixture)
                        .post("{" + after(longest) + ", \"truncation\": \"disabled\", \"input\": \"q1\"}")))
                .startsWith("400 context_length_exceeded");
        assertThat(error(
                        client(fixture).post("{\"conversation\": \"conv_" + "0".repeat(48) + "\", \"input\": \"q1\"}")))
                .isEqualTo("404 conversation_not_found conversation");
        assertThat(error(client(fixture).post("{\"conversation\": \"a/b\", \"input\": \"q1\"}")))
                .isEqualTo("400 invalid_request conversation");
    }

    /** Short references must not fill the memory. */
    @InContainers(config = "limits: { body: 4KiB, bodies: 12KiB }")
    void limitsWhatReferencesAdd(GatewayFixture fixture) {
        fixture.dispatch(request -> Script.answer("x".repeat(3000)));
        JsonNode item = answer(fixture, "\"input\": \"q\"").at("/output/0/id");
        String question = "{\"role\": \"user\", \"content\": \"?\"}";
        String once = "{\"id\": " + item + "}, ";
        assertThat(client(fixture)
                        .post("{\"input\": [" + once + question + "]}")
                        .status())
                .isEqualTo(200);
        assertThat(error(client(fixture).post("{\"input\": [" + once + once + question + "]}")))
                .isEqualTo("400 invalid_request input");
    }

    /** An answer depends on the database only if the client wants what is stored. */
    @InContainers(config = "conversations: { url: \"jdbc:postgresql://127.0.0.1:1/none?user=nobody\" }")
    void answersWithoutADatabase(GatewayFixture fixture) {
        fixture.dispatch(request -> Script.answer("Yes."));
        assertThat(error(client(fixture).get("resp_" + "0".repeat(32)))).startsWith("503 store_unavailable");
        JsonResponse unstored = client(fixture)
                .post("{" + NO_REASONING + ", \"include\": [\"reasoning.encrypted_content\"], \"input\": \"?\"}");
        assertThat(unstored.status()).isEqualTo(200);
        assertThat(unstored.json().path("store").asBoolean(true)).isFalse();
        for (String field : List.of(
                "\"store\": true",
                "\"conversation\": \"c\"",
                "\"previous_response_id\": \"resp_" + "0".repeat(32) + "\"")) {
            assertThat(error(client(fixture).post("{" + NO_REASONING + ", " + field + ", \"input\": \"?\"}")))
                    .startsWith("503 store_unavailable");
        }
    }
}
