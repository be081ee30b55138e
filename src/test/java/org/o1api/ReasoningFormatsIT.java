package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.InOneContainer;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** The reasoning in each format, streamed and as JSON. */
@InOneContainer
class ReasoningFormatsIT {
    private static final String TIME = "\\*\\*Total thinking time: \\d+\\.\\d\\d seconds\\*\\*";
    private static final String MARKDOWN =
            "\n\n" + StepScripts.THREE_STEPS_TEXT + "\n\n### Final Answer\nWell: 1 < 2.\n\n";
    private static final String DETAILS = """
            <details open>
            <summary>Step 1: First</summary>
            one
            </details>
            <details open>
            <summary>Step 2: Second</summary>
            two
            </details>
            <details open>
            <summary>Step 3: Third</summary>
            three
            </details>

            ### Final Answer
            Well: 1 < 2.

            """;

    /** The two reasoning fields and the content of the reply. */
    private record Output(String reasoningContent, String reasoning, String content) {}

    private static Output streamed(GatewayFixture fixture, String... fields) {
        fixture.script(StepScripts.threeStepsThenAnswer("Well: 1 < 2."));
        try (ChatClient.Stream stream = fixture.client().streamQuestion("?", fields)) {
            List<Event> events = stream.remainingEvents();
            return new Output(
                    ChatClient.reasoning(events),
                    events.stream().map(event -> event.text("reasoning")).collect(Collectors.joining()),
                    ChatClient.content(events));
        }
    }

    private static Output json(GatewayFixture fixture, String... fields) {
        fixture.script(StepScripts.threeStepsThenAnswer("Well: 1 < 2."));
        JsonNode message = fixture.client().postQuestion("?", fields).json().at("/choices/0/message");
        return new Output(
                message.path("reasoning_content").asText(""),
                message.path("reasoning").asText(""),
                message.path("content").asText());
    }

    private static void assertOutput(GatewayFixture fixture, String field, Output expected) {
        assertThat(streamed(fixture, field)).as("streamed, %s", field).isEqualTo(expected);
        assertThat(json(fixture, field)).as("as JSON, %s", field).isEqualTo(expected);
    }

    @InContainers
    void showsTheReasoningInTheRequestedField(GatewayFixture fixture) {
        String answer = "Well: 1 < 2.";

        assertOutput(fixture, "\"user\": \"x\"", new Output(StepScripts.THREE_STEPS_TEXT, "", answer));
        assertOutput(fixture, "\"reasoning_format\": null", new Output(StepScripts.THREE_STEPS_TEXT, "", answer));
        assertOutput(
                fixture,
                "\"reasoning_format\": \"reasoning_content\"",
                new Output(StepScripts.THREE_STEPS_TEXT, "", answer));
        assertOutput(
                fixture, "\"reasoning_format\": \"reasoning\"", new Output("", StepScripts.THREE_STEPS_TEXT, answer));
        assertOutput(
                fixture,
                "\"reasoning_format\": \"both\"",
                new Output(StepScripts.THREE_STEPS_TEXT, StepScripts.THREE_STEPS_TEXT, answer));
        assertOutput(fixture, "\"reasoning_format\": \"none\"", new Output("", "", answer));
        assertOutput(fixture, "\"include_reasoning\": true", new Output(StepScripts.THREE_STEPS_TEXT, "", answer));
        assertOutput(fixture, "\"include_reasoning\": false", new Output("", "", answer));
        assertOutput(
                fixture,
                "\"reasoning\": {}",
                new Output(StepScripts.THREE_STEPS_TEXT, StepScripts.THREE_STEPS_TEXT, answer));
        assertOutput(
                fixture,
                "\"usage\": {\"include\": true}",
                new Output(StepScripts.THREE_STEPS_TEXT, StepScripts.THREE_STEPS_TEXT, answer));
        assertOutput(fixture, "\"reasoning\": {\"exclude\": true}", new Output("", "", answer));
        assertOutput(
                fixture,
                "\"reasoning_format\": \"think\"",
                new Output("", "", "<think>" + StepScripts.THREE_STEPS_TEXT + "</think>" + answer));
    }

    @InContainers(config = "reasoning_format: none")
    void includesReasoningOnRequest(GatewayFixture fixture) {
        assertOutput(fixture, "\"user\": \"x\"", new Output("", "", "Well: 1 < 2."));
        assertOutput(
                fixture, "\"include_reasoning\": true", new Output(StepScripts.THREE_STEPS_TEXT, "", "Well: 1 < 2."));
        assertOutput(fixture, "\"include_reasoning\": false", new Output("", "", "Well: 1 < 2."));
        assertOutput(
                fixture,
                "\"include_reasoning\": true, \"reasoning_format\": \"reasoning\"",
                new Output("", StepScripts.THREE_STEPS_TEXT, "Well: 1 < 2."));
        assertOutput(
                fixture,
                "\"include_reasoning\": true, \"reasoning_format\": \"none\"",
                new Output("", "", "Well: 1 < 2."));
    }

