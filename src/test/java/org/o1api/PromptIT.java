package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.FakeUpstream.Request;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.InOneContainer;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** The requests that the gateway sends to the upstream, call by call. */
@InOneContainer
class PromptIT {
    private static final String TOOLS =
            "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"parameters\": {}}}]";

    @InContainers
    void callsTheProviderWithTheUpstreamsKeyAndModel(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));

        fixture.client().postQuestion("?", "\"model\": \"whatever\"");

        assertThat(fixture.requests()).hasSize(4).allSatisfy(request -> {
            assertThat(request.headers()).containsEntry("Authorization", "Bearer " + GatewayFixture.PROVIDER_KEY);
            assertThat(request.body().path("model").asText()).isEqualTo("fake-model");
            assertThat(request.body().path("stream").asBoolean()).isTrue();
            assertThat(request.body().path("temperature").asDouble()).isEqualTo(0.2);
            assertThat(request.text()).doesNotContain(GatewayFixture.KEY);
        });
    }

    @InContainers
    void requestsJsonForStepsAndTextForTheAnswer(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));

        fixture.client().postQuestion("?");

        assertThat(fixture.requests().stream().map(Request::asksForJson)).containsExactly(true, true, true, false);
        assertThat(fixture.request(3).body().has("response_format")).isFalse();
        assertThat(fixture.request(3).lastMessage()).contains("final answer");
        assertThat(fixture.requests().subList(0, 3))
                .noneMatch(request -> request.lastMessage().contains("final answer"));
    }

    @InContainers
    void extendsThePromptOfThePreviousCall(GatewayFixture fixture) {
        String[] steps = {
            "{ \"title\":\"Spaces \\/ and \\u0041\",\n \"content\": \"x\", \"next_action\": \"continue\" }",
            "```json\n" + StepScripts.step("Fenced", "y", "continue") + "\n```",
            StepScripts.step("Third", "z", "final_answer")
        };
        fixture.script(
                Script.answer(steps[0]), Script.answer(steps[1]), Script.answer(steps[2]), Script.answer("Yes."));

        fixture.client().postQuestion("What \"exactly\"?");

        for (int call = 1; call < 4; call++) {
            assertThat(fixture.request(call).text()).startsWith(messagesOf(fixture.request(call - 1)));
        }
        assertThat(contents(fixture.request(3), "assistant")).containsExactly(steps);
        assertThat(fixture.request(3).body().findValuesAsText("role"))
                .containsExactly("system", "user", "assistant", "user", "assistant", "user", "assistant", "user");
    }

    /** The request up to and including its last message. */
    private static String messagesOf(Request request) {
        String last = FakeExchange.quoted(request.lastMessage());
        return request.text().substring(0, request.text().lastIndexOf(last) + last.length());
    }

    /** The messages without the end of their list. */
    private static String messageList(Request request) {
        String all = messagesOf(request);
        return all.substring(all.indexOf("\"messages\""));
    }

    private static List<String> contents(Request request, String role) {
        List<String> contents = new java.util.ArrayList<>();
        for (JsonNode message : request.body().path("messages")) {
            if (message.path("role").asText().equals(role)) {
                contents.add(message.path("content").asText());
            }
        }
        return contents;
    }

    @InContainers
    void mergesTheCallersInstructionsIntoTheSystemPrompt(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("Arr."));

        fixture.client().post("""
                {"messages": [{"role": "system", "content": "Speak like a pirate."},
                  {"role": "developer", "content": [{"type": "text", "text": "Be brief."}]},
                  {"role": "user", "content": "Who are you?"}]}""");

        assertThat(fixture.requests())
                .hasSize(4)
                .allSatisfy(request -> assertThat(contents(request, "system"))
                        .singleElement()
                        .asString()
                        .contains("next_action")
                        .endsWith("Speak like a pirate.\n\nBe brief."));
        assertThat(contents(fixture.request(0), "developer")).isEmpty();
    }

    @InContainers
    void sendsTheHistory(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("Ada."));

        fixture.client().post("""
                {"messages": [{"role": "user", "content": "I am Ada."},
                  {"role": "assistant", "content": "Hello Ada.", "reasoning_content": "A greeting."},
                  {"role": "user", "content": "Who am I?"}]}""");

        JsonNode messages = fixture.request(0).body().path("messages");
        assertThat(messages).hasSize(4);
        assertThat(messages.get(1)).hasToString("{\"role\":\"user\",\"content\":\"I am Ada.\"}");
        assertThat(messages.get(2)).hasToString("{\"role\":\"assistant\",\"content\":\"Hello Ada.\"}");
        assertThat(messages.get(3)).hasToString("{\"role\":\"user\",\"content\":\"Who am I?\"}");
    }

    @InContainers
    void describesToolsInStepsAndCallsThemInTheAnswer(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer(exchange -> exchange.stream()
                .delta("{\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\","
                        + "\"function\":{\"name\":\"weather\",\"arguments\":\"\"}}]}")
                .delta("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\":\"}}]}")
                .delta("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\"Rome\\\"}\"}}]}")
                .finish("tool_calls")
                .done()));

        try (ChatClient.Stream stream =
                fixture.client().streamQuestion("Rain in Rome?", TOOLS, "\"tool_choice\": \"required\"")) {
            List<Event> events = stream.remainingEvents();
            List<JsonNode> calls = events.stream()
                    .filter(event -> !event.isDone())
                    .map(event -> event.json().at("/choices/0/delta/tool_calls/0"))
                    .filter(JsonNode::isObject)
                    .toList();

            assertThat(calls).isNotEmpty();
            assertThat(calls.get(0).path("id").asText()).isEqualTo("call_1");
            assertThat(calls.get(0).at("/function/name").asText()).isEqualTo("weather");
            assertThat(calls.stream().skip(1))
                    .noneMatch(call -> call.has("id") || call.path("function").has("name"));
            assertThat(calls.stream()
                            .map(call -> call.at("/function/arguments").asText())
                            .reduce("", String::concat))
                    .isEqualTo("{\"city\":\"Rome\"}");
            assertThat(events.get(events.size() - 2).finishReason()).isEqualTo("tool_calls");
        }
        assertThat(fixture.requests())
                .hasSize(4)
                .allMatch(request -> request.body().has("tools"));
        assertThat(fixture.requests().stream()
                        .map(request -> request.body().path("tool_choice").asText()))
                .containsExactly("none", "none", "none", "required");
        assertThat(contents(fixture.request(0), "system"))
                .singleElement()
                .asString()
                .contains("tools");
        assertThat(fixture.request(3).lastMessage()).contains("final answer", "call a tool");
        for (int call = 1; call < 4; call++) {
            assertThat(fixture.request(call).text()).contains(messageList(fixture.request(call - 1)));
        }
    }

    @InContainers
    void continuesWithAToolResult(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("No rain."));

        JsonResponse answer = fixture.client().post("""
                {"messages": [{"role": "user", "content": "Rain in Rome?"},
                  {"role": "assistant", "content": null, "tool_calls": [{"id": "call_1", "type": "function",
                    "function": {"name": "weather", "arguments": "{}"}}]},
                  {"role": "tool", "tool_call_id": "call_1", "content": "dry"}]}""");

        assertThat(answer.content()).isEqualTo("No rain.");
        JsonNode messages = fixture.request(0).body().path("messages");
        assertThat(messages.get(2).at("/tool_calls/0/id").asText()).isEqualTo("call_1");
        assertThat(messages.get(3)).hasToString("{\"role\":\"tool\",\"content\":\"dry\",\"tool_call_id\":\"call_1\"}");
    }

    @InContainers
    void sendsTheMessagesUnchangedWithoutReasoning(GatewayFixture fixture) {
        fixture.script(Script.answer("Hi."));

        JsonResponse answer =
                fixture.client().postQuestion("Hello", "\"reasoning_effort\": \"none\"", "\"temperature\": 1");

        assertThat(answer.content()).isEqualTo("Hi.");
        assertThat(fixture.requests()).hasSize(1);
        assertThat(fixture.request(0).body().path("messages"))
                .hasToString("[{\"role\":\"user\",\"content\":\"Hello\"}]");
        assertThat(fixture.request(0).body().path("temperature").asInt()).isEqualTo(1);
    }

    @InContainers
    void asksAModelThatStopsEarlyToCheckItsWork(GatewayFixture fixture) {
        fixture.script(
                Script.answer(StepScripts.step("Done", "quickly", "final_answer")),
                Script.answer(StepScripts.step("Checked", "quickly", "final_answer")),
                Script.answer(StepScripts.step("Checked", "again", "final_answer")),
                Script.answer("Yes."));

        fixture.client().postQuestion("?");

        assertThat(fixture.requests()).hasSize(4);
        assertThat(fixture.request(1).lastMessage()).contains("different method");
    }

    @InContainers
    void keepsStopAndResponseFormatForTheClosingCall(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("{\"x\": 1}"));

        JsonResponse answer = fixture.client()
                .postQuestion(
                        "?",
                        "\"response_format\": {\"type\": \"json_object\"}",
                        "\"stop\": \"END\"",
                        "\"reasoning_format\": \"markdown\"");

        assertThat(answer.content()).isEqualTo("{\"x\": 1}");
        assertThat(answer.reasoning()).isEqualTo(StepScripts.THREE_STEPS_TEXT);
        assertThat(fixture.requests().stream().map(request -> request.body().has("stop")))
                .containsExactly(false, false, false, true);
        assertThat(fixture.request(3).asksForJson()).isTrue();
    }
}
