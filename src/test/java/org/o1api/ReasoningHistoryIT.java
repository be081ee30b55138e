package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.o1api.testing.ChatClient;
import org.o1api.testing.FakeUpstream.Request;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.InOneContainer;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** Earlier reasoning, sent to providers that require it and omitted for those that reject it. */
@InOneContainer
class ReasoningHistoryIT {
    private static final String PRESETS =
            "presets: { whole: { model: m1 }, streamed: { model: m2 }, stored: { model: m3 }, dropped: { model: m4 } }";

    private static final String CALL =
            "\"tool_calls\": [{\"id\": \"c1\", \"type\": \"function\", \"function\": {\"name\": \"f\", \"arguments\": \"{}\"}}]";
    private static final String USER = "{\"role\": \"user\", \"content\": \"Weather?\"}";
    private static final String RESULT = "{\"role\": \"tool\", \"tool_call_id\": \"c1\", \"content\": \"Sunny.\"}";

    private static String request(String model, String effort, String messages, String... fields) {
        return "{\"model\": \"" + model + "\", \"reasoning_effort\": \"" + effort + "\", \"messages\": [" + messages
                + "], \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\"}}]"
                + (fields.length == 0 ? "" : ", " + String.join(", ", fields)) + "}";
    }

    private static String history(String reasoning) {
        return USER + ", {\"role\": \"assistant\", \"content\": null" + reasoning + ", " + CALL + "}, " + RESULT;
    }

    private static Script stepOrAnswer(Request request) {
        return request.body().has("response_format")
                ? Script.answer(StepScripts.step("T", "c", "final_answer"))
                : Script.answer("Yes.");
    }

    private static JsonNode toolCallMessage(Request request) {
        for (JsonNode message : request.body().path("messages")) {
            if (message.has("tool_calls")) {
                return message;
            }
        }
        return request.body().path("none");
    }

    private static Script requireReasoning(Request request) {
        JsonNode toolCallMessage = toolCallMessage(request);
        return toolCallMessage.isMissingNode()
                        || !toolCallMessage.path("reasoning_content").asText().isEmpty()
                ? stepOrAnswer(request)
                : Script.error(400, "thinking is enabled but reasoning_content is missing in message 1");
    }

    private static List<String> sent(GatewayFixture fixture) {
        List<String> all = new ArrayList<>();
        fixture.requests()
                .forEach(request -> all.add(
                        toolCallMessage(request).path("reasoning_content").asText("-")));
        return all;
    }

    @InContainers(config = PRESETS)
    void isSentToAProviderThatRequiresIt(GatewayFixture fixture) {
        fixture.dispatch(ReasoningHistoryIT::requireReasoning);
        String messages = history(", \"reasoning_content\": \"I need it.\"");
        assertThat(fixture.client().post(request("whole", "minimal", messages)).content())
                .isEqualTo("Yes.");
        assertThat(sent(fixture)).containsExactly("-", "I need it.", "I need it.");

        assertThat(fixture.client().post(request("whole", "none", history(""))).content())
                .isEqualTo("Yes.");
        assertThat(sent(fixture)).hasSize(4).endsWith(" ");
    }

    @InContainers(config = PRESETS)
    void isSentToAProviderThatRequiresItInAStream(GatewayFixture fixture) {
        fixture.dispatch(ReasoningHistoryIT::requireReasoning);
        String body = request("streamed", "none", history(", \"reasoning\": \"I need it.\""), "\"stream\": true");
        try (ChatClient.Stream stream = fixture.client().stream(body)) {
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("Yes.");
        }
        assertThat(sent(fixture)).containsExactly("-", "I need it.");
    }

    @InContainers(config = {PRESETS, "upstream reasoning_history: keep"})
    void isOmittedForAProviderThatRejectsIt(GatewayFixture fixture) {
        fixture.dispatch(request -> request.text().contains("reasoning_content")
                ? Script.error(422, "messages.1.assistant.reasoning_content: Extra inputs are not permitted")
                : stepOrAnswer(request));
        String messages = history(", \"reasoning_content\": \"I need it.\"");
        assertThat(fixture.client()
                        .post(request("dropped", "minimal", messages))
                        .content())
                .isEqualTo("Yes.");
        assertThat(sent(fixture)).containsExactly("I need it.", "-", "-");
    }

    /** A client of a stored conversation sends only the tool result. */
    @InContainers(config = PRESETS)
    void comesFromTheConversationIfStored(GatewayFixture fixture) {
        fixture.dispatch(request ->
                toolCallMessage(request).isMissingNode() && !request.body().has("response_format")
                        ? exchange -> exchange.stream()
                                .reasoning("I need it.")
                                .delta("{" + CALL.replace("{\"id\"", "{\"index\": 0, \"id\"") + "}")
                                .finish("tool_calls")
                                .done()
                        : requireReasoning(request));
        String conversation = "\"conversation_id\": \"weather\"";
        assertThat(fixture.client()
                        .post(request("stored", "none", USER, conversation))
                        .status())
                .isEqualTo(200);
        assertThat(fixture.client()
                        .post(request("stored", "none", RESULT, conversation))
                        .content())
                .isEqualTo("Yes.");
        assertThat(sent(fixture)).containsExactly("-", "-", "I need it.");

        assertThat(fixture.client()
                        .post(request("stored", "none", USER, conversation))
                        .content())
                .isEqualTo("Yes.");
    }
}
