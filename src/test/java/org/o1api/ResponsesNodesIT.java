package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.Container;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.Postgres;
import org.o1api.testing.ResponsesClient;
import org.o1api.testing.ResponsesClient.Event;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** Responses that are stored on one node and used on another one, with one database. */
@Tag("alone")
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResponsesNodesIT {
    private static final String NO_REASONING = "\"reasoning\": {\"effort\": \"none\"}";
    private static final String TOOL =
            "\"tools\": [{\"type\": \"function\", \"name\": \"f\", \"parameters\": {\"type\": \"object\"}}]";

    /** What the provider streams after the first word of an answer to a question with "Wait": nothing until this is counted down. */
    private volatile CountDownLatch answers = new CountDownLatch(0);

    private final FakeUpstream upstream = FakeUpstream.dispatching(this::reply);
    private final RunningGateway first;
    private final RunningGateway second;
    private final ResponsesClient a;
    private final ResponsesClient b;

    /** Turns that must not wait for each other would not get their turn in time. */
    ResponsesNodesIT() {
        String config = "api_bearer_token: " + GatewayFixture.KEY + "\ndefault_model: fake-model\ndefault_api_url: "
                + upstream.url() + "\nconversations: { url: \"" + Postgres.emptyDatabase() + "\", wait: 1s }\n";
        first = Container.TOMCAT.start(config);
        second = Container.JETTY.start(config);
        a = new ResponsesClient(first.client(GatewayFixture.KEY));
        b = new ResponsesClient(second.client(GatewayFixture.KEY));
    }

    @AfterAll
    void stop() {
        first.close();
        second.close();
        upstream.close();
    }

    /** The number of messages and the last one, or a step and a call of the tool. */
    private Script reply(FakeUpstream.Request request) {
        if (request.asksForJson()) {
            return Script.answer(StepScripts.step("Think", "Shown to nobody.", "final_answer"));
        }
        JsonNode messages = request.body().path("messages");
        String answer = messages.size() + " " + request.lastMessage();
        if (request.lastMessage().startsWith("Wait")) {
            CountDownLatch end = answers;
            return exchange -> exchange.stream()
                    .text(answer)
                    .await(end)
                    .finish("stop")
                    .usage(10, 5)
                    .done();
        }
        return request.text().contains("Call the tool") ? Script.toolCalls("f", "{}") : Script.answer(answer);
    }

    private static JsonNode answer(ResponsesClient client, String fields) {
        JsonResponse response = client.post("{" + NO_REASONING + ", " + fields + "}");
        assertThat(response.status()).as(response.response().body()).isEqualTo(200);
        return response.json();
    }

    private static String text(JsonNode response) {
        return response.at("/output/0/content/0/text").asText();
    }

    private static String id(JsonNode response) {
        return response.path("id").asText();
    }

    private static String after(JsonNode response) {
        return "\"previous_response_id\": \"" + id(response) + "\"";
    }

    private static String error(JsonResponse response) {
        return response.status() + " " + response.json().at("/error/code").asText();
    }

    private static JsonNode lastResponse(ResponsesClient.Stream stream) {
        Event last = ResponsesClient.last(stream.remainingEvents());
        assertThat(last.name()).isEqualTo("response.completed");
        return last.response();
    }

    private String lastCall() {
        List<FakeUpstream.Request> requests = upstream.requests();
        return requests.get(requests.size() - 1).text();
    }

    @Test
    void showsContinuesAndReadsWhatTheOtherNodeStored() {
        JsonNode one;
        try (ResponsesClient.Stream stream = a.stream("{" + NO_REASONING + ", \"input\": \"q0\"}")) {
            one = lastResponse(stream);
        }
        assertThat(b.get(id(one)).json()).isEqualTo(one);
        assertThat(b.get(id(one) + "/input_items")
                        .json()
                        .at("/data/0/content/0/text")
                        .asText())
                .isEqualTo("q0");
        JsonNode two = answer(b, after(one) + ", \"input\": \"q1\"");
        assertThat(text(two)).isEqualTo("3 q1");
        JsonNode three = answer(a, after(two) + ", \"input\": \"q2\"");
        assertThat(text(three)).isEqualTo("5 q2");
        assertThat(a.get(id(two)).json()).isEqualTo(two);

        JsonNode referring = answer(
                b,
                "\"input\": [{\"role\": \"user\", \"content\": \"q\"}, {\"type\": \"item_reference\", \"id\": "
                        + three.at("/output/0/id") + "}, {\"role\": \"user\", \"content\": \"q3\"}]");
        assertThat(text(referring)).isEqualTo("3 q3");
        assertThat(lastCall()).contains("5 q2");
    }

    @Test
    void continuesAConversationOnAnyNodeAndApi() {
        String inConversation = "\"conversation\": \"walks\", \"input\": ";
        ChatClient chat = second.client(GatewayFixture.KEY);
        assertThat(text(answer(a, inConversation + "\"q0\""))).isEqualTo("1 q0");
        assertThat(chat.postQuestion("q1", "\"conversation_id\": \"walks\"", "\"reasoning_effort\": \"none\"")
                        .content())
                .isEqualTo("3 q1");
        JsonNode last = answer(a, inConversation + "\"q2\"");
        assertThat(text(last)).isEqualTo("5 q2");
        JsonNode items = chat.get("/v1/conversations/walks/items").json().path("data");
        assertThat(items).hasSize(6);
        assertThat(items.get(0)).isEqualTo(last.at("/output/0"));
        assertThat(text(answer(b, after(last) + ", \"input\": \"q3\""))).isEqualTo("7 q3");
        assertThat(chat.get("/v1/conversations/walks/items").json().path("data"))
                .isEqualTo(items);
    }

    /** The nodes share the key by which reasoning is encrypted. */
    @Test
    void readsReasoningThatTheOtherNodeEncrypted() {
        String request = "{\"store\": false, \"include\": [\"reasoning.encrypted_content\"], "
                + "\"reasoning\": {\"effort\": \"minimal\"}, " + TOOL
                + ", \"input\": [{\"role\": \"user\", \"content\": ";
        for (List<ResponsesClient> nodes : List.of(List.of(a, b), List.of(b, a))) {
            JsonNode output =
                    nodes.get(0).post(request + "\"Call the tool\"}]}").json().path("output");
            assertThat(output.at("/0/encrypted_content").asText()).isNotEmpty().doesNotContain("Shown");
            JsonResponse next = nodes.get(1)
                    .post(request + "\"q\"}, {\"type\": \"reasoning\", \"summary\": [], \"encrypted_content\": "
                            + output.at("/0/encrypted_content") + "}, " + output.get(1)
                            + ", {\"type\": \"function_call_output\", \"call_id\": \"call_1\", \"output\": \"x\"}]}");
            assertThat(next.status()).isEqualTo(200);
            assertThat(lastCall()).contains("Shown to nobody.");
        }
    }

    @Test
    void deletesWhatTheOtherNodeStored() {
        JsonNode one = answer(a, "\"input\": \"q0\"");
        JsonNode two = answer(b, after(one) + ", \"input\": \"q1\"");
        assertThat(b.delete(id(one)).status()).isEqualTo(200);
        assertThat(error(a.get(id(one)))).isEqualTo("404 response_not_found");
        assertThat(error(a.get(id(one) + "/input_items"))).isEqualTo("404 response_not_found");
        assertThat(error(a.delete(id(one)))).isEqualTo("404 response_not_found");
        assertThat(a.get(id(two)).json()).isEqualTo(two);
        for (JsonNode previous : List.of(one, two)) {
            assertThat(error(a.post("{" + after(previous) + ", \"input\": \"q2\"}")))
                    .isEqualTo("404 response_not_found");
        }
    }

    @Test
    void answersARepeatedRequestOnceOnAllNodes() {
        JsonNode previous = answer(a, "\"input\": \"q0\"");
        for (String where : List.of("", after(previous) + ", ", "\"conversation\": \"repeated\", ")) {
            String body = "{" + NO_REASONING + ", " + where + "\"input\": \"Wait\"}";
            answers = new CountDownLatch(1);
            String key = "key " + where.length();
            JsonNode stored;
            try (ResponsesClient.Stream stream = a.withKey(key).stream(body)) {
                stream.next("response.output_text.delta");
                JsonResponse early = b.withKey(key).post(body);
                assertThat(error(early)).isEqualTo("409 idempotency_key_in_use");
                assertThat(early.header("Retry-After")).isEqualTo("1");
                answers.countDown();
                stored = lastResponse(stream);
            }
            int calls = upstream.requests().size();
            JsonResponse again = b.withKey(key).post(body);
            assertThat(again.header("x-o1-idempotency")).isEqualTo("replayed");
            assertThat(again.json()).isEqualTo(stored);
            try (ResponsesClient.Stream stream = b.withKey(key).stream(body)) {
                assertThat(lastResponse(stream)).isEqualTo(stored);
            }
            assertThat(error(b.withKey(key).post(body.replace("Wait", "Wait!"))))
                    .isEqualTo("422 idempotency_key_reused");
            assertThat(upstream.requests()).hasSize(calls);
        }
    }

    /** Each of the turns has begun before any of them may end. */
    @Test
    void runsForksAtTheSameTime() {
        JsonNode unnamed = answer(a, "\"input\": \"q0\"");
        JsonNode named = answer(b, "\"conversation\": \"forked\", \"input\": \"q0\"");
        answers = new CountDownLatch(1);
        List<ResponsesClient.Stream> streams = new ArrayList<>();
        for (ResponsesClient node : List.of(a, b, a)) {
            streams.add(node.stream("{" + NO_REASONING + ", " + after(unnamed) + ", \"input\": \"Wait\"}"));
            streams.add(node.stream("{" + NO_REASONING + ", " + after(named) + ", \"input\": \"Wait\"}"));
        }
        streams.add(a.stream("{" + NO_REASONING + ", \"conversation\": \"forked\", \"input\": \"Wait\"}"));
        for (ResponsesClient.Stream stream : streams) {
            assertThat(stream.next("response.output_text.delta").text("delta")).isEqualTo("3 Wait");
        }
        assertThat(error(b.post("{" + NO_REASONING + ", \"conversation\": \"forked\", \"input\": \"q1\"}")))
                .isEqualTo("409 conversation_busy");
        answers.countDown();
        for (ResponsesClient.Stream stream : streams) {
            JsonNode fork = lastResponse(stream);
            stream.close();
            assertThat(text(answer(b, after(fork) + ", \"input\": \"q1\""))).isEqualTo("5 q1");
        }
        assertThat(text(answer(b, "\"conversation\": \"forked\", \"input\": \"q1\"")))
                .isEqualTo("5 q1");
    }
}
