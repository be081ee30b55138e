package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

/** Failures of providers: which are retried, and how they are reported. */
class UpstreamFailureTest {
    private final UpstreamFixture fixture = new UpstreamFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource({
        "400, UPSTREAM_REFUSED, 1",
        "422, UPSTREAM_REFUSED, 1",
        "413, UPSTREAM_REQUEST_TOO_LARGE, 1",
        "401, UPSTREAM_MISCONFIGURED, 1",
        "403, UPSTREAM_MISCONFIGURED, 1",
        "404, UPSTREAM_MISCONFIGURED, 1",
        "302, UPSTREAM_MISCONFIGURED, 1",
        "308, UPSTREAM_MISCONFIGURED, 1",
        "418, UPSTREAM_MISCONFIGURED, 1",
        "408, UPSTREAM_TIMEOUT, 3",
        "409, UPSTREAM_FAILED, 3",
        "429, UPSTREAM_RATE_LIMIT, 3",
        "500, UPSTREAM_FAILED, 3",
        "501, UPSTREAM_FAILED, 1",
        "502, UPSTREAM_FAILED, 3",
        "503, UPSTREAM_UNAVAILABLE, 3",
        "529, UPSTREAM_UNAVAILABLE, 3"
    })
    void mapsStatuses(int status, ErrorCode code, int calls) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> Script.error(status, "internal: see 10.0.0.7", "Location: http://127.0.0.1:9/elsewhere")));
        UpstreamException failure = failure(fixture.upstream(fake), fixture.request());
        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure.status()).isEqualTo(status);
        assertThat(failure.retryable()).isEqualTo(calls > 1);
        assertThat(fake.requests()).hasSize(calls);
        assertThat(failure.getMessage()).doesNotContain("127.0.0.1").doesNotContain("Exception");
        if (code != ErrorCode.UPSTREAM_REFUSED) {
            assertThat(failure.getMessage()).contains("(" + status + ")").doesNotContain("internal");
        }
    }

    static List<Object[]> brokenReplies() {
        return List.of(
                row("reset before headers", Script.reset()),
                row("closed before headers", exchange -> exchange.close()),
                row(
                        "junk instead of headers",
                        exchange -> exchange.raw("what?\r\n\r\n").close()),
                row(
                        "half of the headers",
                        exchange -> exchange.raw("HTTP/1.1 200 OK\r\nConte").close()),
                row(
                        "reset before the first delta",
                        exchange -> exchange.stream().reset()),
                row("end before the first delta", exchange -> exchange.stream().end()),
                row(
                        "role, then end",
                        exchange -> exchange.stream()
                                .delta("{\"role\":\"assistant\",\"content\":\"\"}")
                                .end()),
                row("an empty body", exchange -> exchange.reply(200, "text/event-stream", "")),
                row("no content", exchange -> exchange.reply(200, "application/json", "")),
                row("HTML", exchange -> exchange.reply(200, "text/html", "<!doctype html><p>Log in")),
                row(
                        "HTML as a stream",
                        exchange -> exchange.stream().body("\n<html>").end()),
                row("plain text", exchange -> exchange.reply(200, "text/plain", "hello")),
                row("junk events", exchange -> exchange.stream().event("hello").done()),
                row("junk JSON", exchange -> exchange.reply(200, "application/json", "{\"a\":")),
                row("some other JSON", exchange -> exchange.reply(200, "application/json", "{\"ok\":true}")),
                row("an array", exchange -> exchange.reply(200, "application/json", "[]")),
                row(
                        "an error object",
                        exchange -> exchange.reply(200, "application/json", "{\"error\":{\"message\":\"m\"}}")),
                row(
                        "an error event",
                        exchange -> exchange.stream()
                                .event("{\"error\":{\"message\":\"m\"}}")
                                .done()),
                row("nothing but done", exchange -> exchange.stream().done()),
                row(
                        "nothing but stop",
                        exchange -> exchange.stream().finish("stop").done()),
                row(
                        "nothing but usage",
                        exchange -> exchange.stream().usage(1, 1).done()),
                row(
                        "half a character",
                        exchange -> exchange.stream()
                                .body(new byte[] {'d', 'a', 't', 'a', ':', '{', '"', (byte) 0xe5, (byte) 0xbe})
                                .end()),
                row(
                        "a bad chunk size",
                        exchange -> exchange.stream().raw("xyz\r\n").end()));
    }

    private static Object[] row(String name, Script script) {
        return new Object[] {name, script};
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenReplies")
    void retriesAReplyThatFailsBeforeItsFirstDelta(String name, Script broken) {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(broken, broken, Script.answer("well")));
        try (Call call = fixture.upstream(fake).open(fixture.request(), new CallContext(new Cancellation()))) {
            assertThat(fixture.text(call)).isEqualTo("well");
        }
        assertThat(fake.requests()).hasSize(3);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenReplies")
    void failsIfEveryReplyFails(String name, Script broken) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> broken));
        UpstreamException failure = failure(fixture.upstream(fake), fixture.request());
        assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_FAILED);
        assertThat(failure.getMessage()).startsWith("The model provider ").doesNotContain("127.0.0.1");
        assertThat(fake.requests()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"message\":\"overloaded\"}                    | : overloaded",
                "{\"error\":{\"message\":\"overloaded\"}}        | : overloaded",
                "{\"type\":\"error\",\"error\":\"overloaded\"}   | : overloaded",
                "\"overloaded\"                                | : overloaded",
                "overloaded                                  | : overloaded",
                "{\"a\":[1]}                                  | .",
                "{\"choices\":[{\"delta\":{\"content\":\"b\"}}]} | ."
            })
    void failsOnAnErrorEventWithAnyData(String data, String message) {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(
                exchange -> exchange.stream().text("a").event("error", data).done()));
        try (Call call = fixture.upstream(fake).open(fixture.request(), new CallContext(new Cancellation()))) {
            UpstreamException failure = catchThrowableOfType(UpstreamException.class, () -> fixture.text(call));
            assertThat(failure).hasMessage("The model provider reported an error" + message);
            assertThat(failure.retryable()).isTrue();
        }
    }

    static List<Script> completeStreams() {
        return List.of(
                exchange -> exchange.stream().text("a").done(),
                exchange -> exchange.stream().text("a").usage(1, 1).done(),
                exchange -> exchange.stream()
                        .event("{\"type\":\"start\"}")
                        .text("a")
                        .done(),
                exchange -> exchange.stream()
                        .text("a")
                        .finish("stop")
                        .event("{\"type\":\"end\"}")
                        .done(),
                exchange -> exchange.stream()
                        .text("a")
                        .finish("stop")
                        .event("ping", "{\"type\":\"ping\"}")
                        .done());
    }

    @ParameterizedTest
    @MethodSource("completeStreams")
    void acceptsACompleteReply(Script script) {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(script));
        try (Call call = fixture.upstream(fake).open(fixture.request(), new CallContext(new Cancellation()))) {
            assertThat(fixture.text(call)).isEqualTo("a");
        }
    }

    static List<Object[]> brokenStreams() {
        return List.of(
                row("reset", exchange -> exchange.stream().text("a").reset()),
                row("closed", exchange -> exchange.stream().text("a").close()),
                row(
                        "end without finish reason",
                        exchange -> exchange.stream().text("a").end()),
                row("junk", exchange -> exchange.stream().text("a").event("{").done()),
                row(
                        "an error",
                        exchange -> exchange.stream()
                                .text("a")
                                .event("{\"error\":{\"message\":\"m\"}}")
                                .done()),
                row(
                        "an event named error",
                        exchange -> exchange.stream()
                                .text("a")
                                .event("error", "{\"message\":\"m\"}")
                                .done()),
                row(
                        "an event named error that has no data",
                        exchange -> exchange.stream()
                                .text("a")
                                .body("event: error\n\n")
                                .finish("stop")
                                .done()),
                row(
                        "an event named error that is done",
                        exchange -> exchange.stream().text("a").event("error", "[DONE]")),
                row(
                        "something else, then done without a finish reason",
                        exchange -> exchange.stream()
                                .text("a")
                                .event("{\"message\":\"m\"}")
                                .usage(1, 1)
                                .done()),
                row(
                        "half a character",
                        exchange -> exchange.stream()
                                .text("a")
                                .body(new byte[] {'d', 'a', 't', 'a', ':', '{', '"', (byte) 0xe5, (byte) 0xbe})
                                .end()),
                row(
                        "a bad chunk size",
                        exchange -> exchange.stream().text("a").raw("-1\r\n").end()),
                row(
                        "a cut chunk",
                        exchange ->
                                exchange.stream().text("a").raw("ff\r\ndata: {").close()),
                row("an endless line", exchange -> {
                    exchange.stream().text("a").raw("3200000\r\ndata: ");
                    byte[] block = "x".repeat(1024 * 1024).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
                    for (int i = 0; i < 50; i++) {
                        exchange.raw(block);
                    }
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenStreams")
    void returnsDeltasReceivedBeforeTheFailure(String name, Script broken) {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(broken));
        List<Delta> deltas = new ArrayList<>();
        try (Call call = fixture.upstream(fake).open(fixture.request(), new CallContext(new Cancellation()))) {
            UpstreamException failure = catchThrowableOfType(UpstreamException.class, () -> call.forEach(deltas::add));
            assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_FAILED);
        }
        assertThat(deltas).containsExactly(new Delta.Text("a"));
        assertThat(fake.requests()).hasSize(1);
        fake.awaitIdle();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', nullValues = "-", textBlock = """
            400 | {'error':{'message':'m','param':'messages','code':'context_length_exceeded'}} | messages | context_length_exceeded
            422 | {'error':{'message':'m','param':'tools[0].function.name','code':null}}        | tools[0].function.name | upstream_refused
            413 | {'error':{'message':'m','param':null,'code':'tokens_limit'}}                  | -     | tokens_limit
            400 | [{'error':{'message':'m','code':400,'status':'INVALID_ARGUMENT'}}]            | -     | upstream_refused
            400 | {'message':'m','param':'seed'}                                                | seed  | upstream_refused
            422 | {'detail':[{'loc':['body','seed'],'msg':'m'}]}                                | seed  | upstream_refused
            400 | {'error':{'message':'m','param':'a b','code':'see http://127.0.0.1/x'}}       | -     | upstream_refused
            400 | {'error':{'message':'m','param':'127.0.0.1','code':'sk-test-key'}}            | -     | upstream_refused
            400 | {'error':{'message':'m','param':['x'],'code':{'a':1}}}                        | -     | upstream_refused
            400 | {'error':'m'}                                                                 | -     | upstream_refused
            400 | []                                                                            | -     | upstream_refused
            400 | nonsense                                                                      | -     | upstream_refused
            401 | {'error':{'message':'m','param':'p','code':'invalid_api_key'}}                | -     | upstream_misconfigured
            429 | {'error':{'message':'m','param':'p','code':'insufficient_quota'}}             | -     | upstream_rate_limit
            """)
    void forwardsTheFieldAndCodeOfARejection(int status, String body, @Nullable String param, String code) {
        FakeUpstream fake =
                fixture.fake(FakeUpstream.dispatching(request -> Script.status(status, body.replace('\'', '"'))));
        UpstreamException failure =
                failure(fixture.upstream(settings -> settings.url(fake.url()).attempts(1)), fixture.request());
        assertThat(failure.param()).isEqualTo(param);
        assertThat(failure.wireCode()).isEqualTo(code);
        if (code.equals("upstream_refused") && body.contains("'m'")) {
            assertThat(failure).hasMessage("m");
        }
    }

    @Test
    void doesNotForwardNamesThatAreTooLong() {
        String body = "{\"error\":{\"param\":\"" + "p".repeat(129) + "\",\"code\":\"" + "c".repeat(128) + "\"}}";
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(Script.status(400, body)));
        UpstreamException failure = failure(fixture.upstream(fake), fixture.request());
        assertThat(failure.param()).isNull();
        assertThat(failure.wireCode()).isEqualTo("c".repeat(128));
    }

    @Test
    void completesIfTheStreamFailsAfterTheFinishReason() {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(
                exchange -> exchange.stream().text("a").finish("length").reset()));
        try (Call call = fixture.upstream(fake).open(fixture.request(), new CallContext(new Cancellation()))) {
            assertThat(fixture.text(call)).isEqualTo("a");
            assertThat(call.finishReason()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void acceptsAnEmptyReplyThatWasCut() {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(
                exchange -> exchange.stream().finish("content_filter").done()));
        try (Call call = fixture.upstream(fake).open(fixture.request(), new CallContext(new Cancellation()))) {
            assertThat(fixture.text(call)).isEmpty();
            assertThat(call.finishReason()).isEqualTo(FinishReason.CONTENT_FILTER);
        }
    }

    @Test
    void waitsAsLongAsTheProviderAsks() {
        FakeUpstream fake =
                fixture.fake(FakeUpstream.scripted(Script.error(429, "slow", "Retry-After: 1"), Script.answer("ok")));
        try (Call call = fixture.upstream(fake).open(fixture.request(), new CallContext(new Cancellation()))) {
            fixture.text(call);
        }
        assertThat(millisBetween(fake, 0, 1)).isGreaterThanOrEqualTo(1000);
    }

    @Test
    void waitsUntilTheDateOfRetryAfter() {
        ZonedDateTime until = ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(2);
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(
                Script.error(503, "slow", "Retry-After: " + DateTimeFormatter.RFC_1123_DATE_TIME.format(until)),
                Script.answer("ok")));
        try (Call call = fixture.upstream(fake).open(fixture.request(), new CallContext(new Cancellation()))) {
            fixture.text(call);
        }
        assertThat(millisBetween(fake, 0, 1)).isGreaterThanOrEqualTo(900);
    }

    @Test
    @Timeout(60) // otherwise it waits for an hour
    void forwardsARetryAfterAboveTheLimit() {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(Script.error(429, "slow", "Retry-After: 3600")));
        UpstreamException failure = failure(fixture.upstream(fake), fixture.request());
        assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_RATE_LIMIT);
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofHours(1));
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void retriesWithinTheTurnsBudget() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> Script.error(500, "no")));
        HttpUpstream upstream = fixture.upstream(fake);
        CallContext context = new CallContext(new Cancellation(), new RetryBudget(3), () -> {});
        for (int calls : List.of(3, 3 + 2, 3 + 2 + 1, 3 + 2 + 1 + 1)) {
            assertThat(failure(upstream, fixture.request(), context)).hasMessage("The model provider failed (500).");
            assertThat(fake.requests()).hasSize(calls);
        }
    }

    @Test
    void staleConnectionsAndRejectionsCostTheTurnNoRetry() {
        Script refusing = Script.error(400, "'response_format' is not supported");
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(
                Script.answer("one"), exchange -> exchange.close(), refusing, Script.answer("two")));
        HttpUpstream upstream = fixture.upstream(fake);
        CallContext context = new CallContext(new Cancellation(), new RetryBudget(0), () -> {});
        for (String expected : List.of("one", "two")) {
            try (Call call = upstream.open(requestWithGatewayFields(), context)) {
                assertThat(fixture.text(call)).isEqualTo(expected);
            }
        }
        assertThat(fake.requests()).hasSize(4);
    }

    @Test
    void reportsARefusedConnectionAsUnreachable() {
        FakeUpstream gone = FakeUpstream.answering();
        URI url = gone.url();
        gone.close();
        UpstreamException failure = failure(fixture.upstream(settings -> settings.url(url)), fixture.request());
        assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_FAILED);
        assertThat(failure).hasMessage("The model provider could not be reached.");
        assertThat(failure.getCause()).isNotNull();
    }

    @Test
    void reportsAnUnknownHostAsUnreachable() {
        UpstreamException failure = failure(
                fixture.upstream(settings ->
                        settings.url(URI.create("http://nowhere.invalid/v1")).attempts(1)),
                fixture.request());
        assertThat(failure).hasMessage("The model provider could not be reached.");
    }

    @Test
    void doesNotCountAnAttemptOnAStaleConnection() {
        CountDownLatch closed = new CountDownLatch(1);
        FakeUpstream fake = fixture.fake(
                FakeUpstream.scripted(Script.answer("one"), exchange -> exchange.close(), Script.answer("two")));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).attempts(1));
        for (String expected : List.of("one", "two")) {
            try (Call call = upstream.open(fixture.request(), new CallContext(new Cancellation()))) {
                assertThat(fixture.text(call)).isEqualTo(expected);
            }
        }
        closed.countDown();
        assertThat(fake.requests()).hasSize(3);
    }

    @Test
    void forwardsTheMessageOfARejectionWithoutSecrets() {
        String secrets = "bad\u0000 key sk-test-key at http://127.0.0.1/x?k=1 and Host 127.0.0.1 for hush-hush";
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(Script.error(400, secrets + "y".repeat(9000))));
        UpstreamException failure = failure(
                fixture.upstream(settings -> settings.url(fake.url()).headers(Map.of("x-key", "hush-hush"))),
                fixture.request());
        assertThat(failure.getMessage())
                .startsWith("bad  key [redacted] at ")
                .hasSize(500)
                .doesNotContain("127.0.0.1")
                .doesNotContain("hush")
                .doesNotContain("sk-test")
                .doesNotContain("\u0000");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "response_format | {\"error\":{\"message\":\"no\",\"param\":\"response_format\"}}",
                "response_format | {\"error\":{\"message\":\"no\",\"param\":\"response_format.type\"}}",
                "response_format | {\"error\":{\"message\":\"'response_format' is not supported\",\"param\":null}}",
                "response_format | {\"detail\":[{\"loc\":[\"body\",\"response_format\"],\"msg\":\"extra\"}]}",
                "response_format | unknown field response_format",
                "temperature     | {\"error\":{\"message\":\"Unsupported value: 'temperature' does not support 0.2\"}}",
                "tool_choice     | {\"error\":\"tool_choice must go\"}",
                "stream_options  | {\"message\":\"Unrecognized request argument supplied: stream_options\"}"
            })
    void omitsARejectedFieldAndRemembersIt(String field, String message) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> request.body().has(field) ? Script.status(400, message) : Script.answer("ok")));
        HttpUpstream upstream = fixture.upstream(fake);
        for (int i = 0; i < 2; i++) {
            try (Call call = upstream.open(requestWithGatewayFields(), new CallContext(new Cancellation()))) {
                assertThat(fixture.text(call)).isEqualTo("ok");
            }
        }
        assertThat(fake.requests()).hasSize(3);
        assertThat(fake.request(2).body().has(field)).isFalse();
        assertThat(fake.request(2).body().size())
                .isEqualTo(fake.request(0).body().size() - 1);
    }

    @Test
    void sendsRequestsWithoutStreamingIfStreamsAreRejected() {
        FakeUpstream fake =
                fixture.fake(FakeUpstream.dispatching(request -> request.body().has("stream")
                        ? Script.error(400, "Streaming is not supported for this model.")
                        : Script.completion("whole")));
        HttpUpstream upstream = fixture.upstream(fake);
        CallContext context = fixture.context("a");
        for (int i = 0; i < 2; i++) {
            try (Call call = upstream.open(fixture.request(), context)) {
                assertThat(fixture.text(call)).isEqualTo("whole");
            }
        }
        assertThat(fake.requests()).hasSize(3);
        assertThat(fake.request(2).body().has("stream_options")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"max_tokens, max_completion_tokens", "max_completion_tokens, max_tokens"})
    void sendsATokenLimitUnderItsAlternativeName(String name, String other) {
        FakeUpstream fake =
                fixture.fake(FakeUpstream.dispatching(request -> request.body().has(name)
                        ? Script.error(
                                400,
                                "Unsupported parameter: '" + name + "' is not supported with this model. Use '" + other
                                        + "' instead.")
                        : Script.answer("ok")));
        HttpUpstream upstream = fixture.upstream(fake);
        CallRequest request = new CallRequest("m", List.of(Message.user("hi")), Map.of(name, new RawJson("77")));
        for (int i = 0; i < 2; i++) {
            try (Call call = upstream.open(request, new CallContext(new Cancellation()))) {
                fixture.text(call);
            }
        }
        assertThat(fake.requests()).hasSize(3);
        assertThat(fake.request(2).body().path(other).asInt()).isEqualTo(77);
    }

    @Test
    void neverOmitsFieldsOfTheCaller() {
        FakeUpstream fake = fixture.fake(
                FakeUpstream.dispatching(request -> Script.error(400, "'temperature' is not supported", "X: y")));
        CallRequest request =
                new CallRequest("m", List.of(Message.user("hi")), Map.of("temperature", new RawJson("1.5")));
        UpstreamException failure = failure(fixture.upstream(fake), request);
        assertThat(failure).hasMessage("'temperature' is not supported");
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void forgetsARejectionThatTheFieldDidNotCause() {
        FakeUpstream fake =
                fixture.fake(FakeUpstream.dispatching(request -> Script.error(400, "response_format or not: no")));
        HttpUpstream upstream = fixture.upstream(fake);
        failure(upstream, requestWithGatewayFields());
        failure(upstream, requestWithGatewayFields());
        assertThat(fake.request(0).body().has("response_format")).isTrue();
        assertThat(fake.request(1).body().has("response_format")).isFalse();
        assertThat(fake.request(2).body().has("response_format")).isTrue();
    }

    private CallRequest requestWithGatewayFields() {
        Map<String, RawJson> fields = Map.of(
                "response_format", new RawJson("{\"type\":\"json_object\"}"),
                "temperature", new RawJson("0.2"),
                "tool_choice", new RawJson("\"none\""));
        return new CallRequest(
                "m", List.of(Message.user("hi")), fields, Set.of("response_format", "temperature", "tool_choice"));
    }

    private static UpstreamException failure(HttpUpstream upstream, CallRequest request) {
        return failure(upstream, request, new CallContext(new Cancellation()));
    }

    private static UpstreamException failure(HttpUpstream upstream, CallRequest request, CallContext context) {
        return catchThrowableOfType(
                UpstreamException.class, () -> upstream.open(request, context).close());
    }

    private static long millisBetween(FakeUpstream fake, int first, int second) {
        return (fake.request(second).nanos() - fake.request(first).nanos()) / 1_000_000;
    }
}
