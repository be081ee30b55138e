package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.FakeUpstream.Request;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.InOneContainer;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** Models that violate the step protocol: none of their replies fails the turn. */
@InOneContainer
class MalformedStepsIT {
    /** The model's reply to the call of one step, and what the client gets. */
    private record Row(String reply, String shown) {}

    private static final List<Row> TABLE = List.of(
            new Row("{\"title\": \"T\", \"content\": \"c\", \"next_action\": \"continue\"}", ": T\nc"),
            new Row("```json\n{\"title\": \"T\", \"content\": \"c\", \"next_action\": \"continue\"}\n```", ": T\nc"),
            new Row("Sure!\n{\"title\": \"T\", \"content\": \"c\"}\nHope that helps.", ": T\nc"),
            new Row("{\"content\": \"c\", \"next_action\": \"continue\"}", "\nc"),
            new Row("{\"title\": \"T\", \"content\": \"c\"}", ": T\nc"),
            new Row("{\"content\": \"c\", \"title\": \"T\"}", "\nc"),
            new Row("{\"title\": \"T\"}", ": T\n"),
            new Row("{\"title\": \"T\", \"content\": 42}", ": T\n42"),
            new Row("{\"title\": \"T\", \"content\": true}", ": T\ntrue"),
            new Row("{\"title\": \"T\", \"content\": null}", ": T\n"),
            new Row("{\"title\": \"T\", \"content\": [\"a\", {\"b\": 1}]}", ": T\n[\"a\", {\"b\": 1}]"),
            new Row("{\"title\": 7, \"content\": \"c\"}", ": 7\nc"),
            new Row("{\"title\": \"T\", \"content\": \"cut o", ": T\ncut o"),
            new Row("{\"title\": \"T\", \"content\": \"c\", \"next_act", ": T\nc"),
            new Row("{\"title\": \"cut o", ": cut o\n"),
            new Row("{\"title\": \"T\", \"content\": \"a\nb\"}", ": T\na\nb"),
            new Row("{\"title\": \"T\", \"content\": \"\\frac{1}{2} \\(x\\)\"}", ": T\n\\frac{1}{2} \\(x\\)"),
            new Row("I think that it is 42.", "\nI think that it is 42."),
            new Row("{\"title\": \"T\", \"content\": \"c\", \"next_action\": \"dance\"}", ": T\nc"),
            new Row("{\"title\": \"T\", \"content\": \"c\", \"next_action\": 3}", ": T\nc"));

    @InContainers
    void showsTheTextOfMalformedSteps(GatewayFixture fixture) {
        SoftAssertions all = new SoftAssertions();
        for (Row row : TABLE) {
            for (Script reply : List.of(
                    Script.pieces(row.reply()), Script.pieces(row.reply().split("(?<=.)")))) {
                fixture.script(reply, Script.answer("Yes."));
                try (ChatClient.Stream stream =
                        fixture.client().streamQuestion("?", "\"reasoning_effort\": \"minimal\"")) {
                    List<Event> events = stream.remainingEvents();
                    all.assertThat(ChatClient.reasoning(events)).as(row.reply()).isEqualTo("## Step 1" + row.shown());
                    all.assertThat(ChatClient.content(events)).as(row.reply()).isEqualTo("Yes.");
                }
            }
        }
        all.assertAll();
    }

    @InContainers
    void continuesAfterAStepWithoutNextAction(GatewayFixture fixture) {
        fixture.script(
                Script.answer("{\"title\": \"T\", \"content\": \"a\"}"),
                Script.answer("{\"title\": \"T\", \"content\": \"b\"}"),
                Script.answer("{\"title\": \"T\", \"content\": \"c\"}"),
                Script.answer(StepScripts.step("Last", "d", "final_answer")),
                Script.answer("Yes."));

        assertThat(fixture.client().postQuestion("?").reasoning()).endsWith("## Step 4: Last\nd");
    }

    @InContainers
    void answersAfterTwoRepliesThatAreNotSteps(GatewayFixture fixture) {
        fixture.script(
                Script.answer(StepScripts.step("First", "one", "continue")),
                Script.answer("No JSON here."),
                Script.answer("Nor here."),
                Script.answer("Yes."));

        assertThat(fixture.client().postQuestion("?").content()).isEqualTo("Yes.");
        assertThat(fixture.requests()).hasSize(4);
    }

    /** An empty reply is retried and finally becomes an empty step; every call is counted. */
    @InContainers(config = "upstream attempts: 2")
    void continuesAfterAnEmptyStepAndCountsItsTokens(GatewayFixture fixture) {
        Script empty =
                exchange -> exchange.stream().finish("stop").usage(10, 85).done();
        fixture.script(
                empty,
                empty,
                Script.answer(StepScripts.step("First", "one", "final_answer")),
                empty,
                Script.answer("Yes."));

        ChatClient.JsonResponse answer =
                fixture.client().postQuestion("?", "\"reasoning_effort\": \"low\"", "\"max_tokens\": 10000");

        assertThat(answer.content()).isEqualTo("Yes.");
        assertThat(answer.reasoning()).isEqualTo("## Step 1: First\none");
        assertThat(answer.json().at("/usage/completion_tokens").asInt()).isEqualTo(2 * 5);
        assertThat(fixture.request(4).body().path("max_tokens").asInt()).isEqualTo(10000 - 5);
        assertThat(answer.json().at("/x_o1/usage"))
                .hasToString("{\"calls\":3,\"attempts\":5,\"prompt_tokens\":50,\"cached_tokens\":0,"
                        + "\"cache_write_tokens\":0,\"completion_tokens\":" + (3 * 85 + 2 * 5)
                        + ",\"reasoning_tokens\":" + (2 * 85 + 5) + "}");
    }

