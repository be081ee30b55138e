package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.InOneContainer;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** The history that is sent to the provider: every tool call has a result, and unknown fields are kept byte for byte. */
@InOneContainer
class MessageHistoryIT {
    private static final String MISSING_RESULT =
            "tool: This tool call was not run: the conversation went on without its result.";
    private static final String TOOLS = "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\"}}]";

    private static String chat(String conversation, String messages, String... fields) {
        String more = fields.length == 0 ? "" : ", " + String.join(", ", fields);
        return "{\"conversation_id\": \"" + conversation + "\", \"messages\": [" + messages + "]" + more + "}";
    }

    private static String chatWithoutReasoning(String conversation, String messages) {
        return chat(conversation, messages, "\"reasoning_effort\": \"none\"", TOOLS);
    }

    private static String user(String text) {
        return "{\"role\": \"user\", \"content\": " + FakeExchange.quoted(text) + "}";
    }

    private static String result(String id, String text) {
        return "{\"role\": \"tool\", \"tool_call_id\": \"" + id + "\", \"content\": " + FakeExchange.quoted(text) + "}";
    }

    private static List<String> sent(GatewayFixture fixture, int call) {
        List<String> messages = new ArrayList<>();
        for (JsonNode message : fixture.request(call).body().path("messages")) {
            messages.add(message.path("role").asText() + ": "
                    + message.path("tool_call_id").asText()
                    + message.path("content").asText(""));
        }
        return messages;
    }

    @InContainers
    void addsAResultForUnansweredToolCalls(GatewayFixture fixture) {
        fixture.script(Script.toolCalls("f", "{}", "f", "{}"), Script.answer("Ah."), Script.answer("Well."));
        assertThat(fixture.client()
                        .post(chatWithoutReasoning("unanswered", user("Rome?")))
                        .status())
                .isEqualTo(200);
        fixture.client().post(chatWithoutReasoning("unanswered", result("call_2", "Sunny.") + "," + user("And?")));
        fixture.client().post(chatWithoutReasoning("unanswered", result("call_1", "Late.")));

        String notRun = MISSING_RESULT.replace("tool: ", "tool: call_1");
        assertThat(sent(fixture, 1))
                .containsExactly("user: Rome?", "assistant: ", "tool: call_2Sunny.", notRun, "user: And?");
        assertThat(sent(fixture, 2))
                .containsExactly(
                        "user: Rome?",
                        "assistant: ",
                        "tool: call_2Sunny.",
                        notRun,
                        "user: And?",
                        "assistant: Ah.",
                        "user: The result of the tool call \"call_1\":\nLate.");
        assertThat(fixture.client()
                        .get("/v1/conversations/unanswered/items?limit=100")
                        .response()
                        .body())
                .contains("Late.", "Sunny.")
                .doesNotContain("not run", "The result of");
    }

    @InContainers
    void addsTheResultInStepsToo(GatewayFixture fixture) {
        JsonNode created = fixture.client()
                .send(
                        "/v1/conversations",
                        ChatClient.postJson(
                                "{\"items\": [{\"type\": \"message\", \"role\": \"user\", \"content\": \"Rome?\"},"
                                        + "{\"type\": \"function_call\", \"call_id\": \"c\", \"name\": \"f\", \"arguments\": \"{}\"}]}"))
                .json();
        fixture.script(Script.answer(StepScripts.step("T", "c", "final_answer")), Script.answer("Yes."));

        JsonResponse answer = fixture.client()
                .post(chat(created.path("id").asText(), user("Hi"), "\"reasoning_effort\": \"minimal\"", TOOLS));

        assertThat(answer.content()).isEqualTo("Yes.");
        for (int call = 0; call < 2; call++) {
            assertThat(sent(fixture, call).subList(1, 5))
                    .containsExactly(
                            "user: Rome?", "assistant: ", MISSING_RESULT.replace("tool: ", "tool: c"), "user: Hi");
        }
    }

