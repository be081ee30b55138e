package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.FakeUpstream.Request;
import org.o1api.testing.Script;

/** Providers that require earlier reasoning, and others that reject it. */
class AdaptiveReasoningTest {
    private static final Map<String, RawJson> TOOL_CALLS = Map.of("tool_calls", new RawJson("[{\"id\":\"c1\"}]"));
    private static final Message PLAIN_ANSWER = MessageJson.message(Role.ASSISTANT, new Content.Text("b"), Map.of());

    private static final String MISSING = "thinking is enabled but reasoning_content is missing in message 1";
    private static final String REJECTED = "messages[1].reasoning_content: Extra inputs are not permitted";

    private final UpstreamFixture fixture = new UpstreamFixture();
    private final AtomicLong now = new AtomicLong();

    @AfterEach
    void close() {
        fixture.close();
    }

    private HttpUpstream upstream(FakeUpstream fake, ReasoningHistory configured) {
        UpstreamSettings settings = new UpstreamFixture.Settings()
                .url(fake.url())
                .reasoningHistory(configured)
                .build();
        return fixture.upstream(
                settings,
                new Breaker("main", Breaker.OPEN_TIME, true),
                new ProviderProfiles(settings, now::get),
                new Transport(settings));
    }

    private static Message answerWithToolCalls(Map<String, RawJson> reasoning) {
        return MessageJson.message(Role.ASSISTANT, null, TOOL_CALLS, reasoning);
    }

    private static Map<String, RawJson> reasoning(String name) {
        return Map.of(name, new RawJson("\"I \\u0041.\""));
    }

    private static CallRequest request(Message... answers) {
        Message user = Message.user("Hi");
        return new CallRequest(
                "m", answers.length == 1 ? List.of(user, answers[0]) : List.of(user, answers[0], answers[1]), Map.of());
    }

    private void call(HttpUpstream upstream, CallRequest request) {
        try (Call call = upstream.open(request, fixture.context("a"))) {
            assertThat(fixture.text(call)).isEqualTo("well");
        }
    }

    private static boolean has(Request request, Predicate<JsonNode> which, String field) {
        for (JsonNode message : request.body().path("messages")) {
            if (message.path("role").asText().equals("assistant") && which.test(message) && !message.has(field)) {
                return false;
            }
        }
        return true;
    }

    private static boolean callsTools(JsonNode message) {
        return message.has("tool_calls");
    }

    /** Requires the field with answers that call tools. */
    private static Script requiresFieldWithToolCalls(Request request) {
        return has(request, AdaptiveReasoningTest::callsTools, "reasoning_content")
                ? Script.answer("well")
                : Script.error(400, MISSING);
    }

    private static Script rejectsField(Request request, String field) {
        return request.text().contains("\"" + field + "\":")
                ? Script.error(400, "messages[1]." + field + ": Extra inputs are not permitted")
                : Script.answer("well");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            400 | {"error":{"message":"The `reasoning_content` in the thinking mode must be passed back to the API.","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}
            400 | {"error":{"message":"Missing `reasoning_content` field in the assistant message at message index 1.","type":"invalid_request_error"}}
            400 | {"code":20015,"message":"thinking is enabled but reasoning_content is missing in assistant tool call message at index 1","data":null}
            400 | data:{"error":{"code":"400","message":"Param Incorrect","param":"The reasoning_content in the thinking mode must be passed back to the API.","type":""}}
            422 | {"detail":[{"type":"missing","loc":["body","messages",1,"assistant","reasoning_content"],"msg":"Field required","input":{"role":"assistant"}}]}
            200 | {"error":{"code":400,"message":"reasoning_content is missing in message 1"}}
            500 | {"error":{"message":"upstream error: thinking is enabled but reasoning_content is missing in assistant tool call message at index 1"}}
            """)
    void sendsTheFieldOnceTheProviderRequiresIt(int status, String body) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request ->
                request.text().contains("reasoning_content") ? Script.answer("well") : Script.status(status, body)));
        HttpUpstream upstream = upstream(fake, ReasoningHistory.DROP);
        try (LogCapture log = new LogCapture(ProviderProfile.class)) {
            call(upstream, request(answerWithToolCalls(reasoning("reasoning_content")), PLAIN_ANSWER));
            call(upstream, request(answerWithToolCalls(reasoning("reasoning_content"))));
            assertThat(log.lines())
                    .containsExactly(
                            "upstream main, model m: requires reasoning_content with earlier answers that call tools;"
                                    + " it is sent for 3600 s (upstreams.*.relearn_after)");
        }
        assertThat(fake.requests()).hasSize(3);
        assertThat(fake.request(1).text())
                .contains("\"tool_calls\":[{\"id\":\"c1\"}],\"reasoning_content\":\"I \\u0041.\"}")
                .contains("\"content\":\"b\"}");
    }

    /** Most clients do not send reasoning back, and some use another field name. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            reasoning         | "I \\u0041."              | "I A."
            reasoning_details | [{"text":"I \\u0041."}]   | "I A."
            reasoning_details | [{"data":"AAAA"}]         | " "
            reasoning_content | ""                        | " "
            """)
    void sendsReasoningUnderTheRequiredName(String name, String value, String sent) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(AdaptiveReasoningTest::requiresFieldWithToolCalls));
        call(upstream(fake, ReasoningHistory.DROP), request(answerWithToolCalls(Map.of(name, new RawJson(value)))));
        assertThat(fake.request(1).text())
                .contains("],\"reasoning_content\":" + sent + "}")
                .doesNotContain("\"reasoning\"")
                .doesNotContain("reasoning_details");
    }

