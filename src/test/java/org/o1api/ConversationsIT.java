package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** Conversations by {@code conversation_id}, as the client and the upstream see them. */
class ConversationsIT {
    private static final String NO_REASONING = "\"reasoning_effort\": \"none\"";

    /** The messages of a call to the model: role and content of each. */
    private static List<String> prompt(GatewayFixture fixture, int call) {
        List<String> messages = new ArrayList<>();
        fixture.request(call)
                .body()
                .path("messages")
                .forEach(message -> messages.add(message.path("role").asText() + ": "
                        + message.path("content").asText()));
        return messages;
    }

    private static String in(String id) {
        return "\"conversation_id\": \"" + id + "\"";
    }

    private static String chat(String id, String messages, String... fields) {
        StringBuilder body =
                new StringBuilder("{" + in(id) + ", " + NO_REASONING + ", \"messages\": [" + messages + "]");
        for (String field : fields) {
            body.append(", ").append(field);
        }
        return body.append('}').toString();
    }

    private static String message(String role, String content) {
        return "{\"role\": \"" + role + "\", \"content\": " + FakeExchange.quoted(content) + "}";
    }

    private static List<String> items(ChatClient client, String id) {
        List<String> texts = new ArrayList<>();
        JsonNode data = client.get("/v1/conversations/" + id + "/items?order=asc&limit=100")
                .json()
                .path("data");
        data.forEach(
                item -> texts.add(item.path("role").asText(item.path("type").asText()) + ": "
                        + item.path("content").path(0).path("text").asText()));
        return texts;
    }

    @InContainers
    void continuesAfterTheLastTurn(GatewayFixture fixture) {
        fixture.script(Script.answer("Hello Ann."), Script.answer("Ann."), Script.answer("Yes."));
        ChatClient client = fixture.client();

        JsonResponse first = client.postQuestion("I am Ann.", in("goes-on"), NO_REASONING);
        try (ChatClient.Stream second = client.streamQuestion("Who am I?", in("goes-on"), NO_REASONING)) {
            List<Event> events = second.remainingEvents();
            assertThat(ChatClient.content(events)).isEqualTo("Ann.");
            assertThat(events.stream().filter(event -> !event.isDone()))
                    .allSatisfy(event -> assertThat(
                                    event.json().path("conversation_id").asText())
                            .isEqualTo("goes-on"));
        }
        client.postQuestion("Sure?", in("goes-on"), NO_REASONING);

        assertThat(first.json().path("conversation_id").asText()).isEqualTo("goes-on");
        assertThat(prompt(fixture, 1)).containsExactly("user: I am Ann.", "assistant: Hello Ann.", "user: Who am I?");
        assertThat(prompt(fixture, 2))
                .containsExactly(
                        "user: I am Ann.",
                        "assistant: Hello Ann.",
                        "user: Who am I?",
                        "assistant: Ann.",
                        "user: Sure?");
        assertThat(items(client, "goes-on"))
                .containsExactly(
                        "user: I am Ann.",
                        "assistant: Hello Ann.",
                        "user: Who am I?",
                        "assistant: Ann.",
                        "user: Sure?",
                        "assistant: Yes.");
    }