    @InContainers
    void leavesHistoriesWithoutAConversationUnchanged(GatewayFixture fixture) {
        fixture.script(Script.answer("Yes."));
        fixture.client()
                .post("{\"reasoning_effort\": \"none\", \"messages\": [" + user("a")
                        + ", {\"role\": \"assistant\", \"tool_calls\": [{\"id\": \"c\"}]}, " + user("b") + "]}");
        assertThat(sent(fixture, 0)).containsExactly("user: a", "assistant: ", "user: b");
    }

    @InContainers
    void storesUnknownFieldsByteForByte(GatewayFixture fixture) {
        String odd =
                "{ \"n\":1e999,\"n\" : 12345678901234567890.1234567890, \"e\":[1E2,-0.0],\"s\":\"\\u0041\\ud83d\\ude00\" }";
        String parts = "[ {\"type\":\"text\",\"text\":\"\\u0061\",\"x\":" + odd + "} ]";
        String calls = "[ {\"id\":\"c\",\"extra_content\":" + odd
                + ",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]";
        fixture.script(Script.answer("One."), Script.answer("Two."));

        fixture.client()
                .post(chatWithoutReasoning(
                        "bytes",
                        "{\"role\": \"user\", \"content\": " + parts + ", \"y\": " + odd
                                + "}, {\"role\": \"assistant\", \"tool_calls\": " + calls + "}, " + result("c", "42")));
        fixture.client().post(chatWithoutReasoning("bytes", user("And?")));

        assertThat(fixture.requests())
                .hasSize(2)
                .allSatisfy(request -> assertThat(request.text())
                        .contains("\"content\":" + parts + ",\"y\":" + odd, "\"tool_calls\":" + calls));
    }

    @InContainers
    void describesAnAnswerThatIsOnlyImages(GatewayFixture fixture) {
        String image =
                "{\"images\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,iVBORw0KGgo=\"}}]}";
        Script draw = exchange -> exchange.stream().delta(image).finish("stop").done();
        fixture.script(draw, Script.answer("One."), Script.answer("Two."));
        fixture.client().post(chatWithoutReasoning("images", user("Draw.")));
        fixture.client().post(chatWithoutReasoning("images", user("And?")));
        String fullHistory = user("Draw.") + ", {\"role\": \"assistant\", \"content\": \"\"}, " + user("And?")
                + ", {\"role\": \"assistant\", \"content\": \"One.\"}, " + user("So?");
        assertThat(fixture.client()
                        .post(chatWithoutReasoning("images", fullHistory))
                        .status())
                .isEqualTo(200);

        assertThat(sent(fixture, 1)).containsExactly("user: Draw.", "assistant: (an image)", "user: And?");
        assertThat(sent(fixture, 2))
                .containsExactly("user: Draw.", "assistant: (an image)", "user: And?", "assistant: One.", "user: So?");
        assertThat(fixture.client()
                        .get("/v1/conversations/images/items?limit=100")
                        .response()
                        .body())
                .contains("Draw.")
                .doesNotContain("an image");
    }

    @InContainers
    void alwaysClosesTheThinkBlock(GatewayFixture fixture) {
        Script nothing = exchange -> exchange.stream().text("").finish("length").done();
        Script[] steps = {Script.answer(StepScripts.step("T", "a</think>b", "final_answer")), nothing};
        String[] fields = {"\"reasoning_effort\": \"minimal\"", "\"reasoning_format\": \"think\""};
        String shown = "<think>## Step 1: T\na<\\/think>b</think>";

        fixture.script(steps);
        assertThat(fixture.client().postQuestion("?", fields).content()).isEqualTo(shown);
        fixture.script(steps);
        try (ChatClient.Stream stream = fixture.client().streamQuestion("?", fields)) {
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo(shown);
        }
    }

