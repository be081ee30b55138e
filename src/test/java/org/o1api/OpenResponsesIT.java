package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.ResponsesClient;
import org.o1api.testing.ResponsesClient.Event;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/**
 * The cases of the compliance tests of Open Responses, and what these assert: the status, valid bodies and events, an output, and in
 * case of tools a call. The model reasons in each case.
 */
class OpenResponsesIT {
    private static final String WEATHER = ", \"tools\": [{\"type\": \"function\", \"name\": \"get_weather\","
            + " \"description\": \"Returns the weather at a place\", \"parameters\": {\"type\": \"object\","
            + " \"properties\": {\"location\": {\"type\": \"string\", \"description\": \"A city\"}}, \"required\": [\"location\"]}}]";
    private static final String IMAGE = "[{\"type\": \"input_text\", \"text\": \"What is in the image?\"},"
            + " {\"type\": \"input_image\", \"image_url\": \"data:image/png;base64,iVBORw0KGgo=\"}]";

    /**
     * A case.
     *
     * @param callsTool whether the model calls the tool, instead of answering
     * @param sent what the provider gets; null: not checked
     */
    private record Case(
            String name,
            boolean streamed,
            boolean callsTool,
            String body,
            @Nullable String sent) {
        Case(String name, boolean streamed, boolean callsTool, @Nullable String sent, String more, String... messages) {
            this(
                    name,
                    streamed,
                    callsTool,
                    "{\"model\": \"fake-model\", \"input\": [" + String.join(", ", messages) + "]" + more + "}",
                    sent);
        }
    }

    private static String message(String role, String content) {
        String value = content.startsWith("[") ? content : "\"" + content + "\"";
        return "{\"type\": \"message\", \"role\": \"" + role + "\", \"content\": " + value + "}";
    }

    private static List<Case> cases() {
        String weather = message("user", "What is the weather in Paris?");
        return List.of(
                new Case("basic", false, false, null, "", message("user", "Say hello.")),
                new Case("streaming", true, false, null, "", message("user", "Count to five.")),
                new Case(
                        "system prompt",
                        false,
                        false,
                        "Talk like a pirate.",
                        "",
                        message("system", "Talk like a pirate."),
                        message("user", "Say hello.")),
                new Case("tool call", false, true, "Returns the weather at a place", WEATHER, weather),
                new Case("tool call, streaming", true, true, "Returns the weather at a place", WEATHER, weather),
                new Case("image", false, false, "iVBORw0KGgo=", "", message("user", IMAGE)),
                new Case(
                        "multi-turn",
                        false,
                        false,
                        "Hello Alice!",
                        "",
                        message("user", "My name is Alice."),
                        message("assistant", "Hello Alice!"),
                        message("user", "What is my name?")));
    }

    @InContainers
    void passesTheComplianceTests(GatewayFixture fixture) {
        for (Case test : cases()) {
            fixture.script(StepScripts.threeStepsThenAnswer(
                    test.callsTool
                            ? Script.toolCalls("get_weather", "{\"location\":\"Paris\"}")
                            : Script.answer("Yes.")));
            ResponsesClient client = new ResponsesClient(fixture.client());
            JsonNode response = test.streamed ? streamed(client, test) : whole(client, test);

            assertThat(response.path("status").asText()).as(test.name).isEqualTo("completed");
            assertThat(response.path("output"))
                    .as(test.name)
                    .extracting(item -> item.path("type").asText())
                    .containsExactly("reasoning", test.callsTool ? "function_call" : "message");
            if (test.sent != null) {
                assertThat(fixture.requests())
                        .as(test.name)
                        .hasSize(4)
                        .allSatisfy(call -> assertThat(call.text()).contains(test.sent));
            }
        }
    }

    private static JsonNode whole(ResponsesClient client, Case test) {
        JsonResponse response = client.post(test.body);
        assertThat(response.status()).as(test.name).isEqualTo(200);
        return response.json();
    }

    private static JsonNode streamed(ResponsesClient client, Case test) {
        try (ResponsesClient.Stream stream = client.stream(test.body)) {
            assertThat(stream.status()).as(test.name).isEqualTo(200);
            List<Event> events = stream.remainingEvents();
            if (test.callsTool) {
                assertStreamsACall(events);
            }
            return ResponsesClient.last(events).response();
        }
    }

    private static void assertStreamsACall(List<Event> events) {
        assertThat(events)
                .filteredOn(event -> event.json().at("/item/type").asText().equals("function_call"))
                .extracting(Event::name)
                .containsExactly("response.output_item.added", "response.output_item.done");
        assertThat(ResponsesClient.deltas(events, "response.function_call_arguments.delta"))
                .isEqualTo("{\"location\":\"Paris\"}");
        assertThat(events)
                .filteredOn(event -> event.name().equals("response.function_call_arguments.done"))
                .extracting(event -> event.text("arguments"))
                .containsExactly("{\"location\":\"Paris\"}");
    }
}