    @Test
    void sendsABlankIfTheClientDidNotSendReasoningBack() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(AdaptiveReasoningTest::requiresFieldWithToolCalls));
        call(upstream(fake, ReasoningHistory.DROP), request(answerWithToolCalls(Map.of()), PLAIN_ANSWER));
        assertThat(fake.request(1).text())
                .contains("],\"reasoning_content\":\" \"}")
                .contains("\"content\":\"b\"}");
    }

    @ParameterizedTest
    @EnumSource
    void sendsItWithAllAnswersIfThoseWithToolCallsAreNotEnough(ReasoningHistory configured) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request ->
                has(request, any -> true, "reasoning_content") ? Script.answer("well") : Script.error(400, MISSING)));
        HttpUpstream upstream = upstream(fake, configured);
        CallRequest request = request(answerWithToolCalls(reasoning("reasoning_content")), PLAIN_ANSWER);
        call(upstream, request);
        int attempts = fake.requests().size();
        assertThat(attempts).isEqualTo(configured == ReasoningHistory.DROP ? 3 : 2);
        call(upstream, request);
        call(upstream, request(PLAIN_ANSWER));
        assertThat(fake.requests()).hasSize(attempts + 2);
    }

    @Test
    void sendsItWithAllAnswersIfNoneCallsTools() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request ->
                has(request, any -> true, "reasoning_content") ? Script.answer("well") : Script.error(400, MISSING)));
        call(upstream(fake, ReasoningHistory.DROP), request(PLAIN_ANSWER));
        assertThat(fake.requests()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"reasoning_content, TOOL_TURNS", "reasoning, KEEP", "reasoning_details, KEEP"})
    void omitsTheFieldOnceTheProviderRejectsIt(String field, ReasoningHistory configured) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> rejectsField(request, field)));
        HttpUpstream upstream = upstream(fake, configured);
        try (LogCapture log = new LogCapture(ProviderProfile.class)) {
            call(upstream, request(answerWithToolCalls(reasoning(field))));
            call(upstream, request(answerWithToolCalls(reasoning(field))));
            assertThat(log.lines())
                    .containsExactly("upstream main, model m: rejects " + field + " in messages; it is left out"
                            + " for 3600 s (upstreams.*.relearn_after)");
        }
        assertThat(fake.requests()).hasSize(3);
        now.addAndGet(Duration.ofHours(1).toNanos());
        call(upstream, request(answerWithToolCalls(reasoning(field))));
        assertThat(fake.requests()).hasSize(5);
    }

    @Test
    void learnsEachRejectedFieldSeparately() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> {
            String text = request.text();
            String field = text.contains("\"reasoning_content\"") ? "reasoning_content" : "reasoning";
            return rejectsField(request, field);
        }));
        Map<String, RawJson> both =
                Map.of("reasoning_content", new RawJson("\"a\""), "reasoning", new RawJson("\"a\""));
        call(upstream(fake, ReasoningHistory.KEEP), request(answerWithToolCalls(both)));
        assertThat(fake.requests()).hasSize(3);
    }

    /** Happens behind a router whose providers differ. */
    @Test
    void aNewRuleReplacesItsOpposite() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> {
            boolean wants = request.number() >= 2 && request.number() < 5;
            return wants ? requiresFieldWithToolCalls(request) : rejectsField(request, "reasoning_content");
        }));
        HttpUpstream upstream = upstream(fake, ReasoningHistory.TOOL_TURNS);
        CallRequest request = request(answerWithToolCalls(reasoning("reasoning_content")));
        call(upstream, request); // 0: rejected, 1
        call(upstream, request); // 2: missing, 3
        call(upstream, request); // 4
        call(upstream, request); // 5: rejected, 6
        call(upstream, request); // 7
        assertThat(fake.requests()).hasSize(8);
    }

    /** The gateway cannot create a block, because Anthropic signs them. */
    @Test
    void sendsBlocksUnchangedOrNotAtAll() {
        RawJson blocks = new RawJson("[{\"type\":\"thinking\",\"thinking\":\"a\",\"signature\":\"s\"}]");
        FakeUpstream fake =
                fixture.fake(FakeUpstream.dispatching(request -> request.text().contains("\"signature\"")
                        ? Script.answer("well")
                        : Script.error(400, "messages[1].thinking_blocks is missing")));
        HttpUpstream upstream = upstream(fake, ReasoningHistory.DROP);
        call(upstream, request(answerWithToolCalls(Map.of("thinking_blocks", blocks))));
        assertThat(fake.request(1).text()).contains("\"thinking_blocks\":" + blocks.text());
        for (Map<String, RawJson> others : List.of(reasoning("reasoning_content"), Map.<String, RawJson>of())) {
            assertThat(catchThrowableOfType(
                            UpstreamException.class, () -> call(upstream, request(answerWithToolCalls(others)))))
                    .hasMessageContaining("missing");
        }
        assertThat(fake.requests()).hasSize(4);
        assertThat(fake.request(3).text()).doesNotContain("thinking_blocks");
    }

    @Test
    void omitsBlocksOnceTheProviderRejectsThem() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> rejectsField(request, "thinking_blocks")));
        HttpUpstream upstream = upstream(fake, ReasoningHistory.KEEP);
        CallRequest request = request(answerWithToolCalls(
                Map.of("thinking_blocks", new RawJson("[{\"thinking\":\"a\",\"signature\":\"s\"}]"))));
        call(upstream, request);
        call(upstream, request);
        assertThat(fake.requests()).hasSize(3);
    }

    /** Each message is taken for a rejection of the reasoning, but rejects something else. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            KEEP | tool_choice 'required' is not supported in thinking mode: reasoning_content
            KEEP | tool_choice is not supported in thinking mode: reasoning_content (request id: 20260423%s, 17:0%s)
            KEEP | messages[%s].reasoning_content is not supported with this tool_choice
            DROP | tool_choice breaks messages[%s]: reasoning_content is missing
            """)
    void undoesAChangeThatDoesNotHelp(ReasoningHistory configured, String message) {
        FakeUpstream fake =
                fixture.fake(FakeUpstream.dispatching(request -> request.body().has("tool_choice")
                        ? Script.error(400, message.replace("%s", String.valueOf(request.number())))
                        : Script.answer("well")));
        HttpUpstream upstream = upstream(fake, configured);
        CallRequest request = new CallRequest(
                "m",
                List.of(Message.user("Hi"), answerWithToolCalls(reasoning("reasoning_content"))),
                Map.of("tool_choice", new RawJson("\"none\"")),
                Set.of("tool_choice"));
        try (LogCapture log = new LogCapture(ProviderProfile.class)) {
            call(upstream, request);
            assertThat(log.lines()).hasSize(1).first().asString().contains("tool_choice");
        }
        boolean keeps = configured == ReasoningHistory.KEEP;
        assertThat(fake.requests()).hasSize(3);
        assertThat(fake.request(2).text().contains("reasoning_content")).isEqualTo(keeps);
        call(upstream, request);
        assertThat(fake.requests()).hasSize(4);
        assertThat(fake.request(3).text()).isEqualTo(fake.request(2).text());
    }

    /** If the provider rejects what it has required, or vice versa, the caller gets the error. */
    @ParameterizedTest
    @CsvSource({"DROP, 3", "TOOL_TURNS, 3", "KEEP, 3"})
    void doesNotChangeBackAndForth(ReasoningHistory configured, int requests) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> Script.error(400, request.text().contains("reasoning_content") ? REJECTED : MISSING)));
        UpstreamException failure = catchThrowableOfType(
                UpstreamException.class,
                () -> call(
                        upstream(fake, configured),
                        request(answerWithToolCalls(reasoning("reasoning_content")), PLAIN_ANSWER)));
        assertThat(failure.status()).isEqualTo(400);
        assertThat(fake.requests()).hasSize(requests);
    }

    @Test
    void reportsARequirementThatCannotBeMetAsTheCallersError() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> Script.error(400, MISSING)));
        HttpUpstream upstream = upstream(fake, ReasoningHistory.DROP);
        assertThat(catchThrowableOfType(UpstreamException.class, () -> call(upstream, request(PLAIN_ANSWER))))
                .hasMessage(MISSING);
        assertThat(fake.requests()).hasSize(2);
        assertThat(catchThrowableOfType(UpstreamException.class, () -> call(upstream, fixture.request())))
                .hasMessage(MISSING);
        assertThat(fake.requests()).hasSize(3); // nothing learned, and no answer to send it with
    }
}