    @InContainers
    void showsTheModelsOwnReasoning(GatewayFixture fixture) {
        fixture.script(
                exchange -> exchange.stream()
                        .reasoning("Hm, ")
                        .reasoning("well.")
                        .text(StepScripts.step("First", "one", "continue"))
                        .done(),
                Script.answer("Yes."));

        assertThat(fixture.client()
                        .postQuestion("?", "\"reasoning_effort\": \"minimal\"")
                        .reasoning())
                .contains("Hm, well.", "one");
    }

    @InContainers
    void showsThinkBlocksInTextAsReasoning(GatewayFixture fixture) {
        String step = "<think>Hm.</think>" + StepScripts.step("First", "one", "final_answer");
        String answer = "<think>\nWell.</think>\n\nYes.";
        for (int size : List.of(1, 5, 1000)) {
            Script[] replies = {
                Script.pieces(step.split("(?<=\\G.{" + size + "})")),
                Script.pieces(answer.split("(?<=\\G(?s:.){" + size + "})"))
            };
            fixture.script(replies);
            try (ChatClient.Stream stream = fixture.client().streamQuestion("?", "\"reasoning_effort\": \"minimal\"")) {
                List<Event> events = stream.remainingEvents();
                assertThat(ChatClient.content(events)).isEqualTo("Yes.");
                assertThat(ChatClient.reasoning(events)).contains("Hm.", "one").endsWith("\n\n## Step 2\nWell.");
            }
            fixture.script(replies);
            assertThat(fixture.client()
                            .postQuestion("?", "\"reasoning_effort\": \"minimal\"")
                            .content())
                    .isEqualTo("Yes.");
        }
    }

    @InContainers
    void stripsTheCodeFenceFromJson(GatewayFixture fixture) {
        String fenced = "```json\n{\"a\": 1}\n```";
        for (String format : List.of(
                "{\"type\": \"json_object\"}",
                "{\"type\": \"json_schema\", \"json_schema\": {\"name\": \"n\", \"schema\": {}}}")) {
            fixture.script(StepScripts.threeStepsThenAnswer(fenced));
            assertThat(fixture.client()
                            .postQuestion("?", "\"response_format\": " + format)
                            .content())
                    .isEqualTo("{\"a\": 1}");
            fixture.script(StepScripts.threeStepsThenAnswer(fenced));
            try (ChatClient.Stream stream = fixture.client().streamQuestion("?", "\"response_format\": " + format)) {
                assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("{\"a\": 1}");
            }
        }
        fixture.script(StepScripts.threeStepsThenAnswer(fenced));
        assertThat(fixture.client().postQuestion("?").content()).isEqualTo(fenced);
    }

    /** Uses a separate gateway because the upstream's profile is learned. */
    @InContainers(config = "presets: { stubborn: { model: stubborn-model } }")
    void retriesWithoutTheRejectedField(GatewayFixture fixture) {
        for (String field : List.of("response_format", "stream_options", "temperature", "max_tokens", "stream")) {
            fixture.dispatch(request -> request.body().has(field)
                    ? Script.error(400, "Unsupported parameter: '" + field + "' is not supported with this model.")
                    : reply(request));
            assertThat(fixture.client().postQuestion("?").content()).as(field).isEqualTo("Yes.");
            // Rejected once for each kind of request (JSON steps, text answer), then remembered.
            int kinds = List.of("response_format", "max_tokens").contains(field) ? 1 : 2;
            assertThat(fixture.requests()).as(field).hasSize(4 + kinds);
        }
    }

    private static Script reply(Request request) {
        String text = answer(request);
        return request.body().path("stream").asBoolean() ? Script.answer(text) : Script.completion(text);
    }

    private static String answer(Request request) {
        return request.lastMessage().contains("final answer")
                ? "Yes."
                : StepScripts.step("T", "c" + request.number(), "final_answer");
    }

    @InContainers
    void readsRepliesThatAreNotStreamed(GatewayFixture fixture) {
        fixture.dispatch(request -> Script.completion(answer(request)));

        try (ChatClient.Stream stream = fixture.client().streamQuestion("?")) {
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("Yes.");
        }
    }

    @InContainers
    void readsEventsOfAnyFraming(GatewayFixture fixture) {
        fixture.script(exchange -> exchange.stream()
                .body(": hello\r\n\r\nevent: x\r\nid: 1\r\ndata:" + chunk("It") + "\r\n\r\n")
                .body("data: " + chunk(" is") + "\n\ndata: ")
                .body(chunk(".") + "\n\n")
                .done());

        assertThat(fixture.client()
                        .postQuestion("?", "\"reasoning_effort\": \"none\"")
                        .content())
                .isEqualTo("It is.");
    }

    private static String chunk(String text) {
        return "{\"choices\":[{\"index\":0,\"delta\":{\"content\":" + FakeExchange.quoted(text) + "}}]}";
    }
}
