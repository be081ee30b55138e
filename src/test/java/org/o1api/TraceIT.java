package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.InOneContainer;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** The trace of a stream, and the summary of a turn. All chunks are validated against OpenAI's schema by the client. */
@InOneContainer
class TraceIT {
    private static final String TRACE = "\"stream_options\": {\"include_trace\": true}";
    private static final String VOTE = "presets: { v: { model: m, strategy: vote, vote: { first: 5, max: 5 } } }";
    private static final String AUTO = "presets: { a: { model: m, strategy: auto } }";

    private static List<Event> streamed(GatewayFixture fixture, String... fields) {
        try (ChatClient.Stream stream = fixture.client().streamQuestion("How many?", fields)) {
            assertThat(stream.status()).isEqualTo(200);
            List<Event> events = stream.remainingEvents();
            assertThat(events.get(events.size() - 1).isDone()).isTrue();
            return events.subList(0, events.size() - 1);
        }
    }

    private static boolean isOwn(Event event) {
        return event.json().has("x_o1");
    }

    /** The chunks of the trace, without what is used of the budget, which depends on the time. */
    private static List<JsonNode> trace(List<Event> events) {
        return events.stream()
                .filter(TraceIT::isOwn)
                .peek(event -> assertThat(event.json().path("choices")).isEmpty())
                .map(event -> event.json().path("x_o1"))
                .filter(own -> own.has("type") && !own.path("type").asText().equals("budget"))
                .toList();
    }

    private static List<JsonNode> trace(List<Event> events, String type) {
        return trace(events).stream()
                .filter(own -> own.path("type").asText().equals(type))
                .toList();
    }

    private static String text(List<Event> events, int step) {
        return trace(events, "step_text").stream()
                .filter(own -> own.path("step").asInt() == step)
                .map(own -> own.path("text").asText())
                .collect(Collectors.joining());
    }

    /** Type and step of each chunk; consecutive texts of a step count once. */
    private static List<String> order(List<Event> events) {
        List<String> order = new ArrayList<>();
        for (JsonNode own : trace(events)) {
            String chunk = own.path("type").asText() + " " + own.path("step").asText();
            if (!chunk.startsWith("step_text") || !chunk.equals(order.get(order.size() - 1))) {
                order.add(chunk);
            }
        }
        return order;
    }

    private static JsonNode summary(List<Event> events) {
        List<Event> own = events.stream()
                .filter(event -> isOwn(event) && !event.json().path("x_o1").has("type"))
                .toList();
        assertThat(own).containsExactly(events.get(events.size() - 1));
        return own.get(0).json().path("x_o1");
    }

    private static void assertSteps(JsonNode summary) {
        assertThat(summary.path("turn").asText()).startsWith("turn_");
        assertThat(summary.path("preset").asText()).isEqualTo("fake-model");
        assertThat(summary.path("strategy").asText()).isEqualTo("steps");
        assertThat(summary.path("mode").asText()).isEqualTo("standard");
        assertThat(summary.path("steps").asInt()).isEqualTo(3);
        assertThat(summary.path("ended_by").asText()).isEqualTo("answered");
        assertThat(summary.at("/usage/calls").asInt()).isEqualTo(4);
        assertThat(summary.path("by_model")).singleElement().satisfies(model -> {
            assertThat(model.path("upstream").asText()).isEqualTo("default");
            assertThat(model.path("model").asText()).isEqualTo("fake-model");
            assertThat(model.path("calls").asInt()).isEqualTo(4);
            assertThat(model.path("completion_tokens").asInt()).isEqualTo(20);
        });
        assertThat(summary.path("seconds").asDouble()).isPositive();
        for (String absent : List.of("route", "effort", "samples", "agreement", "currency")) {
            assertThat(summary.has(absent)).as(absent).isFalse();
        }
    }

