package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

/** The output limit that the gateway adds to a step must not fail a call that would succeed without it. */
class GatewayOutputLimitTest {
    private static final String VLLM_MESSAGE =
            "This model's maximum context length is 4096 tokens. However, you requested 4500 tokens (404 in the messages,"
                    + " 4096 in the completion). Please reduce the length of the messages or completion.";

    private static final String TOO_LARGE =
            "max_tokens is too large. This model supports at most 1024 completion tokens.";

    private final UpstreamFixture fixture = new UpstreamFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static CallRequest request(String field, boolean removable) {
        return request(field, 4096, removable);
    }

    private static CallRequest request(String field, int limit, boolean removable) {
        Map<String, RawJson> fields = new LinkedHashMap<>();
        fields.put(field, new RawJson(Integer.toString(limit)));
        fields.put("response_format", new RawJson("{\"type\":\"json_object\"}"));
        return new CallRequest(
                "m",
                List.of(Message.user("hi")),
                fields,
                removable ? Set.of(field, "response_format") : Set.of("response_format"));
    }

    private HttpUpstream upstream(FakeUpstream fake) {
        return fixture.upstream(fake);
    }

    private void call(HttpUpstream upstream, CallRequest request, CallContext context) {
        try (Call call = upstream.open(request, context)) {
            assertThat(fixture.text(call)).isEqualTo("well");
        }
    }

    private static boolean isLimited(FakeUpstream.Request request) {
        return request.body().has("max_tokens") || request.body().has("max_completion_tokens");
    }

