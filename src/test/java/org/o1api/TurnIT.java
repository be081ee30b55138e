package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** Successful turns, from the client's request to the last byte of its reply. */
class TurnIT {
    /** Text that is known to break event streams. */
    private static final String TRICKY =
            "\"quoted\" \\frac{1}{2} \\n \\u0041 \\\\ tab\t \r\n\n data: [DONE]\n\ndata: {}\n"
                    + " \u2028 \u2029 \u0085 \u0000 \u001b </think> <b>&amp;</b> \uFEFF 👩‍👩‍👧 é 漢字";

    /** In an answer, a closing tag without an opening one ends the reasoning unless it is quoted. */
    private static final String TRICKY_ANSWER = TRICKY.replace("</think>", "`</think>`");

    @InContainers
    void streamsTheStepsAndThenTheAnswer(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));

        try (ChatClient.Stream stream = fixture.client().streamQuestion("What is six times seven?")) {
            assertThat(stream.status()).isEqualTo(200);
            assertThat(stream.header("Content-Type")).startsWith("text/event-stream");
            assertThat(stream.header("Cache-Control")).isEqualTo("no-cache");
            assertThat(stream.header("X-Accel-Buffering")).isEqualTo("no");
            assertThat(stream.header("x-request-id")).matches("req_[0-9a-f]{32}");

            List<Event> events = stream.remainingEvents();
            assertThat(events.get(0).json().at("/choices/0/delta"))
                    .hasToString("{\"role\":\"assistant\",\"content\":\"\"}");
            assertThat(ChatClient.reasoning(events)).isEqualTo(StepScripts.THREE_STEPS_TEXT);
            assertThat(ChatClient.content(events)).isEqualTo("It is 42.");
            assertEndsCorrectly(events);
            assertSameMetadata(events);
        }
    }

    private static void assertEndsCorrectly(List<Event> events) {
        Event last = events.get(events.size() - 2);
        assertThat(last.json().at("/choices/0/delta")).hasToString("{}");
        assertThat(events.stream().map(Event::finishReason).filter(Objects::nonNull))
                .containsExactly(last.finishReason());
        assertThat(events.stream().filter(Event::isDone)).containsExactly(events.get(events.size() - 1));
    }

    private static void assertSameMetadata(List<Event> events) {
        JsonNode first = events.get(0).json();
        assertThat(first.path("id").asText()).startsWith("chatcmpl-");
        for (Event event : events.subList(0, events.size() - 1)) {
            assertThat(event.name()).isEmpty();
            assertThat(event.json().path("object").asText()).isEqualTo("chat.completion.chunk");
            assertThat(event.json().path("model").asText()).isEqualTo("fake-model");
            assertThat(event.json().path("id")).isEqualTo(first.path("id"));
            assertThat(event.json().path("created")).isEqualTo(first.path("created"));
            assertThat(event.json().has("error")).isFalse();
            assertThat(event.json().has("usage")).isFalse();
        }
    }

    @InContainers
    void showsAllReasoningBeforeAnyContent(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("The answer."));

        try (ChatClient.Stream stream = fixture.client().streamQuestion("Why?")) {
            List<String> kinds = stream.remainingEvents().stream()
                    .filter(event -> !event.isDone())
                    .map(event -> event.json().at("/choices/0/delta"))
                    .map(delta -> String.join("+", names(delta)))
                    .distinct()
                    .toList();

            assertThat(kinds).containsExactly("role+content", "reasoning_content", "content", "");
        }
    }

    @InContainers
    void sendsUsageInAStreamOnRequest(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));

        try (ChatClient.Stream stream =
                fixture.client().streamQuestion("Sure?", "\"stream_options\": {\"include_usage\": true}")) {
            List<Event> events = stream.remainingEvents();
            JsonNode last = events.get(events.size() - 2).json();

            assertThat(last.path("choices")).hasToString("[]");
            assertThat(last.path("usage").path("prompt_tokens").asInt()).isEqualTo(10);
            assertThat(last.path("usage").path("completion_tokens").asInt()).isEqualTo(20);
            assertThat(last.path("usage").path("total_tokens").asInt()).isEqualTo(30);
            assertThat(last.at("/usage/completion_tokens_details/reasoning_tokens")
                            .asInt())
                    .isEqualTo(15);
        }
    }

    @InContainers
    void answersWithJsonIfNoStreamIsRequested(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));

        JsonResponse answer = fixture.client().postQuestion("What?", "\"model\": \"whatever\"");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        JsonNode json = answer.json();
        assertThat(names(json))
                .containsExactly("id", "object", "created", "model", "system_fingerprint", "choices", "usage", "x_o1");
        assertThat(json.path("id").asText()).startsWith("chatcmpl-");
        assertThat(json.path("object").asText()).isEqualTo("chat.completion");
        assertThat(json.path("model").asText()).isEqualTo("whatever");
        JsonNode choice = json.at("/choices/0");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
        assertThat(choice.path("logprobs").isNull()).isTrue();
        assertThat(names(choice.path("message"))).containsExactly("role", "reasoning_content", "content", "refusal");
        assertThat(answer.reasoning()).isEqualTo(StepScripts.THREE_STEPS_TEXT);
        assertThat(answer.content()).isEqualTo("It is 42.");
        assertThat(json.at("/usage/total_tokens").asInt()).isEqualTo(30);
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(java.util.Map.Entry::getKey).toList();
    }

    @InContainers
    void streamsByTheBodyNotByTheAcceptHeader(GatewayFixture fixture) {
        for (String accept : List.of("application/json", "text/event-stream", "*/*", "text/html")) {
            fixture.script(StepScripts.threeStepsThenAnswer("Yes."));
            try (ChatClient.Stream stream = fixture.client().stream(
                    "{\"messages\": [{\"role\": \"user\", \"content\": \"?\"}], \"stream\": true}", accept)) {
                assertThat(stream.header("Content-Type")).as(accept).startsWith("text/event-stream");
                assertThat(ChatClient.content(stream.remainingEvents()))
                        .as(accept)
                        .isEqualTo("Yes.");
            }
            fixture.script(StepScripts.threeStepsThenAnswer("Yes."));
            JsonResponse answer = fixture.client()
                    .send(
                            "/v1/chat/completions",
                            request -> ChatClient.postJson("{\"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}")
                                    .apply(request.header("Accept", accept)));
            assertThat(answer.content()).as(accept).isEqualTo("Yes.");
        }
    }

    @InContainers
    void adoptsAValidRequestId(GatewayFixture fixture) {
        assertThat(idFor(fixture, "trace-42")).isEqualTo("trace-42");
        assertThat(idFor(fixture, "<script>")).startsWith("req_");
    }

    private static String idFor(GatewayFixture fixture, String requestId) {
        return String.valueOf(fixture.client()
                .send("/v1/models", request -> request.GET().header("x-request-id", requestId))
                .header("x-request-id"));
    }

    @InContainers
    void streamsAnyTextUnchanged(GatewayFixture fixture) {
        fixture.script(trickyTurn());

        try (ChatClient.Stream stream = fixture.client().streamQuestion(TRICKY)) {
            List<Event> events = stream.remainingEvents();

            assertThat(ChatClient.reasoning(events))
                    .contains(TRICKY + "\n\n## Step 2")
                    .endsWith(TRICKY);
            assertThat(ChatClient.content(events)).isEqualTo(TRICKY_ANSWER);
            assertEndsCorrectly(events);
            assertThat(fixture.request(0).lastMessage()).isEqualTo(TRICKY);
        }
    }

    @InContainers
    void returnsAnyTextUnchangedInJson(GatewayFixture fixture) {
        fixture.script(trickyTurn());

        JsonResponse answer = fixture.client().postQuestion(TRICKY);

        assertThat(answer.reasoning()).contains(TRICKY + "\n\n## Step 2").endsWith(TRICKY);
        assertThat(answer.content()).isEqualTo(TRICKY_ANSWER);
    }

    private static Script[] trickyTurn() {
        return new Script[] {
            Script.answer(StepScripts.step("A \"title\"", TRICKY, "continue")),
            Script.answer(StepScripts.step("\\LaTeX", TRICKY, "continue")),
            Script.answer(StepScripts.step("data: [DONE]", TRICKY, "final_answer")),
            Script.answer(TRICKY_ANSWER)
        };
    }

    @InContainers
    void joinsSplitSurrogatePairs(GatewayFixture fixture) {
        CountDownLatch seen = new CountDownLatch(1);
        fixture.script(
                exchange -> exchange.stream()
                        .event(delta("{\\\"title\\\": \\\"Joy\\\", \\\"content\\\": \\\"so \\ud83d"))
                        .event(delta("\\ude00!\\\", \\\"next_action\\\": \\\"continue\\\"}"))
                        .done(),
                exchange -> exchange.stream()
                        .event(delta("so \\ud83d"))
                        .await(seen)
                        .event(delta("\\ude00!"))
                        .done());

        try (ChatClient.Stream stream =
                fixture.client().streamQuestion("How is it?", "\"reasoning_effort\": \"minimal\"")) {
            String reasoning = "";
            Event text = stream.nextText();
            while (text.content().isEmpty()) {
                reasoning += text.reasoning();
                text = stream.nextText();
            }
            assertThat(reasoning).isEqualTo("## Step 1: Joy\nso 😀!");
            assertThat(text.content()).isEqualTo("so ");
            seen.countDown();
            assertThat(stream.nextText().content()).isEqualTo("😀!");
        }
    }

    private static String delta(String quotedText) {
        return "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + quotedText + "\"},\"finish_reason\":null}]}";
    }
}