    @InContainers
    void tracesSteps(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));

        List<Event> events = streamed(fixture, TRACE);

        List<String> expected = new ArrayList<>();
        for (int step = 1; step <= 3; step++) {
            expected.add("step_started " + step);
            expected.add("step_titled " + step);
            expected.add("step_text " + step);
            expected.add("step_ended " + step);
        }
        assertThat(order(events)).isEqualTo(expected);
        double at = 0;
        for (JsonNode started : trace(events, "step_started")) {
            assertThat(started.path("kind").asText()).isEqualTo("step");
            assertThat(started.path("model").asText()).isEqualTo("fake-model");
            assertThat(started.has("label")).isFalse();
            assertThat(started.path("at").asDouble()).isGreaterThanOrEqualTo(at);
            at = started.path("at").asDouble();
        }
        assertThat(trace(events, "step_titled").stream()
                        .map(titled -> titled.path("title").asText()))
                .containsExactly("First", "Second", "Third");
        assertThat(List.of(text(events, 1), text(events, 2), text(events, 3))).containsExactly("one", "two", "three");
        for (JsonNode ended : trace(events, "step_ended")) {
            assertThat(ended.path("state").asText()).isEqualTo("completed");
            assertThat(ended.path("tokens").asInt()).isEqualTo(5);
            assertThat(ended.path("seconds").isNumber()).isTrue();
            assertThat(ended.has("saved_tokens")).isFalse();
        }
        assertSteps(summary(events));
        assertThat(events.get(events.size() - 1).json().has("usage")).isFalse();
        assertThat(ChatClient.reasoning(events)).isEqualTo(StepScripts.THREE_STEPS_TEXT);
        assertThat(ChatClient.content(events)).isEqualTo("It is 42.");
        for (String field : List.of("id", "object", "created", "model", "system_fingerprint")) {
            assertThat(events.stream().map(event -> event.json().path(field)).distinct())
                    .as(field)
                    .hasSize(1);
        }
        assertThat(events.stream().filter(event -> event.finishReason() != null))
                .hasSize(1);
    }

    @InContainers
    void sendsTheTraceTogetherWithTheDeltas(GatewayFixture fixture) {
        CountDownLatch goOn = new CountDownLatch(1);
        fixture.script(
                exchange -> exchange.stream()
                        .text("{\"title\": \"T\", \"content\": \"one")
                        .await(goOn)
                        .text(" two\", \"next_action\": \"final_answer\"}")
                        .finish("stop")
                        .usage(10, 5)
                        .done(),
                Script.answer("Yes."));

        try (ChatClient.Stream stream =
                fixture.client().streamQuestion("?", TRACE, "\"reasoning_effort\": \"minimal\"")) {
            List<Event> first = new ArrayList<>();
            while (!ChatClient.reasoning(first).endsWith("one")) {
                first.add(stream.next());
            }
            assertThat(order(first)).containsExactly("step_started 1", "step_titled 1", "step_text 1");
            goOn.countDown();
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("Yes.");
        }
    }

    @InContainers
    void sendsNoTraceUnlessRequested(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));
        assertThat(streamed(fixture)).noneMatch(TraceIT::isOwn);

        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));
        List<Event> withUsage = streamed(fixture, "\"stream_options\": {\"include_usage\": true}");
        assertThat(trace(withUsage)).isEmpty();
        assertSteps(summary(withUsage));
    }

    @InContainers
    void theUsageChunkHasTheSummary(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));

        List<Event> events =
                streamed(fixture, "\"stream_options\": {\"include_usage\": true, \"include_trace\": true}");

        assertThat(trace(events)).isNotEmpty();
        assertSteps(summary(events));
        assertThat(events.get(events.size() - 1)
                        .json()
                        .at("/usage/total_tokens")
                        .asInt())
                .isEqualTo(30);
    }

    @InContainers
    void aJsonReplyHasTheSummaryAndNoTrace(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));

        JsonResponse reply = fixture.client().postQuestion("How many?", TRACE);

        assertSteps(reply.json().path("x_o1"));
        assertThat(reply.json().path("x_o1").has("type")).isFalse();
    }

    @InContainers
    void reportsRetriesAndNotes(GatewayFixture fixture) {
        fixture.script(
                exchange -> exchange.stream()
                        .text("{\"title\": \"T\", \"content\": \"one")
                        .reset(),
                Script.answer(StepScripts.step("T", "one", "final_answer")),
                Script.answer("Yes."));

        List<Event> events = streamed(fixture, TRACE, "\"reasoning_effort\": \"minimal\"");

        assertThat(order(events))
                .containsExactly(
                        "step_started 1",
                        "step_titled 1",
                        "step_text 1",
                        "note ",
                        "step_text 1",
                        "step_ended 1",
                        "step_started 1",
                        "step_titled 1",
                        "step_text 1",
                        "step_ended 1");
        assertThat(trace(events, "step_ended").stream()
                        .map(ended -> ended.path("state").asText()))
                .containsExactly("failed", "completed");
        assertThat(trace(events, "note").get(0).path("text").asText()).endsWith("Retrying this step.");
        JsonNode summary = summary(events);
        assertThat(summary.path("steps").asInt()).isOne();
        assertThat(summary.path("effort").asText()).isEqualTo("minimal");
    }

    @InContainers
    void aFailureBeforeTheFirstTextHasItsStatus(GatewayFixture fixture) {
        fixture.script(Script.error(400, "No."));
        try (ChatClient.Stream stream = fixture.client().streamQuestion("?", TRACE)) {
            assertThat(stream.status()).isEqualTo(400);
            assertThat(stream.errorBody().at("/error/message").asText()).contains("No.");
        }
    }

    /** Three samples agree; two have text and wait until they are cancelled. */
    private static void threeAgree(GatewayFixture fixture) {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch started = new CountDownLatch(5);
        fixture.dispatch(request -> {
            boolean agrees = calls.getAndIncrement() % 5 < 3;
            return exchange -> {
                started.countDown();
                exchange.stream().await(started);
                if (agrees) {
                    exchange.text("It is")
                            .text(" 7.")
                            .finish("stop")
                            .usage(10, 5)
                            .done();
                } else {
                    exchange.text("Perhaps 8").awaitDisconnect();
                }
            };
        });
    }

    @InContainers(config = VOTE)
    void tracesConcurrentSteps(GatewayFixture fixture) {
        threeAgree(fixture);

        List<Event> events = streamed(fixture, TRACE);

        assertThat(trace(events, "step_started").stream()
                        .map(own -> own.path("kind").asText() + " "
                                + own.path("label").asText()))
                .containsExactly(
                        "sample Sample 1",
                        "sample Sample 2",
                        "sample Sample 3",
                        "sample Sample 4",
                        "sample Sample 5",
                        "vote Vote");
        assertThat(trace(events, "step_started").stream()
                        .map(own -> own.path("model").asText()))
                .containsExactly("m", "m", "m", "m", "m", ""); // no call belongs to the vote
        List<String> ends = new ArrayList<>();
        for (JsonNode ended : trace(events, "step_ended")) {
            int step = ended.path("step").asInt();
            String state = ended.path("state").asText();
            if (step == 6) {
                assertThat(ended.has("tokens")).isFalse();
            } else if (state.equals("completed")) {
                assertThat(ended.path("conclusion").asText()).isEqualTo("7");
                assertThat(ended.path("tokens").asInt()).isEqualTo(5);
                assertThat(ended.has("saved_tokens")).isFalse();
                assertThat(text(events, step)).startsWith("It is 7.");
            } else {
                assertThat(ended.path("conclusion").asText()).contains("Cancelled");
                assertThat(ended.path("tokens").isInt()).isTrue();
                assertThat(ended.path("saved_tokens").isInt()).isTrue();
            }
            ends.add(state);
        }
        assertThat(ends).containsExactly("completed", "completed", "completed", "cancelled", "cancelled", "completed");
        List<JsonNode> tallies = trace(events, "tally");
        assertThat(tallies).hasSize(3);
        assertThat(tallies.get(2).path("counts")).hasToString("{\"7\":3}");
        assertThat(tallies.get(2).path("probability").asDouble()).isEqualTo(0.9375);
        assertThat(trace(events, "note")).hasSize(1);

        assertThat(ChatClient.content(events)).isEqualTo("It is 7.");
        assertThat(ChatClient.reasoning(events))
                .startsWith("## Step 1: Sample 1\n")
                .contains(": Vote\n");
        JsonNode summary = summary(events);
        assertThat(summary.path("strategy").asText()).isEqualTo("vote");
        assertThat(summary.path("preset").asText()).isEqualTo("v");
        assertThat(summary.has("steps")).isFalse();
        assertThat(summary.path("samples")).hasToString("{\"started\":5,\"completed\":3,\"cancelled\":2,\"failed\":0}");
        assertThat(summary.path("agreement"))
                .hasToString("{\"key\":\"7\",\"votes\":3,\"of\":3,\"probability\":0.9375}");
        assertThat(summary.path("ended_by").asText()).isEqualTo("decided");
        assertThat(summary.at("/by_model/0/calls").asInt()).isEqualTo(5);
    }

    @InContainers(config = AUTO)
    void tracesTheRoute(GatewayFixture fixture) {
        fixture.dispatch(request -> Script.answer("It is 7."));

        List<Event> events = streamed(fixture, TRACE);

        assertThat(trace(events, "route"))
                .singleElement()
                .satisfies(own -> assertThat(own.path("route").asText())
                        .isEqualTo(summary(events).path("route").asText()));
        assertThat(summary(events).path("strategy").asText()).isEqualTo("auto");

        List<Event> direct = streamed(fixture, TRACE, "\"reasoning_effort\": \"none\"");
        assertThat(trace(direct).get(0).path("route").asText()).isEqualTo("direct");
        assertThat(summary(direct).path("route").asText()).isEqualTo("direct");
    }

    /** The route is known before the call. */
    @InContainers(config = AUTO)
    void theRouteDoesNotBeginTheResponse(GatewayFixture fixture) {
        fixture.script(Script.error(400, "No."));
        try (ChatClient.Stream stream = fixture.client().streamQuestion("?", TRACE, "\"reasoning_effort\": \"none\"")) {
            assertThat(stream.status()).isEqualTo(400);
            assertThat(stream.errorBody().at("/error/message").asText()).contains("No.");
        }
    }

    @InContainers(config = VOTE)
    void aReplayIsByteIdentical(GatewayFixture fixture) {
        threeAgree(fixture);
        String body = "{\"conversation_id\": \"traced\", \"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}";
        String first = sent(fixture, body).response().body();
        assertThat(first).contains("\"seconds\":");

        assertThat(sent(fixture, body).response().body()).isEqualTo(first);

        String traced = body.replaceFirst("\\{", "{\"stream\": true, " + TRACE + ", ");
        try (ChatClient.Stream stream = fixture.client().stream(
                request -> ChatClient.postJson(traced).apply(request.header("Idempotency-Key", "k")))) {
            List<Event> events = stream.remainingEvents();
            List<Event> chunks = events.subList(0, events.size() - 1);
            assertThat(trace(chunks)).isEmpty();
            assertThat(summary(chunks).has("turn")).isTrue();
            String last = chunks.get(chunks.size() - 1).data();
            assertThat(first).contains(last.substring(last.indexOf("\"x_o1\":"), last.length() - 1));
        }
    }

    private static JsonResponse sent(GatewayFixture fixture, String body) {
        return fixture.client()
                .send(
                        "/v1/chat/completions",
                        request -> ChatClient.postJson(body).apply(request.header("Idempotency-Key", "k")));
    }

    @InContainers(config = "notes: { step: \"Schritt {number}\" }")
    void usesTheConfiguredHeading(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));
        assertThat(fixture.client().postQuestion("?").reasoning())
                .isEqualTo(StepScripts.THREE_STEPS_TEXT.replace("Step", "Schritt"));
    }

    @InContainers(config = "presets: { de: { model: m, notes: { step: \"Schritt {number}\" } }, en: { model: m } }")
    void aPresetCanHaveItsOwnHeading(GatewayFixture fixture) {
        for (String model : List.of("de", "en")) {
            fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));
            assertThat(fixture.client()
                            .postQuestion("?", "\"model\": \"" + model + "\"")
                            .reasoning())
                    .startsWith(model.equals("de") ? "## Schritt 1: First\n" : "## Step 1: First\n");
        }
    }
}
