package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.InOneContainer;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** The token usage in replies, streams and the log. */
@InOneContainer
class UsageIT {
    private static final String MINIMAL_EFFORT = "\"reasoning_effort\": \"minimal\"";

    /** The usage of a JSON reply and of the last chunk of a stream. */
    private static List<JsonNode> replies(GatewayFixture fixture, Script[] scripts, String... fields) {
        fixture.script(scripts);
        JsonNode jsonReply = fixture.client().postQuestion("?", fields).json();
        fixture.script(scripts);
        return List.of(
                jsonReply,
                usageChunk(fixture, "{\"messages\": [" + message() + "], " + String.join(", ", fields) + "}"));
    }

    private static String message() {
        return "{\"role\": \"user\", \"content\": \"?\"}";
    }

    private static JsonNode usageChunk(GatewayFixture fixture, String body) {
        String streamed =
                body.replaceFirst("\\{", "{\"stream\": true, \"stream_options\": {\"include_usage\": true}, ");
        try (ChatClient.Stream stream = fixture.client().stream(
                request -> ChatClient.postJson(streamed).apply(request.header("Idempotency-Key", "k")))) {
            List<Event> events = stream.remainingEvents();
            assertThat(events.stream()
                            .filter(event -> !event.isDone() && event.json().has("x_o1")))
                    .hasSize(1);
            return events.get(events.size() - 2).json();
        }
    }

    private static String usage(JsonNode reply) {
        JsonNode usage = reply.path("usage");
        return usage.path("prompt_tokens") + " " + usage.at("/prompt_tokens_details/cached_tokens") + " "
                + usage.path("completion_tokens") + " " + usage.at("/completion_tokens_details/reasoning_tokens")
                + " " + usage.path("total_tokens");
    }

    private static String totals(JsonNode reply) {
        JsonNode total = reply.at("/x_o1/usage");
        assertThat(total.size()).isEqualTo(7);
        return total.path("calls") + " " + total.path("attempts") + " " + total.path("prompt_tokens") + " "
                + total.path("cached_tokens") + " " + total.path("cache_write_tokens") + " "
                + total.path("completion_tokens") + " " + total.path("reasoning_tokens");
    }

    private static Script answering(String text, int prompt, int cached, int written, int output, int reasoning) {
        return exchange -> exchange.stream()
                .text(text)
                .finish("stop")
                .event("{\"choices\":[],\"usage\":{\"prompt_tokens\":" + prompt + ",\"completion_tokens\":" + output
                        + ",\"prompt_tokens_details\":{\"cached_tokens\":" + cached + ",\"cache_write_tokens\":"
                        + written + "},\"completion_tokens_details\":{\"reasoning_tokens\":" + reasoning + "}}}")
                .done();
    }

    private static final Script STEP = answering(StepScripts.step("T", "c", "final_answer"), 100, 60, 40, 20, 4);
    private static final Script ANSWER = answering("Yes.", 130, 100, 30, 8, 3);

    @InContainers
    void reportsTheUsageOfTheAnswerAndTheTotals(GatewayFixture fixture) {
        for (JsonNode reply : replies(fixture, new Script[] {STEP, ANSWER}, MINIMAL_EFFORT)) {
            assertThat(usage(reply)).isEqualTo("100 60 28 23 128");
            assertThat(totals(reply)).isEqualTo("2 2 230 160 70 28 23");
        }
    }

    @InContainers
    void answerAndTotalsAreEqualWithoutSteps(GatewayFixture fixture) {
        for (JsonNode reply : replies(fixture, new Script[] {ANSWER}, "\"reasoning_effort\": \"none\"")) {
            assertThat(usage(reply)).isEqualTo("130 100 8 3 138");
            assertThat(totals(reply)).isEqualTo("1 1 130 100 30 8 3");
        }
    }

    @InContainers(config = "usage: turn")
    void reportsTheTotalsIfConfigured(GatewayFixture fixture) {
        for (JsonNode reply : replies(fixture, new Script[] {STEP, ANSWER}, MINIMAL_EFFORT)) {
            assertThat(usage(reply)).isEqualTo("230 160 28 23 258");
            assertThat(totals(reply)).isEqualTo("2 2 230 160 70 28 23");
        }
    }