    @InContainers
    void sendsEachThinkTagAsASeparateDelta(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));

        try (ChatClient.Stream stream = fixture.client().streamQuestion("?", "\"reasoning_format\": \"think\"")) {
            assertThat(stream.remainingEvents()).map(Event::content).contains("<think>", "</think>");
        }
    }

    @InContainers
    void writesMarkdownIntoTheContentOnRequest(GatewayFixture fixture) {
        for (Output output : List.of(
                streamed(fixture, "\"reasoning_format\": \"markdown\""),
                json(fixture, "\"reasoning_format\": \"markdown\""))) {
            assertThat(output.reasoningContent()).isEmpty();
            assertThat(output.content()).startsWith(MARKDOWN);
            assertThat(output.content().substring(MARKDOWN.length())).matches(TIME);
        }
    }

    @InContainers(config = {"use_regex_processing: true", "legacy_response: true"})
    void writesMarkdownForTheLegacyKey(GatewayFixture fixture) {
        for (Output output : List.of(streamed(fixture), json(fixture))) {
            assertThat(output.content()).startsWith(MARKDOWN);
            assertThat(output.content().substring(MARKDOWN.length())).matches(TIME);
        }
    }

    @InContainers(config = "use_regex_processing: false")
    void writesHtmlForTheLegacyKey(GatewayFixture fixture) {
        for (Output output : List.of(streamed(fixture), json(fixture))) {
            assertThat(output.content()).startsWith(DETAILS);
            assertThat(output.content().substring(DETAILS.length())).matches(TIME);
        }
    }

    @InContainers(config = "use_regex_processing: false")
    void escapesHtmlInDetails(GatewayFixture fixture) {
        fixture.script(
                Script.answer(StepScripts.step("a < b", "<script>x</script>\n& more", "continue")),
                Script.answer("Yes."));

        String content = fixture.client()
                .postQuestion("?", "\"reasoning_effort\": \"minimal\"")
                .content();

        assertThat(content)
                .contains("<summary>Step 1: a &lt; b</summary>")
                .contains("&lt;script&gt;x&lt;/script&gt;<br>&amp; more")
                .doesNotContain("<script>");
    }

    @InContainers(config = {"use_regex_processing: true", "legacy_response: true"})
    void addsLegacyStepsToTheJson(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));

        JsonResponse answer = fixture.client().postQuestion("?");

        JsonNode steps = answer.json().path("steps");
        assertThat(steps).hasSize(4);
        assertThat(steps)
                .map(step -> step.get(0).asText())
                .containsExactly("Step 1: First", "Step 2: Second", "Step 3: Third", "Final Answer");
        assertThat(steps).map(step -> step.get(1).asText()).containsExactly("one", "two", "three", "Yes.");
        assertThat(steps).allMatch(step -> step.size() == 3 && step.get(2).isDouble());
        assertThat(answer.json().path("total_thinking_time").isDouble()).isTrue();
        assertThat(answer.json().path("choices")).hasSize(1);
    }

    private static List<String> titles(JsonResponse answer) {
        return StreamSupport.stream(answer.json().path("steps").spliterator(), false)
                .map(step -> step.get(0).asText())
                .toList();
    }

    @InContainers(config = {"use_regex_processing: true", "legacy_response: true"})
    void listsARetriedStepOnce(GatewayFixture fixture) {
        fixture.script(
                exchange -> exchange.stream()
                        .text("{\"title\": \"Half\", \"content\": \"and th")
                        .reset(),
                Script.answer(StepScripts.step("First", "one", "final_answer")),
                Script.answer("Yes."));

        JsonResponse answer = fixture.client().postQuestion("?", "\"reasoning_effort\": \"minimal\"");

        assertThat(titles(answer)).containsExactly("Step 1: First", "Final Answer");
        assertThat(answer.json().at("/steps/0/1").asText()).isEqualTo("one");
    }

    @InContainers(config = {"use_regex_processing: true", "legacy_response: true"})
    void addsLegacyStepsNextToToolCalls(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer(Script.toolCalls("a", "{}")));

        JsonResponse answer = fixture.client()
                .postQuestion("?", "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"a\"}}]");

        assertThat(titles(answer)).containsExactly("Step 1: First", "Step 2: Second", "Step 3: Third");
        assertThat(answer.json().path("total_thinking_time").asDouble()).isPositive();
        assertThat(answer.json().at("/choices/0/finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(answer.json().at("/choices/0/message/tool_calls")).hasSize(1);
    }
}