    @InContainers
    void recognizesAResentThinkBlockWithATagInIt(GatewayFixture fixture) {
        String fields = "\"reasoning_format\": \"think\"";
        String minimal = "\"reasoning_effort\": \"minimal\"";
        fixture.script(
                Script.answer(StepScripts.step("T", "a</think>b", "final_answer")),
                Script.answer("Yes."),
                Script.answer("No."));
        String content =
                fixture.client().post(chat("think", user("?"), fields, minimal)).content();
        assertThat(content).isEqualTo("<think>## Step 1: T\na<\\/think>b</think>Yes.");

        JsonResponse second = fixture.client()
                .post(chat(
                        "think",
                        user("?") + ", {\"role\": \"assistant\", \"content\": " + FakeExchange.quoted(content) + "}, "
                                + user("Sure?"),
                        fields,
                        "\"reasoning_effort\": \"none\""));
        assertThat(second.status()).isEqualTo(200);
        assertThat(sent(fixture, 2)).containsExactly("user: ?", "assistant: Yes.", "user: Sure?");
    }

    private static String answered(String content) {
        return "{\"role\": \"assistant\", \"content\": " + FakeExchange.quoted(content) + "}";
    }

    /** The reply ended before the answer started, so the client can only send back a think block. */
    @InContainers
    void recognizesAResentAnswerThatIsOnlyAThinkBlock(GatewayFixture fixture) {
        String fields = "\"reasoning_format\": \"think\"";
        Script nothing = exchange -> exchange.stream().text("").finish("length").done();
        fixture.script(
                Script.answer(StepScripts.step("T", "a", "final_answer")),
                nothing,
                Script.answer("Yes."),
                Script.answer("No."));
        String content = fixture.client()
                .post(chat("only-thinks", user("?"), fields, "\"reasoning_effort\": \"minimal\""))
                .content();
        assertThat(content).isEqualTo("<think>## Step 1: T\na</think>");

        String resent = user("?") + ", " + answered(content) + ", " + user("Sure?");
        assertThat(fixture.client()
                        .post(chatWithoutReasoning("only-thinks", resent))
                        .content())
                .isEqualTo("Yes.");
        resent += ", " + answered("Yes.") + ", " + user("Really?");
        assertThat(fixture.client()
                        .post(chatWithoutReasoning("only-thinks", resent))
                        .content())
                .isEqualTo("No.");

        assertThat(sent(fixture, 2)).containsExactly("user: ?", "user: Sure?");
        assertThat(sent(fixture, 3)).containsExactly("user: ?", "user: Sure?", "assistant: Yes.", "user: Really?");
    }

    @InContainers
    void removesThinkBlocksFromAClientsHistory(GatewayFixture fixture) {
        fixture.script(Script.answer("Yes."), Script.answer("No."), Script.answer("Well."));
        String history = user("a") + ", " + answered("<think>b</think>") + ", " + user("c") + ", "
                + answered("<think>d</think>e") + ", " + user("f");
        String more = history + ", " + answered("Yes.") + ", " + user("g");

        assertThat(fixture.client()
                        .post(chatWithoutReasoning("brought", history))
                        .content())
                .isEqualTo("Yes.");
        assertThat(fixture.client().post(chatWithoutReasoning("brought", more)).content())
                .isEqualTo("No.");
        fixture.client().post("{\"reasoning_effort\": \"none\", \"messages\": [" + history + "]}");

        String[] brought = {"user: a", "user: c", "assistant: e", "user: f"};
        assertThat(sent(fixture, 0)).containsExactly(brought);
        assertThat(sent(fixture, 1))
                .startsWith(brought)
                .endsWith("assistant: Yes.", "user: g")
                .hasSize(6);
        assertThat(sent(fixture, 2)).containsExactly(brought);
        assertThat(fixture.requests()).noneMatch(request -> request.text().contains("think"));
    }

    @InContainers
    void showsATitleAfterTheModelsOwnReasoning(GatewayFixture fixture) {
        fixture.script(
                Script.answer("Let me see.\n</think>\n" + StepScripts.step("T", "c", "final_answer")),
                Script.answer("Yes."));
        JsonResponse answer = fixture.client().postQuestion("?", "\"reasoning_effort\": \"minimal\"");
        assertThat(answer.reasoning()).isEqualTo("## Step 1\nLet me see.\n\n\n### T\nc");
    }
}