    /** Each provider's message, and whether the value is too large by itself or only with this prompt. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            context | 400 | {"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 4500 tokens (404 in the messages, 4096 in the completion). Please reduce the length of the messages or completion.","type":"BadRequestError","param":null,"code":400}
            context | 400 | {"error":{"message":"'max_tokens' or 'max_completion_tokens' is too large: 4096. This model's maximum context length is 4096 tokens and your request has 404 input tokens (4096 > 4096 - 404). None","type":"BadRequestError","param":null,"code":400}}
            context | 400 | {"error":{"message":"This model's maximum context length is 4096 tokens. However, you requested 4096 output tokens and your prompt contains at least 1 input tokens, for a total of at least 4097 tokens.","type":"BadRequestError","param":"input_tokens","code":400}}
            context | 400 | {"error":{"message":"This model's maximum context length is 4096 tokens. However, you requested 4500 tokens (404 in the messages, 4096 in the completion).","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}
            value   | 400 | {"error":{"message":"max_tokens is too large: 4096. This model supports at most 2048 completion tokens, whereas you provided 4096.","type":"invalid_request_error","param":"max_tokens","code":null}}
            value   | 400 | {"error":{"message":"max_tokens is too large: 4096. This model supports at most 2048 completion tokens, whereas you provided 4096.","type":"invalid_request_error","param":"max_tokens","code":"invalid_value"}}
            value   | 400 | {"error":{"message":"Invalid max_tokens value, the valid range of max_tokens is [1, 2048]","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}
            value   | 400 | {"error":{"code":"InvalidParameter","message":"The parameter `max_tokens` specified in the request are not valid: integer above maximum value, expected a value <= 2048, but got 4096 instead.","param":"max_tokens","type":"BadRequest"}}
            value   | 400 | {"error":{"message":"`max_tokens` must be less than or equal to `2048`, the maximum value for `max_tokens` is less than the `context_window` for this model","type":"invalid_request_error","param":"max_tokens"}}
            value   | 400 | {"error":{"message":"Range of max_tokens should be [1, 2000]","type":"invalid_request_error","code":"invalid_parameter_error"}}
            value   | 400 | {"error":{"message":"max_tokens: 4096 > 2048, which is the maximum allowed number of output tokens for this model","type":"invalid_request_error"}}
            context | 422 | {"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 404 `inputs` tokens and 4096 `max_new_tokens`","error_type":"validation"}
            value   | 422 | {"message":"max_new_tokens must be at most 2048"}
            context | 400 | {"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":404,"n_ctx":256}}
            context | 500 | {"error":{"code":500,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":404,"n_ctx":256}}
            context | 400 | {"error":{"message":"Requested tokens (4500) exceed context window of 4096","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}
            context | 413 | {"error":{"message":"Request too large for model `m` on tokens per minute (TPM): Limit 4000, Requested 4500, please reduce your message size and try again.","type":"tokens","code":"rate_limit_exceeded"}}
            """)
    void isReducedAndThenOmittedForTheRestOfTheTurn(String cause, int status, String body) {
        for (String field : List.of("max_tokens", "max_completion_tokens")) {
            FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                    request -> isLimited(request) ? Script.status(status, body) : Script.answer("well")));
            HttpUpstream upstream = upstream(fake);
            CallContext context = fixture.context("a");
            call(upstream, request(field, true), context);
            assertThat(fake.requests()).hasSize(3);
            assertThat(fake.request(1).body().path(field).asInt()).isEqualTo(1024);
            assertThat(fake.request(2).asksForJson()).isTrue();
            call(upstream, request(field, true), context);
            assertThat(fake.requests()).as("known in the turn").hasSize(4);
            call(upstream, request(field, true), fixture.context("a"));
            assertThat(fake.requests()).as("unknown in another turn").hasSize(7);

            FakeUpstream small = fixture.fake(FakeUpstream.dispatching(request ->
                    request.body().path(field).asInt() > 1024 ? Script.status(status, body) : Script.answer("well")));
            upstream = upstream(small);
            context = fixture.context("a");
            call(upstream, request(field, true), context);
            call(upstream, request(field, true), context);
            assertThat(small.requests()).as("known in the turn").hasSize(3);
            assertThat(small.request(2).body().path(field).asInt()).isEqualTo(1024);
            call(upstream, request(field, true), fixture.context("b"));
            boolean learned = cause.equals("value"); // another caller's prompt may be shorter
            assertThat(small.request(3).body().path(field).asInt()).isEqualTo(learned ? 1024 : 4096);
            assertThat(small.requests()).hasSize(learned ? 4 : 5);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "This model's maximum context length is 4096 tokens. However, you requested 8596 tokens (4500 in the messages, 4096 in the completion).",
                "This model's maximum context length is 4096 tokens. However, you requested 4096 output tokens and your prompt contains at least 4096 input tokens",
                "Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a total of 9000 tokens: 4904 tokens from the input messages and 4096 tokens for the completion.",
                "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens. Please reduce the length of the messages.",
                "prompt is too long: 213462 tokens > 200000 maximum",
                "The prompt is too long: 140000, model maximum context length: 131071",
                "The input (250000 tokens) is longer than the model's context length (200000 tokens).",
                "request (9000 tokens) exceeds the available context size (8192 tokens), try increasing it",
                "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
            })
    void isNotReducedForAPromptThatIsTooLongByItself(String message) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> Script.error(400, message)));
        assertThat(catchThrowable(() -> upstream(fake).open(request("max_tokens", true), fixture.context("a"))))
                .isInstanceOfSatisfying(
                        UpstreamException.class,
                        failure -> assertThat(failure.exceedsContext()).isTrue());
        assertThat(fake.requests()).hasSize(1);
    }

    /** Without the length of the prompt it is unknown whether it fits with a lower limit. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "This model's maximum context length is 8192 tokens.",
                "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens (7000 in the messages, 2000 in the completion)."
            })
    void isReducedForAPromptOfUnknownLength(String message) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> Script.error(400, message)));
        assertThat(catchThrowable(() -> upstream(fake).open(request("max_tokens", true), fixture.context("a"))))
                .isInstanceOf(UpstreamException.class);
        assertThat(fake.requests()).hasSize(3);
    }

    @Test
    void anErrorInTheStreamReducesItToo() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> isLimited(request)
                ? exchange -> exchange.stream()
                        .event("{\"error\":{\"message\":\"too long\",\"code\":\"context_length_exceeded\"}}")
                        .end()
                : Script.answer("well")));
        call(upstream(fake), request("max_tokens", true), fixture.context("a"));
        assertThat(fake.requests()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"4096, 1024", "100, 25", "64, 16", "40, 16", "17, 16", "16, 0", "1, 0"})
    void isReducedToAQuarterButNotBelow16(int limit, int reduced) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> request.body().path("max_tokens").asInt() >= limit
                        ? Script.error(400, VLLM_MESSAGE)
                        : Script.answer("well")));
        HttpUpstream upstream = upstream(fake);
        call(upstream, request("max_tokens", limit, true), fixture.context("a"));
        assertThat(fake.requests()).hasSize(2);
        assertThat(fake.request(1).body().path("max_tokens").asInt()).isEqualTo(reduced);
    }

    @Test
    void aReducedLimitIsLoggedOnceWithTheRemedy() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> request.body().path("max_tokens").asInt() > 1024
                        ? Script.error(400, TOO_LARGE)
                        : Script.answer("well")));
        HttpUpstream upstream = upstream(fake);
        try (LogCapture log = new LogCapture(ProviderProfile.class)) {
            call(
                    upstream,
                    request("max_tokens", 5000, true),
                    fixture.context("a")); // 1250 is too large as well: not learned
            assertThat(log.lines()).isEmpty();
            call(upstream, request("max_tokens", 4096, true), fixture.context("a"));
            call(upstream, request("max_tokens", 2000, true), fixture.context("a"));
            assertThat(log.lines())
                    .containsExactly(
                            "upstream main, model m: rejects an output limit of 4096 tokens for a step and accepts 1024;"
                                    + " such limits are reduced to a quarter for 3600 s (upstreams.*.relearn_after)."
                                    + " Set steps.tokens to at most a quarter of the model's context");
        }
    }

    /** The rest of the caller's limit may be much smaller than the rejected limit. */
    @Test
    void aLimitBelowTheRejectedOneIsSentUnchanged() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> request.body().path("max_tokens").asInt() > 1024
                        ? Script.error(400, TOO_LARGE)
                        : Script.answer("well")));
        HttpUpstream upstream = upstream(fake);
        call(upstream, request("max_tokens", true), fixture.context("a"));
        call(upstream, request("max_tokens", 300, true), fixture.context("a"));
        call(upstream, request("max_tokens", 1000, false), fixture.context("a"));
        call(upstream, request("max_tokens", 8192, true), fixture.context("a")); // 2048 is too large as well
        assertThat(fake.requests().stream()
                        .map(request -> request.body().path("max_tokens").asInt()))
                .containsExactly(4096, 1024, 300, 1000, 2048, 0);
    }

    /** First the name is rejected, then the value. */
    @Test
    void isReducedUnderItsAlternativeName() {
        FakeUpstream fake =
                fixture.fake(FakeUpstream.dispatching(request -> request.body().has("max_tokens")
                        ? Script.error(400, "Unsupported parameter: 'max_tokens', use 'max_completion_tokens' instead.")
                        : request.body().path("max_completion_tokens").asInt() > 1024
                                ? Script.error(400, TOO_LARGE)
                                : Script.answer("well")));
        HttpUpstream upstream = upstream(fake);
        call(upstream, request("max_tokens", true), fixture.context("a"));
        call(upstream, request("max_tokens", true), fixture.context("a"));
        assertThat(fake.requests()).hasSize(4);
        assertThat(fake.request(3).body().path("max_completion_tokens").asInt()).isEqualTo(1024);
    }

    @Test
    void aPromptThatIsTooLongByItselfFailsAfterTwoMoreAttempts() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> Script.error(400, VLLM_MESSAGE)));
        HttpUpstream upstream = upstream(fake);
        CallContext context = fixture.context("a");
        assertThat(catchThrowable(() -> call(upstream, request("max_tokens", true), context)))
                .isInstanceOfSatisfying(
                        UpstreamException.class,
                        e -> assertThat(e.exceedsContext()).isTrue());
        assertThat(fake.requests()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"max_tokens", "max_completion_tokens"})
    void neverOmitsTheCallersLimit(String field) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> Script.error(400, VLLM_MESSAGE)));
        HttpUpstream upstream = upstream(fake);
        assertThat(catchThrowable(() -> call(upstream, request(field, false), fixture.context("a"))))
                .isInstanceOf(UpstreamException.class);
        assertThat(fake.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"max_tokens, max_completion_tokens", "max_completion_tokens, max_tokens"})
    void isRenamedForAProviderThatKnowsOnlyTheOtherName(String known, String unknown) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> request.body()
                        .has(unknown)
                ? Script.error(400, "Unsupported parameter: '" + unknown + "' is not supported with this model.")
                : Script.answer("well")));
        HttpUpstream upstream = upstream(fake);
        call(upstream, request(unknown, true), fixture.context("a"));
        call(upstream, request(unknown, true), fixture.context("a"));
        assertThat(fake.requests()).hasSize(3);
        assertThat(fake.request(2).body().path(known).asInt()).isEqualTo(4096);
    }

    @ParameterizedTest
    @ValueSource(strings = {"max_tokens", "max_completion_tokens"})
    void isOmittedForAProviderThatKnowsNeitherName(String field) {
        FakeUpstream fake =
                fixture.fake(FakeUpstream.dispatching(request -> request.body().has("max_tokens")
                        ? Script.error(400, "Unrecognized request argument supplied: max_tokens")
                        : request.body().has("max_completion_tokens")
                                ? Script.error(400, "Unrecognized request argument supplied: max_completion_tokens")
                                : Script.answer("well")));
        HttpUpstream upstream = upstream(fake);
        call(upstream, request(field, true), fixture.context("a"));
        assertThat(fake.requests()).hasSize(3);
        call(upstream, request(field, true), fixture.context("a"));
        assertThat(fake.requests()).as("remembered").hasSize(4);
    }

    /** What is learned for the turn must not prevent renaming the caller's own limit. */
    @Test
    void theCallersLimitIsSentUnderTheNameThatTheProviderAccepts() {
        FakeUpstream fake =
                fixture.fake(FakeUpstream.dispatching(request -> request.body().has("max_tokens")
                        ? Script.error(400, "Unsupported parameter: 'max_tokens', use 'max_completion_tokens' instead.")
                        : request.body().path("max_completion_tokens").asInt() > 100
                                ? Script.error(400, VLLM_MESSAGE)
                                : Script.answer("well")));
        HttpUpstream upstream = upstream(fake);
        CallContext context = fixture.context("a");
        call(upstream, request("max_tokens", true), context);
        Map<String, RawJson> callersLimit =
                Map.of("max_tokens", new RawJson("50"), "response_format", new RawJson("{\"type\":\"json_object\"}"));
        call(upstream, new CallRequest("m", List.of(Message.user("hi")), callersLimit), context);
        assertThat(fake.request(fake.requests().size() - 1)
                        .body()
                        .path("max_completion_tokens")
                        .asInt())
                .isEqualTo(50);
        assertThat(fake.requests()).hasSize(5);
    }

    /** A quoted prompt is not the provider's own wording. */
    @Test
    void ignoresAQuotedName() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> Script.error(400, "Cannot answer: what is max_tokens good for, and why?")));
        CallRequest quotingRequest = new CallRequest(
                "m",
                List.of(Message.user("what is max_tokens good for, and why?")),
                Map.of("max_tokens", new RawJson("4096")),
                Set.of("max_tokens"));
        assertThat(catchThrowable(() -> call(upstream(fake), quotingRequest, fixture.context("a"))))
                .isInstanceOf(UpstreamException.class);
        assertThat(fake.requests()).hasSize(1);
    }
}