    @InContainers
    void storesReasoningButDoesNotSendItAgain(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));
        fixture.client().postQuestion("What?", in("thinks"));
        fixture.script(Script.answer("Yes."));
        fixture.client().postQuestion("Sure?", in("thinks"), NO_REASONING);

        assertThat(prompt(fixture, 0)).containsExactly("user: What?", "assistant: It is 42.", "user: Sure?");
        assertThat(fixture.request(0).body().toString()).doesNotContain("Second", "two");
        JsonNode reasoning = fixture.client()
                .get("/v1/conversations/thinks/items?order=asc")
                .json()
                .path("data")
                .path(1);
        assertThat(reasoning.path("type").asText()).isEqualTo("reasoning");
        assertThat(reasoning.path("summary")).hasSize(3);
        assertThat(reasoning.path("summary").path(1).path("text").asText()).isEqualTo("**Second**\n\ntwo");
    }

    @InContainers
    void storesARetriedStepOnce(GatewayFixture fixture) {
        fixture.script(
                exchange -> exchange.stream()
                        .text("{\"title\": \"Lost\", \"content\": \"half a")
                        .reset(),
                Script.answer(StepScripts.step("Kept", "one", "continue")),
                Script.answer(StepScripts.step("Second", "two", "continue")),
                Script.answer(StepScripts.step("Third", "three", "final_answer")),
                Script.answer("It is 42."));
        fixture.client().postQuestion("What?", in("retried"));

        JsonNode summary = fixture.client()
                .get("/v1/conversations/retried/items?order=asc")
                .json()
                .at("/data/1/summary");
        assertThat(summary).hasSize(3);
        assertThat(summary.path(0).path("text").asText()).isEqualTo("**Kept**\n\none");
    }

    @InContainers
    void recognizesAResentHistory(GatewayFixture fixture) {
        for (String format : List.of("reasoning_content", "think", "markdown", "details")) {
            String id = "resent-" + format;
            String field = "\"reasoning_format\": \"" + format + "\"";
            fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));
            JsonResponse first = fixture.client().postQuestion("What?", in(id), field);
            fixture.script(Script.answer("Yes."));
            JsonResponse second = fixture.client()
                    .post(chat(
                            id,
                            message("user", "What?") + ", " + message("assistant", first.content()) + ", "
                                    + message("user", "Sure?"),
                            field));

            assertThat(second.status()).as(format).isEqualTo(200);
            assertThat(prompt(fixture, 0))
                    .as(format)
                    .containsExactly("user: What?", "assistant: It is 42.", "user: Sure?");
            assertThat(items(fixture.client(), id))
                    .as(format)
                    .containsExactly(
                            "user: What?", "reasoning: ", "assistant: It is 42.", "user: Sure?", "assistant: Yes.");
        }
    }

    @InContainers
    void stripsReasoningFromEarlierMessages(GatewayFixture fixture) {
        String thought = "<think>Hm.</think>\n\nYes.";
        String text = "{\"type\": \"text\", \"text\": " + FakeExchange.quoted(thought) + "}";
        for (String content : List.of(FakeExchange.quoted(thought), "[" + text + "]")) {
            fixture.script(Script.answer("Sure."));
            fixture.client()
                    .post("{" + NO_REASONING + ", \"messages\": [{\"role\": \"assistant\", \"content\": " + content
                            + "}, " + message("user", "Sure?") + "]}");
            assertThat(fixture.request(0).body().toString()).contains("Yes.").doesNotContain("Hm.", "think");
        }
    }

    @InContainers
    void doesNotStoreAFailedTurn(GatewayFixture fixture) {
        fixture.script(
                Script.error(400, "no"),
                exchange -> exchange.stream().text("Half").reset(),
                Script.answer("Yes."));
        ChatClient client = fixture.client();
        assertThat(client.postQuestion("One?", in("fails"), NO_REASONING).status())
                .isEqualTo(400);
        assertThat(client.get("/v1/conversations/fails").status()).isEqualTo(404);
        try (ChatClient.Stream stream = client.streamQuestion("Two?", in("fails"), NO_REASONING)) {
            List<Event> events = stream.remainingEvents();
            assertThat(events.get(events.size() - 1).name()).isEqualTo("error");
        }
        assertThat(client.get("/v1/conversations/fails").status()).isEqualTo(404);
        client.postQuestion("Three?", in("fails"), NO_REASONING);
        assertThat(prompt(fixture, 2)).containsExactly("user: Three?");
        assertThat(items(client, "fails")).containsExactly("user: Three?", "assistant: Yes.");
    }

    @InContainers(config = "heartbeat: 50ms")
    void doesNotStoreATurnAfterADisconnect(GatewayFixture fixture) {
        fixture.script(exchange -> exchange.stream().text("Half").awaitDisconnect());
        try (ChatClient.Stream stream = fixture.client().streamQuestion("One?", in("leaves"), NO_REASONING)) {
            while (!"Half"
                    .equals(java.util.Objects.requireNonNull(stream.next()).content())) {
                // until the answer has started
            }
        }
        fixture.awaitAborted(java.time.Duration.ofSeconds(5));
        fixture.script(Script.answer("Yes."));
        fixture.client().postQuestion("Two?", in("leaves"), NO_REASONING); // waits for the lease
        assertThat(prompt(fixture, 0)).containsExactly("user: Two?");
    }

    private static UnaryOperator<java.net.http.HttpRequest.Builder> keyed(String key, String body) {
        return request -> ChatClient.postJson(body).apply(request.header("Idempotency-Key", key));
    }

    private static JsonResponse sent(GatewayFixture fixture, String key, String body) {
        return fixture.client().send("/v1/chat/completions", keyed(key, body));
    }

    @InContainers
    void answersAnIdempotentRequestOnce(GatewayFixture fixture) {
        String body = "{\"conversation_id\": \"once\", \"messages\": [" + message("user", "What?") + "]}";
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));
        JsonResponse first = sent(fixture, "k1", body);
        JsonResponse again = sent(fixture, "k1", body);
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(fixture.requests()).hasSize(4);

        try (ChatClient.Stream streamed =
                fixture.client().stream(keyed("k1", body.replace("\"messages\"", "\"stream\" :true,\n\"messages\"")))) {
            List<Event> events = streamed.remainingEvents();
            assertThat(ChatClient.content(events)).isEqualTo("It is 42.");
            assertThat(ChatClient.reasoning(events)).isEqualTo(StepScripts.THREE_STEPS_TEXT);
            assertThat(events.get(0).json().path("id")).isEqualTo(first.json().path("id"));
            assertThat(events.get(events.size() - 1).isDone()).isTrue();
        }
        assertThat(fixture.requests()).hasSize(4);

        JsonResponse other = sent(fixture, "k1", body.replace("What?", "Why?"));
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.json().at("/error/code").asText()).isEqualTo("idempotency_key_reused");

        fixture.script(Script.answer("More."));
        assertThat(sent(fixture, "k2", chat("once", message("user", "More?"))).status())
                .isEqualTo(200);
        assertThat(items(fixture.client(), "once")).hasSize(5);
    }

    @InContainers(config = "legacy_response: true")
    void replaysStepsInTheContent(GatewayFixture fixture) {
        String body = "{\"conversation_id\": \"shown\", \"reasoning_format\": \"markdown\", \"messages\": ["
                + message("user", "What?") + "]}";
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));
        JsonNode first = sent(fixture, "k1", body).json();
        JsonNode again = sent(fixture, "k1", body).json();
        assertThat(again.path("choices")).isEqualTo(first.path("choices"));
        assertThat(titlesAndTexts(again)).isEqualTo(titlesAndTexts(first)).hasSize(4);
        assertThat(fixture.requests()).hasSize(4);
    }

    private static List<String> titlesAndTexts(JsonNode reply) {
        List<String> steps = new ArrayList<>();
        reply.path("steps").forEach(step -> steps.add(step.path(0) + " " + step.path(1)));
        return steps;
    }

    @InContainers
    void keepsTheIdOfARepeatedRequest(GatewayFixture fixture) {
        String body = chat("one-id", message("user", "What?"));
        fixture.script(exchange -> exchange.stream().text("Half").reset(), Script.answer("It is 42."));
        try (ChatClient.Stream broken =
                fixture.client().stream(keyed("k1", body.replaceFirst("\\{", "{\"stream\": true, ")))) {
            List<Event> events = broken.remainingEvents();
            assertThat(events.get(events.size() - 1).name()).isEqualTo("error");
            JsonResponse complete = sent(fixture, "k1", body);
            assertThat(complete.content()).isEqualTo("It is 42.");
            assertThat(complete.json().path("id"))
                    .isEqualTo(events.get(0).json().path("id"));
        }
    }

    @InContainers
    void rejectsARepeatedRequestWhileTheFirstIsRunning(GatewayFixture fixture) throws InterruptedException {
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch received = new CountDownLatch(1);
        fixture.script(exchange -> {
            received.countDown();
            exchange.await(goOn).stream()
                    .text("Yes.")
                    .finish("stop")
                    .usage(10, 5)
                    .done();
        });
        String body = chat("running", message("user", "One?"));
        List<JsonResponse> answers = new ArrayList<>();
        Thread first = new Thread(() -> answers.add(sent(fixture, "k", body)));
        first.start();
        received.await();
        assertThat(sent(fixture, "k", body).status()).isEqualTo(409);
        assertThat(sent(fixture, "k", body.replace("One", "Two")).status()).isEqualTo(422);
        goOn.countDown();
        first.join();
        assertThat(answers.get(0).content()).isEqualTo("Yes.");
        assertThat(sent(fixture, "k", body).content()).isEqualTo("Yes.");
        assertThat(fixture.requests()).hasSize(1);
    }

    @InContainers
    void storesToolCallsAndTheirResults(GatewayFixture fixture) {
        fixture.script(
                Script.toolCalls("weather", "{\"city\": \"Rome\"}"), Script.answer("Sunny."), Script.answer("Bye."));
        String tools =
                "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"parameters\": {}}}]";
        fixture.client().post(chat("tools", message("user", "Weather?"), tools));
        fixture.client()
                .post(chat(
                        "tools", "{\"role\": \"tool\", \"tool_call_id\": \"call_1\", \"content\": \"25 C\"}", tools));
        fixture.client().post(chat("tools", message("user", "Bye."), tools));

        JsonNode messages = fixture.request(2).body().path("messages");
        assertThat(messages).hasSize(5);
        fixture.script(Script.answer("Again."));
        assertThat(fixture.client()
                        .post(chat(
                                "tools",
                                message("user", "Weather?")
                                        + ", {\"role\": \"assistant\", \"content\": \"\", \"tool_calls\": [{\"id\": \"call_1\","
                                        + " \"type\": \"function\", \"function\": {\"name\": \"weather\","
                                        + " \"arguments\": \"{\\\"city\\\":\\\"Rome\\\"}\"}}]}, "
                                        + "{\"role\": \"tool\", \"tool_call_id\": \"call_1\", \"content\": \"25 C\"}, "
                                        + message("assistant", "Sunny.") + ", " + message("user", "Bye.") + ", "
                                        + message("assistant", "Bye.") + ", " + message("user", "Again?"),
                                tools))
                        .status())
                .isEqualTo(200);
        assertThat(fixture.request(0).body().path("messages")).hasSize(7);

        assertThat(messages.at("/1/tool_calls/0/function/arguments").asText()).isEqualTo("{\"city\": \"Rome\"}");
        assertThat(messages.at("/1/content").isNull()).isTrue();
        assertThat(messages.at("/2/tool_call_id").asText()).isEqualTo("call_1");
        List<String> types = new ArrayList<>();
        fixture.client()
                .get("/v1/conversations/tools/items?order=asc")
                .json()
                .path("data")
                .forEach(item -> types.add(item.path("type").asText()));
        assertThat(types)
                .containsExactly(
                        "message",
                        "function_call",
                        "function_call_output",
                        "message",
                        "message",
                        "message",
                        "message",
                        "message");
    }

    @InContainers(
            config = {
                "presets: { small: { history: { tokens: 40 }, steps: { max: 0 } },"
                        + " telling: { history: { reasoning: true } } }"
            })
    void dropsTheOldestTurnsButKeepsTheirInstructions(GatewayFixture fixture) {
        fixture.dispatch(request -> Script.answer("Yes."));
        String model = "\"model\": \"small\"";
        fixture.client()
                .post(chat("small", message("system", "Be brief.") + ", " + message("user", "Question one?"), model));
        for (String word : List.of("two", "three", "four", "five")) {
            fixture.client().post(chat("small", message("user", "Question " + word + "?"), model));
        }
        List<String> last = prompt(fixture, 4);
        assertThat(last).startsWith("system: Be brief.").endsWith("user: Question five?");
        assertThat(last).contains("user: Question four?").doesNotContain("user: Question one?");
        assertThat(items(fixture.client(), "small")).hasSize(11);
    }

    @InContainers(config = "presets: { telling: { history: { reasoning: true } } }")
    void sendsReasoningIfThePresetRequiresIt(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));
        fixture.client().postQuestion("What?", in("telling"));
        fixture.script(Script.answer("Yes."));
        fixture.client().postQuestion("Sure?", in("telling"), NO_REASONING);
        assertThat(fixture.request(0).body().at("/messages/1/reasoning_content").asText())
                .contains("**Second**\n\ntwo");
    }

    @InContainers
    void rejectsAnEditedHistory(GatewayFixture fixture) {
        fixture.script(Script.answer("Yes."));
        fixture.client().postQuestion("One?", in("differs"), NO_REASONING);
        JsonResponse answer = fixture.client()
                .post(chat(
                        "differs",
                        message("user", "One?") + ", " + message("assistant", "No.") + ", " + message("user", "Two?")));
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().at("/error/code").asText()).isEqualTo("conversation_differs");
        assertThat(answer.json().at("/error/param").asText()).isEqualTo("messages");
        assertThat(fixture.requests()).hasSize(1);
    }

    @InContainers
    void rejectsInvalidIds(GatewayFixture fixture) {
        for (String id : List.of("", ".", "..", "a b", "a/b", "é", "x".repeat(129))) {
            JsonResponse answer = fixture.client().postQuestion("?", in(id));
            assertThat(answer.status()).as(id).isEqualTo(400);
            assertThat(answer.json().at("/error/param").asText()).as(id).isEqualTo("conversation_id");
        }
        fixture.script(Script.answer("Yes."));
        String longest = "aA0._:@~-" + "x".repeat(119);
        assertThat(fixture.client().postQuestion("?", in(longest), NO_REASONING).status())
                .isEqualTo(200);
        assertThat(fixture.client().get("/v1/conversations/" + longest).status())
                .isEqualTo(200);
        JsonResponse unknown = fixture.client().postQuestion("?", in("conv_" + "0".repeat(48)));
        assertThat(unknown.status()).isEqualTo(404);
    }
}
