package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Usage;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

/** How replies end, and what providers send in addition to chunks. */
class UpstreamReplyTest {
    private final UpstreamFixture fixture = new UpstreamFixture();
    private final List<Delta> deltas = new ArrayList<>();

    @AfterEach
    void close() {
        fixture.close();
    }

    /** A stream without a finish reason. {@code json}: who requested JSON. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            none    | The half of an ans                     | STOP
            none    | {'a':1                                 | STOP
            gateway | {'title':'T','content':'c'}            | STOP
            gateway | {'title':'T','content':'c'} and more   | STOP
            gateway | Just prose                             | STOP
            gateway | {'title':'T','cont                     | -
            gateway | {'title':'a } in a string              | -
            gateway | <think>{</think>{'a':1}                | STOP
            gateway | <think>I thi</think>{'a':              | -
            gateway | ```json\\n{'a':1}\\n```                  | STOP
            gateway | ```json\\n{'a':                          | -
            caller  | {'a':1}                                | STOP
            caller  | [1,2]                                  | STOP
            caller  | {'a':1                                 | -
            caller  | {'a':1} and more                       | -
            caller  | Just prose                             | -
            caller  | ```json\\n{'a':1}\\n```                  | STOP
            caller  | ```\\n{'a':1}\\n```                      | STOP
            caller  | ```json\\n{'a':1}                        | STOP
            caller  | ```json\\n{'a':                          | -
            caller  | <think>so</think>\\n\\n{'a':1}           | STOP
            caller  | so</think>{'a':1}                      | STOP
            caller  | <think>so                              | -
            """)
    void aStreamWithoutFinishReasonIsCompleteUnlessItsJsonIsCut(String json, String text, String end) {
        String replyText = text.replace('\'', '"').replace("\\n", "\n");
        FakeUpstream fake = fake(exchange -> exchange.stream().text(replyText).done());
        FinishReason expected = end.equals("-") ? null : FinishReason.valueOf(end);
        assertThat(read(fixture.upstream(fake), request(json))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {'to':'bob','amount':10} | TOOL_CALLS
            {}                       | TOOL_CALLS
            {'to':'bob','amount':1   | -
            {                        | -
            ~~                       | -
            nothing                  | -
            {}{}                     | -
            """)
    void aStreamWithoutFinishReasonNeedsCompleteArguments(String arguments, String end) {
        String quoted = FakeExchange.quoted(arguments.replace('\'', '"'));
        FakeUpstream fake = fake(exchange -> exchange.stream()
                .delta("{\"tool_calls\":[{\"index\":0,\"id\":\"i\",\"function\":{\"name\":\"f\",\"arguments\":" + quoted
                        + "}}]}")
                .done());
        FinishReason expected = end.equals("-") ? null : FinishReason.valueOf(end);
        assertThat(read(fixture.upstream(fake), request("caller"))).isEqualTo(expected);
    }

    @Test
    void aFinishReasonCanBeRequired() {
        FakeUpstream fake = FakeUpstream.scripted(
                exchange -> exchange.stream().done(),
                exchange -> exchange.stream().text("a").done(),
                Script.completion("whole"));
        fixture.fake(fake);
        HttpUpstream upstream = fixture.upstream(
                settings -> settings.url(fake.url()).replies(new UpstreamSettings.Replies(65536, true, false)));
        assertThat(read(upstream, request("none"))).isNull();
        assertThat(read(upstream, request("none"))).isEqualTo(FinishReason.STOP);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            STOP           | none    | a        | stop
            STOP           | none    | a        | EOS
            LENGTH         | none    | a        | model_length
            LENGTH         | none    | a        | MAX_TOKENS
            CONTENT_FILTER | none    | a        | sensitive
            LENGTH         | none    | a        | odd
            LENGTH         | none    | {'a':1}  | odd
            STOP           | caller  | {'a':1}  | odd
            STOP           | gateway | {'a':1}  | odd
            LENGTH         | caller  | {'a':1   | odd
            LENGTH         | gateway | a        | odd
            LENGTH         | caller  | {'a':1}  | length
            -              | none    | a        | error
            -              | none    | a        | insufficient_system_resource
            -              | caller  | {'a':1}  | abort
            """)
    void mapsFinishReasons(String end, String json, String text, String reason) {
        FakeUpstream fake = fake(exchange -> exchange.stream()
                .text(text.replace('\'', '"'))
                .finish(reason)
                .usage(1, 1)
                .done());
        FinishReason expected = end.equals("-") ? null : FinishReason.valueOf(end);
        assertThat(read(fixture.upstream(fake), request(json))).isEqualTo(expected);
    }

    @Test
    void retriesAFailureAsFinishReasonBeforeAnyText() {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(
                exchange -> exchange.stream().finish("network_error").done(), Script.answer("well")));
        assertThat(read(fixture.upstream(fake), request("none"))).isEqualTo(FinishReason.STOP);
        assertThat(fake.requests()).hasSize(2);
    }

    @Test
    void logsUnknownAndMissingReasonsOncePerModel() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> request.number() % 2 == 0
                ? exchange -> exchange.stream().text("secret").finish("odd").done()
                : exchange -> exchange.stream().text("secret").done()));
        HttpUpstream upstream = fixture.upstream(fake);
        try (LogCapture log = new LogCapture(ProviderProfile.class)) {
            for (int i = 0; i < 6; i++) {
                read(upstream, request("none"));
            }
            assertThat(log.lines()).hasSize(2);
            assertThat(log.lines().get(0))
                    .contains("upstream main, model m: ", "odd")
                    .doesNotContain("secret");
            assertThat(log.lines().get(1)).contains("without a finish_reason");
        }
    }

    @Test
    void aFinishReasonBeforeAnyContentDoesNotEndTheReply() {
        FakeUpstream fake = fake(exchange -> exchange.stream()
                .event("{\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"stop\"}]}")
                .event("{\"choices\":[{\"delta\":{\"reasoning_content\":\"r\"},\"finish_reason\":\"stop\"}]}")
                .awaitDisconnect());
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).idle(Duration.ofMillis(300)));
        try (Call call = upstream.open(request("none"), new CallContext(new Cancellation()))) {
            UpstreamException failure = catchThrowableOfType(UpstreamException.class, () -> call.forEach(deltas::add));
            assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
            assertThat(failure).hasMessageContaining("timeouts.idle");
        }
        assertThat(deltas).containsExactly(new Delta.Reasoning("r"));
    }

    @Test
    void usesTheLastFinishReason() {
        FakeUpstream fake = fake(exchange -> exchange.stream()
                .event("{\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}")
                .text("b")
                .finish("length")
                .done());
        assertThat(read(fixture.upstream(fake), request("none"))).isEqualTo(FinishReason.LENGTH);
        assertThat(text()).isEqualTo("ab");
    }

    @Test
    void aFinishReasonBeforeTheTextDoesNotMakeATextComplete() {
        FakeUpstream fake = fake(exchange -> exchange.stream()
                .event("{\"choices\":[{\"delta\":{\"reasoning_content\":\"r\"},\"finish_reason\":\"stop\"}]}")
                .text("half")
                .end());
        assertThat(read(fixture.upstream(fake), request("none"))).isNull();
    }

    /** Takes 10 s, the timeout for usage. */
    @Test
    void remembersThatAProviderSendsNoUsage() {
        FakeUpstream fake =
                fake(exchange -> exchange.stream().text("a").finish("stop").awaitDisconnect());
        try (LogCapture log = new LogCapture(ProviderProfile.class)) {
            assertThat(read(fixture.upstream(fake), request("none"))).isEqualTo(FinishReason.STOP);
            assertThat(log.lines()).hasSize(1);
            assertThat(log.lines().get(0)).contains("2 s instead of 10 s", "for 3600 s (upstreams.*.relearn_after)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {": STILL WORKING", "ping", "{\"type\":\"ping\"}", "{\"type\":\"heartbeat\",\"at\":1}"})
    void aKeepAliveDoesNotMakeAReplyIncomplete(String data) {
        FakeUpstream fake = fake(exchange ->
                exchange.stream().text("a").event(data).text("b").event(data).done());
        assertThat(read(fixture.upstream(fake), request("none"))).isEqualTo(FinishReason.STOP);
        assertThat(text()).isEqualTo("ab");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {'content':'{"a":'}                                                     | caller
            {'tool_calls':[{'index':0,'id':'i','function':{'name':'f','arguments':'{"a":'}}]} | none
            """)
    void silenceDoesNotCompleteATruncatedReply(String delta, String json) {
        FakeUpstream fake = fake(exchange -> exchange.stream()
                .event("{\"choices\":[{\"delta\":" + delta.replace("\"", "\\\"").replace('\'', '"')
                        + ",\"finish_reason\":\"stop\"}]}")
                .usage(1, 1)
                .awaitDisconnect());
        UpstreamException failure = catchThrowableOfType(UpstreamException.class, () -> {
            try (Call call = upstreamWithOneAttempt(fake).open(request(json), new CallContext(new Cancellation()))) {
                call.forEach(deltas::add);
            }
        });
        assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {'content':'{"a":'}                                                                  | caller | -
            {'content':null,'tool_calls':[{'id':'i','function':{'name':'f','arguments':'{"a":'}}]} | none   | -
            {'content':'{"a":1}'}                                                                | caller | STOP
            {'content':'a'}                                                                      | none   | STOP
            """)
    void checksAnObjectWithoutFinishReasonLikeAStream(String message, String json, String end) {
        String body =
                "{\"choices\":[{\"message\":" + message.replace("\"", "\\\"").replace('\'', '"') + "}]}";
        FakeUpstream fake = fake(exchange -> exchange.reply(200, "application/json", body));
        FinishReason expected = end.equals("-") ? null : FinishReason.valueOf(end);
        assertThat(read(upstreamWithOneAttempt(fake), request(json))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {": STILL WORKING", "OPENROUTER PROCESSING", "keep-alive", "ping", " ", "  [DONE]", "[DONE]  "})
    void aKeepAliveIsNotPartOfTheReply(String data) {
        boolean done = data.contains("DONE");
        FakeUpstream fake = fake(exchange -> {
            exchange.stream();
            if (done) {
                exchange.text("ab").finish("stop").event(data).end();
            } else {
                exchange.event(data)
                        .text("a")
                        .event(data)
                        .text("b")
                        .event(data)
                        .finish("stop")
                        .event(data)
                        .done();
            }
        });
        assertThat(read(fixture.upstream(fake), request("none"))).isEqualTo(FinishReason.STOP);
        assertThat(deltas.get(0)).isInstanceOf(Delta.Text.class);
    }

    @Test
    void encryptedReasoningCountsAsActivity() {
        FakeUpstream fake = fake(exchange -> exchange.stream()
                .delta("{\"content\":\"\",\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"x\"}]}")
                .awaitDisconnect());
        HttpUpstream upstream = fixture.upstream(settings -> settings.url(fake.url())
                .firstToken(Duration.ofSeconds(10))
                .idle(Duration.ofMillis(300))
                .attempts(1));
        UpstreamException failure = catchThrowableOfType(
                UpstreamException.class,
                () -> upstream.open(request("none"), new CallContext(new Cancellation()))
                        .close());
        assertThat(failure).hasMessageContaining("timeouts.idle");
    }

    @Test
    void aReplyWithOnlyAnImageIsNotEmpty() {
        FakeUpstream fake = fake(exchange -> exchange.stream()
                .delta("{\"images\":[{\"url\":\"u\"}]}")
                .finish("stop")
                .done());
        assertThat(read(fixture.upstream(fake), request("none"))).isEqualTo(FinishReason.STOP);
        assertThat(deltas).containsExactly(new Delta.Image(new RawJson("{\"url\":\"u\"}")));
    }

    @ParameterizedTest
    @CsvSource({"stop, -", "tool_calls, -", "length, LENGTH"})
    void failsOnAnUnnamedToolCallUnlessTheReplyIsCut(String reason, String end) {
        FakeUpstream fake = fake(exchange -> exchange.stream()
                .text("a")
                .delta("{\"tool_calls\":[{\"index\":0,\"id\":\"i\",\"function\":{\"arguments\":\"{}\"}}]}")
                .finish(reason)
                .done());
        FinishReason expected = end.equals("-") ? null : FinishReason.valueOf(end);
        assertThat(read(fixture.upstream(fake), request("none"))).isEqualTo(expected);
        assertThat(deltas).containsExactly(new Delta.Text("a"));
    }

    @Test
    void requestsAnUncompressedReplyUnlessConfiguredOtherwise() {
        FakeUpstream fake = fake(Script.answer("a"));
        read(fixture.upstream(fake), request("none"));
        read(
                fixture.upstream(settings -> settings.url(fake.url()).headers(Map.of("accept-encoding", "gzip"))),
                request("none"));
        assertThat(fake.request(0).headers()).containsEntry("Accept-Encoding", "identity");
        assertThat(fake.request(1).headers()).containsEntry("Accept-Encoding", "gzip");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Encoding: gzip", "X: y"})
    void readsACompressedStreamAsItArrives(String header) {
        CountDownLatch read = new CountDownLatch(1);
        FakeUpstream fake = fake(exchange -> exchange.stream(header)
                .body(DecompressingInputStreamTest.gzip("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"))
                .await(read)
                .body(
                        DecompressingInputStreamTest.gzip(
                                "data: {\"choices\":[{\"delta\":{\"content\":\"b\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"))
                .end());
        try (Call call = fixture.upstream(fake).open(request("none"), new CallContext(new Cancellation()))) {
            for (Delta delta : call) {
                deltas.add(delta);
                read.countDown();
            }
        }
        assertThat(deltas).containsExactly(new Delta.Text("a"), new Delta.Text("b"));
    }

    @Test
    void readsACompressedError() {
        byte[] gzip = gzip("{\"error\":{\"message\":\"too long\"}}");
        FakeUpstream refusing = fixture.fake(FakeUpstream.scripted(exchange -> exchange.raw(
                        "HTTP/1.1 400 Bad\r\nContent-Encoding: gzip\r\nContent-Length: " + gzip.length + "\r\n\r\n")
                .raw(gzip)
                .close()));
        UpstreamException failure = catchThrowableOfType(
                UpstreamException.class,
                () -> fixture.upstream(refusing).open(request("none"), new CallContext(new Cancellation())));
        assertThat(failure).hasMessage("too long");
    }

    @Test
    void namesAnUnsupportedCompression() {
        FakeUpstream fake = fake(exchange -> exchange.reply(200, "text/event-stream", "x", "Content-Encoding: br"));
        UpstreamException failure = catchThrowableOfType(
                UpstreamException.class,
                () -> fixture.upstream(fake).open(request("none"), new CallContext(new Cancellation())));
        assertThat(failure).hasMessageContaining("Content-Encoding: br");
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void readsLateUsage() {
        FakeUpstream fake = fake(exchange -> exchange.stream()
                .event("{\"choices\":[],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0}}")
                .text("a")
                .finish("stop")
                .usage(10, 5)
                .event("{\"choices\":[],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0}}")
                .done());
        try (Call call = fixture.upstream(fake).open(request("none"), new CallContext(new Cancellation()))) {
            call.forEach(deltas::add);
            assertThat(call.usage()).isEqualTo(new Usage(10, 0, 5, 0));
        }
    }

    private static byte[] gzip(String text) {
        try {
            return DecompressingInputStreamTest.gzip(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FakeUpstream fake(Script script) {
        return fixture.fake(FakeUpstream.dispatching(request -> script));
    }

    /** The text of all deltas. How it is split depends on what arrived together. */
    private String text() {
        StringBuilder text = new StringBuilder();
        for (Delta delta : deltas) {
            text.append(((Delta.Text) delta).text());
        }
        return text.toString();
    }

    private HttpUpstream upstreamWithOneAttempt(FakeUpstream fake) {
        return fixture.upstream(settings -> settings.url(fake.url()).attempts(1));
    }

    private static CallRequest request(String json) {
        Map<String, RawJson> fields =
                json.equals("none") ? Map.of() : Map.of("response_format", new RawJson("{\"type\":\"json_object\"}"));
        Set<String> removable = json.equals("gateway") ? Set.of("response_format") : Set.of();
        return new CallRequest("m", List.of(Message.user("hi")), fields, removable);
    }

    /** Reads a reply to its end. Returns null if it fails, which must be a retryable failure of the provider. */
    private @Nullable FinishReason read(HttpUpstream upstream, CallRequest request) {
        try (Call call = upstream.open(request, new CallContext(new Cancellation()))) {
            call.forEach(deltas::add);
            return call.finishReason();
        } catch (UpstreamException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.UPSTREAM_FAILED);
            assertThat(e.retryable()).isTrue();
            return null;
        }
    }
}