    @InContainers(
            config = {
                "usage: turn",
                "presets: { agent: { model: m, usage: answer }, bill: { model: m } }",
            })
    void thePresetOverridesTheConfig(GatewayFixture fixture) {
        for (JsonNode reply : replies(fixture, new Script[] {STEP, ANSWER}, MINIMAL_EFFORT, "\"model\": \"agent\"")) {
            assertThat(usage(reply)).isEqualTo("100 60 28 23 128");
        }
        for (JsonNode reply : replies(fixture, new Script[] {STEP, ANSWER}, MINIMAL_EFFORT, "\"model\": \"bill\"")) {
            assertThat(usage(reply)).isEqualTo("230 160 28 23 258");
        }
    }

    /** The totals include failed and retried calls; attempts include requests that used no tokens. */
    @InContainers
    void countsFailedAttemptsAndRetriedCalls(GatewayFixture fixture) {
        Script empty =
                exchange -> exchange.stream().finish("stop").usage(50, 85).done();
        Script broken = exchange -> exchange.stream()
                .event(
                        "{\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"Hm\"}}],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":9}}")
                .reset();
        Script[] scripts = {Script.error(503, "Busy."), empty, STEP, broken, ANSWER};
        for (JsonNode reply : replies(fixture, scripts, MINIMAL_EFFORT)) {
            assertThat(usage(reply)).isEqualTo("100 60 28 23 128");
            assertThat(totals(reply))
                    .isEqualTo(
                            "3 5 " + (50 + 100 + 7 + 130) + " 160 70 " + (85 + 20 + 9 + 8) + " " + (85 + 20 + 1 + 3));
        }
    }

    @InContainers
    void aStepWithAToolCallIsCancelledAndCounted(GatewayFixture fixture) {
        Script calling = exchange -> exchange.stream()
                .text("{\"title\": \"T\", \"content\": \"one two three\"")
                .delta(
                        "{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}")
                .awaitDisconnect();
        String tools = "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\", \"parameters\": {}}}]";
        for (JsonNode reply : replies(fixture, new Script[] {calling, ANSWER}, MINIMAL_EFFORT, tools)) {
            JsonNode total = reply.at("/x_o1/usage");
            assertThat(total.path("calls").asInt()).isEqualTo(2);
            assertThat(total.path("completion_tokens").asInt()).isGreaterThan(8 + 5);
            assertThat(reply.at("/usage/completion_tokens")).isEqualTo(total.path("completion_tokens"));
            int prompt = reply.at("/usage/prompt_tokens").asInt();
            assertThat(prompt).isGreaterThan(20);
            assertThat(total.path("prompt_tokens").asInt()).isEqualTo(prompt + 130);
        }
    }

    @InContainers
    void aReplayReportsTheSameUsage(GatewayFixture fixture) {
        String body = "{\"conversation_id\": \"usage\", " + MINIMAL_EFFORT + ", \"messages\": [" + message() + "]}";
        fixture.script(STEP, ANSWER);
        JsonNode first = usageChunk(fixture, body);
        assertThat(usage(first)).isEqualTo("100 60 28 23 128");
        assertThat(totals(first)).isEqualTo("2 2 230 160 70 28 23");

        JsonNode again = usageChunk(fixture, body);
        JsonNode jsonReply = fixture.client()
                .send(
                        "/v1/chat/completions",
                        request -> ChatClient.postJson(body).apply(request.header("Idempotency-Key", "k")))
                .json();
        for (JsonNode reply : List.of(again, jsonReply)) {
            assertThat(reply.path("usage")).isEqualTo(first.path("usage"));
            assertThat(reply.path("x_o1")).isEqualTo(first.path("x_o1"));
            assertThat(reply.path("system_fingerprint")).isEqualTo(first.path("system_fingerprint"));
        }
        assertThat(fixture.requests()).hasSize(2);
    }

    @InContainers(config = "presets: { one: { model: m }, two: { model: other } }")
    void eachPresetHasItsFingerprintInRepliesAndChunks(GatewayFixture fixture) {
        fixture.dispatch(request -> Script.answer("Yes."));
        String one = fixture.client()
                .postQuestion("?", "\"model\": \"one\"")
                .json()
                .path("system_fingerprint")
                .asText();
        String two = fixture.client()
                .postQuestion("?", "\"model\": \"two\"")
                .json()
                .path("system_fingerprint")
                .asText();
        assertThat(one).matches("fp_[0-9a-f]{10}").isNotEqualTo(two);
        try (ChatClient.Stream stream = fixture.client().streamQuestion("?", "\"model\": \"one\"")) {
            assertThat(stream.remainingEvents().stream().filter(event -> !event.isDone()))
                    .hasSizeGreaterThan(2)
                    .allSatisfy(event -> assertThat(
                                    event.json().path("system_fingerprint").asText())
                            .isEqualTo(one));
        }
    }
}
