package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.o1api.reasoning.TokenCounter;
import org.o1api.testing.ChatClient;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.InOneContainer;
import org.o1api.testing.Script;

/** The strategy {@code single} over HTTP. */
@InOneContainer
class SingleIT {
    private static final String SINGLE = "presets: { s: { model: m, strategy: single } }";
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final String REASONED = "=== Step: Add\n2+2 is 4.\n=== Step: Check\n4-2 is 2.\n=== Answer\n";
    private static final String STEPS = "## Step 1: Add\n2+2 is 4.\n\n## Step 2: Check\n4-2 is 2.";
    private static final String TOOLS =
            "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"look\", \"parameters\": {}}}]";

    private static Script reply(String text) {
        return exchange ->
                exchange.stream().words(text).finish("stop").usage(10, 50).done();
    }

    @InContainers(config = SINGLE)
    void showsStepsAndAnswerOfOneCall(GatewayFixture fixture) {
        fixture.script(reply(REASONED + "Four.\nAnswer: 4"));

        ChatClient.JsonResponse reply = fixture.client().postQuestion("How many?");

        assertThat(reply.content()).isEqualTo("Four.");
        assertThat(reply.reasoning()).isEqualTo(STEPS);
        assertThat(fixture.requests()).hasSize(1);
        JsonNode usage = reply.json().path("usage");
        assertThat(usage.path("prompt_tokens").asLong()).isEqualTo(10);
        assertThat(usage.path("completion_tokens").asLong()).isEqualTo(50);
        assertThat(usage.at("/completion_tokens_details/reasoning_tokens").asLong())
                .isEqualTo(TokenCounter.count(REASONED));
        assertThat(reply.json().at("/x_o1/strategy").asText()).isEqualTo("single");
        assertThat(reply.json().at("/x_o1/steps").asInt()).isEqualTo(2);
        assertThat(reply.json().at("/x_o1/ended_by").asText()).isEqualTo("answered");
        assertThat(reply.json().at("/x_o1/usage/completion_tokens").asLong()).isEqualTo(50);
    }

    @InContainers(config = SINGLE)
    void streamsReasoningAndAnswerWhileTheCallIsOpen(GatewayFixture fixture) {
        CountDownLatch reasoned = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        fixture.script(exchange -> {
            exchange.stream().text("=== Step: Add\n2+2").await(reasoned);
            exchange.text(" is 4.\n=== Answer\nFour").await(answered);
            exchange.text(".\nAnswer: 4").finish("stop").done();
        });

        try (ChatClient.Stream stream = fixture.client().streamQuestion("How many?")) {
            assertThat(stream.nextText().reasoning()).startsWith("## Step 1: Add");
            reasoned.countDown();
            ChatClient.Event next = stream.nextText();
            while (next.content().isEmpty()) {
                next = stream.nextText();
            }
            assertThat(next.content()).isEqualTo("Four");
            answered.countDown();
            assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo(".");
        }
    }

    @InContainers(config = SINGLE)
    void aDisconnectEndsTheCall(GatewayFixture fixture) {
        fixture.script(exchange -> exchange.stream().text("=== Step: Add\n2+2").awaitDisconnect());
        try (ChatClient.Stream stream = fixture.client().streamQuestion("How many?")) {
            assertThat(stream.nextText().reasoning()).isNotEmpty();
        }
        fixture.awaitAborted(1, LIMIT);
    }

