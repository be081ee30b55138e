package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.ResponsesClient;
import org.o1api.testing.Script;

/** Requests of the Responses API that are repeated, only counted, or without new items. */
class ResponsesRepeatIT {
    private static final String NO_REASONING = "\"reasoning\": {\"effort\": \"none\"}";

    private static ResponsesClient client(GatewayFixture fixture) {
        return new ResponsesClient(fixture.client());
    }

    private static JsonResponse post(GatewayFixture fixture, String fields) {
        return client(fixture).post("{" + NO_REASONING + ", " + fields + "}");
    }

    private static JsonResponse keyed(GatewayFixture fixture, String key, String fields) {
        return fixture.client()
                .send(
                        "/v1/responses",
                        request -> ChatClient.postJson("{" + NO_REASONING + ", " + fields + "}")
                                .apply(request.header("Idempotency-Key", key)));
    }

    private static String error(JsonResponse response) {
        JsonNode error = response.json().path("error");
        return response.status() + " " + error.path("code").asText() + " "
                + error.path("param").asText();
    }

    /** Also if what the request refers to was deleted after it had been answered. */
    @InContainers
    void answersARepeatedRequestAfterADeletion(GatewayFixture fixture) {
        fixture.script(
                Script.answer("a0"),
                Script.toolCalls("n__c", "{\"input\":\"ls\"}"),
                Script.answer("a2"),
                Script.answer("a3"));
        JsonNode first = post(fixture, "\"input\": \"q0\"").json();
        String id = first.path("id").asText();
        String item = first.at("/output/0/id").asText();
        List<String> requests = List.of(
                "\"tools\": [{\"type\": \"namespace\", \"name\": \"n\", \"description\": \"\", \"tools\": [{\"type\": \"custom\","
                        + " \"name\": \"c\"}]}], \"input\": [{\"role\": \"user\", \"content\": \"q1\"}, {\"id\": \""
                        + item
                        + "\"}, {\"role\": \"user\", \"content\": \"q2\"}]",
                "\"previous_response_id\": \"" + id + "\", \"input\": \"q3\"");
        List<JsonNode> answers = requests.stream()
                .map(request -> keyed(fixture, "delete-" + requests.indexOf(request), request)
                        .json())
                .toList();
        assertThat(answers.get(0).at("/output/0/type").asText()).isEqualTo("custom_tool_call");
        assertThat(client(fixture).delete(id).status()).isEqualTo(200);
        for (int i = 0; i < requests.size(); i++) {
            JsonResponse again = keyed(fixture, "delete-" + i, requests.get(i));
            assertThat(again.json()).isEqualTo(answers.get(i));
            assertThat(again.header("x-o1-idempotency")).isEqualTo("replayed");
        }
        assertThat(error(keyed(fixture, "delete-2", requests.get(0)))).isEqualTo("404 response_not_found input[1].id");
        assertThat(error(keyed(fixture, "delete-2", requests.get(1))))
                .isEqualTo("404 response_not_found previous_response_id");
        assertThat(fixture.requests()).hasSize(3);
    }

    /** The client may send the body of a request for a stream, and need not send an input. */
    @InContainers
    void countsAnyRequest(GatewayFixture fixture) {
        fixture.script(Script.answer("x".repeat(4000)));
        String id = post(fixture, "\"input\": \"q0\"").json().path("id").asText();
        assertThat(count(fixture, "{" + NO_REASONING + ", \"stream\": true, \"input\": \"q1\"}"))
                .isBetween(5, 50);
        int continued = count(fixture, "{" + NO_REASONING + ", \"previous_response_id\": \"" + id + "\"}");
        assertThat(continued).isGreaterThan(100);
        for (String model : List.of("fake-model", "fake-model-pro")) {
            assertThat(count(fixture, "{\"model\": \"" + model + "\"}"))
                    .as(model)
                    .isPositive();
        }
        assertThat(count(fixture, "{" + NO_REASONING + ", \"instructions\": \"Be brief.\"}"))
                .isPositive();
        assertThat(error(client(fixture).countTokens("{\"messages\": []}"))).isEqualTo("400 invalid_request messages");
        assertThat(fixture.requests()).hasSize(1);
    }

    private static int count(GatewayFixture fixture, String body) {
        JsonResponse response = client(fixture).countTokens(body);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("content-type")).startsWith("application/json");
        return response.json().path("input_tokens").asInt();
    }

    @InContainers
    void answersAConversationThatWaits(GatewayFixture fixture) {
        fixture.script(Script.answer("a0"));
        String item = "{\"type\": \"message\", \"role\": \"user\", \"content\": \"q0\"}";
        String id = fixture.client()
                .send("/v1/conversations", ChatClient.postJson("{\"items\": [" + item + "]}"))
                .json()
                .path("id")
                .asText();
        String request = "\"conversation\": \"" + id + "\", \"input\": []";
        assertThat(post(fixture, request).json().at("/output/0/content/0/text").asText())
                .isEqualTo("a0");
        assertThat(fixture.request(0).body().at("/messages/0/content").asText()).isEqualTo("q0");
        JsonResponse again = post(fixture, request);
        assertThat(error(again)).isEqualTo("400 invalid_request input");
        assertThat(again.json().at("/error/message").asText()).endsWith("Add a new message to 'input'.");
        assertThat(fixture.requests()).hasSize(1);
    }
}