    @InContainers(config = SINGLE)
    void callsTools(GatewayFixture fixture) {
        fixture.script(exchange -> exchange.stream()
                .text("=== Step: Look\nI need it.")
                .delta(
                        "{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"look\",\"arguments\":\"{}\"}}]}")
                .finish("tool_calls")
                .usage(10, 20)
                .done());

        ChatClient.JsonResponse reply = fixture.client().postQuestion("How many?", TOOLS);

        assertThat(reply.json()
                        .at("/choices/0/message/tool_calls/0/function/name")
                        .asText())
                .isEqualTo("look");
        assertThat(reply.json().at("/choices/0/finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(reply.reasoning()).isEqualTo("## Step 1: Look\nI need it.");
        assertThat(fixture.request(0).body().path("tools")).hasSize(1);
    }

    @InContainers(config = SINGLE)
    void answersInJsonWithAClosingCall(GatewayFixture fixture) {
        fixture.script(reply(REASONED + "Four."), reply("{\"result\": 4}"));

        ChatClient.JsonResponse reply =
                fixture.client().postQuestion("How many?", "\"response_format\": {\"type\": \"json_object\"}");

        assertThat(reply.content()).isEqualTo("{\"result\": 4}");
        assertThat(reply.reasoning()).isEqualTo(STEPS + "\n\nFour.");
        assertThat(fixture.request(0).body().has("response_format")).isFalse();
        assertThat(fixture.request(1).body().has("response_format")).isTrue();
        assertThat(reply.json().at("/usage/completion_tokens").asLong()).isEqualTo(100);
        assertThat(reply.json()
                        .at("/usage/completion_tokens_details/reasoning_tokens")
                        .asLong())
                .isEqualTo(50);
        assertThat(reply.json().at("/x_o1/usage/prompt_tokens").asLong()).isEqualTo(20);
    }

    @InContainers(config = SINGLE)
    void worksWithModelsThatIgnoreTheFormat(GatewayFixture fixture) {
        fixture.script(reply("It is 4."));
        ChatClient.JsonResponse ignoring = fixture.client().postQuestion("How many?");
        assertThat(ignoring.content()).isEqualTo("It is 4.");
        assertThat(ignoring.reasoning()).isEqualTo("## Step 1\nIt is 4.");

        fixture.script(exchange -> exchange.stream()
                .reasoning("hm")
                .words("It is 4.")
                .finish("stop")
                .done());
        ChatClient.JsonResponse thinking = fixture.client().postQuestion("How many?");
        assertThat(thinking.content()).isEqualTo("It is 4.");
        assertThat(thinking.reasoning()).isEqualTo("## Step 1\nhm");

        fixture.script(reply("<think>hm</think>\n\n" + REASONED + "Four."));
        ChatClient.JsonResponse tagged = fixture.client().postQuestion("How many?");
        assertThat(tagged.content()).isEqualTo("Four.");
        assertThat(tagged.reasoning()).startsWith("## Step 1\nhm\n\n## Step 2: Add\n");
    }

    @InContainers(config = SINGLE)
    void showsTheReasoningInEachFormat(GatewayFixture fixture) {
        Script script = reply(REASONED + "Four.\nAnswer: 4");
        fixture.script(script);
        assertThat(content(fixture, "think")).isEqualTo("<think>" + STEPS + "</think>Four.");
        fixture.script(script);
        assertThat(content(fixture, "none")).isEqualTo("Four.");
        fixture.script(script);
        assertThat(content(fixture, "markdown")).contains("Add", "2+2 is 4.", "### Final Answer\nFour.");
        fixture.script(script);
        assertThat(content(fixture, "details")).contains("Add", "2+2 is 4.", "### Final Answer\nFour.");
    }

    private static String content(GatewayFixture fixture, String format) {
        return fixture.client()
                .postQuestion("How many?", "\"reasoning_format\": \"" + format + "\"")
                .content();
    }

    @InContainers(config = SINGLE)
    void storesAndReplaysATurn(GatewayFixture fixture) {
        fixture.script(reply(REASONED + "Four.\nAnswer: 4"));
        String body =
                "{\"conversation_id\": \"single\", \"messages\": [{\"role\": \"user\", \"content\": \"How many?\"}]}";
        ChatClient.JsonResponse first = fixture.client()
                .send(
                        "/v1/chat/completions",
                        request -> ChatClient.postJson(body).apply(request.header("Idempotency-Key", "single-1")));
        ChatClient.JsonResponse again = fixture.client()
                .send(
                        "/v1/chat/completions",
                        request -> ChatClient.postJson(body).apply(request.header("Idempotency-Key", "single-1")));

        assertThat(first.content()).isEqualTo("Four.");
        assertThat(again.json().path("choices")).isEqualTo(first.json().path("choices"));
        assertThat(fixture.requests()).hasSize(1);
    }

    @InContainers(demo = true, config = "presets: { s: { strategy: single } }")
    void showsTheFormatWithTheDemoModel(GatewayFixture fixture) {
        ChatClient.JsonResponse reply = fixture.client().postQuestion("How many?");
        assertThat(reply.content()).contains("demonstration", "How many?").doesNotContain("===", "Answer:");
        assertThat(reply.reasoning()).contains("## Step 1: What is asked", "## Step 3: Check");

        ChatClient.JsonResponse json =
                fixture.client().postQuestion("How many?", "\"response_format\": {\"type\": \"json_object\"}");
        assertThat(json.content()).startsWith("{\"answer\":").contains("How many?");
    }

    @InContainers(config = SINGLE)
    void answersDirectlyWithoutEffort(GatewayFixture fixture) {
        fixture.script(reply("Four."));
        ChatClient.JsonResponse reply = fixture.client().postQuestion("How many?", "\"reasoning_effort\": \"none\"");
        assertThat(reply.content()).isEqualTo("Four.");
        assertThat(reply.json().at("/x_o1/strategy").asText()).isEqualTo("direct");
        assertThat(fixture.request(0).body().path("messages")).hasSize(1);
    }

    @InContainers(config = SINGLE)
    void failsLikeAnyCall(GatewayFixture fixture) {
        fixture.script(exchange -> exchange.reply(
                400,
                "application/json",
                "{\"error\": {\"message\": \"too long\", \"code\": \"context_length_exceeded\"}}"));
        ChatClient.JsonResponse reply = fixture.client().postQuestion("How many?");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().at("/error/code").asText()).isEqualTo("context_length_exceeded");
    }
}
