package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

/** What the gateway learns about a provider from one request, and how that affects other requests. */
class RejectedFieldsTest {
    private static final RawJson JSON = new RawJson("{\"type\":\"json_object\"}");
    private static final RawJson TOOLS = new RawJson("[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]");

    private final UpstreamFixture fixture = new UpstreamFixture();
    private final AtomicLong now = new AtomicLong();

    @AfterEach
    void close() {
        fixture.close();
    }

    private HttpUpstream upstream(FakeUpstream fake) {
        UpstreamSettings settings =
                new UpstreamFixture.Settings().url(fake.url()).build();
        return fixture.upstream(
                settings,
                new Breaker("main", Breaker.OPEN_TIME, true),
                new ProviderProfiles(settings, now::get),
                new Transport(settings));
    }

    private static CallRequest plain(String model, String question) {
        return new CallRequest(model, List.of(Message.user(question)), Map.of());
    }

    private static CallRequest json(boolean removable) {
        return new CallRequest(
                "m",
                List.of(Message.user("hi")),
                Map.of("response_format", JSON),
                removable ? Set.of("response_format") : Set.of());
    }

    private static CallRequest jsonWithTools() {
        Map<String, RawJson> fields = new LinkedHashMap<>();
        fields.put("tools", TOOLS);
        fields.put("response_format", JSON);
        return new CallRequest("m", List.of(Message.user("hi")), fields, Set.of("response_format"));
    }

    /** Makes a call in a turn of its own. */
    private void call(HttpUpstream upstream, CallRequest request) {
        call(upstream, request, fixture.context("a"));
    }

    private void call(HttpUpstream upstream, CallRequest request, CallContext context) {
        try (Call call = upstream.open(request, context)) {
            assertThat(fixture.text(call)).isEqualTo("well");
        }
    }

    /** Groq's rule and message. */
    private static Script rejectsStreamedJson(FakeUpstream.Request request) {
        boolean streams = request.body().has("stream");
        return request.asksForJson() && streams
                ? Script.error(400, "`response_format` does not support streaming")
                : streams ? Script.answer("well") : Script.completion("well");
    }

    @Test
    void rejectedStreamingIsRememberedForTheTurnOnly() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(RejectedFieldsTest::rejectsStreamedJson));
        HttpUpstream upstream = upstream(fake);
        CallContext context = fixture.context("a");
        call(upstream, json(false), context);
        call(upstream, json(false), context);
        assertThat(fake.requests()).hasSize(3);
        assertThat(fake.request(2).body().has("stream")).isFalse();
        call(upstream, plain("m", "hi"), context);
        assertThat(fake.request(3).body().path("stream").asBoolean()).isTrue();

        call(upstream, json(false));
        assertThat(fake.request(4).body().path("stream").asBoolean()).isTrue();
    }

    /** Rejected because of the content of this request. */
    @Test
    void aPlainRequestThatCannotBeStreamedLeavesOthersStreaming() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> request.body().has("stream") && request.text().contains("NOSTREAM")
                        ? Script.error(400, "`stream` is not supported with this")
                        : request.body().has("stream") ? Script.answer("well") : Script.completion("well")));
        HttpUpstream upstream = upstream(fake);
        call(upstream, plain("m", "NOSTREAM"));
        assertThat(fake.requests()).hasSize(2);

        call(upstream, plain("m", "hi"));
        assertThat(fake.request(2).body().path("stream").asBoolean()).isTrue();
    }

    @Test
    void omitsTheGatewaysJsonModeBeforeStreaming() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(RejectedFieldsTest::rejectsStreamedJson));
        HttpUpstream upstream = upstream(fake);
        call(upstream, json(true));
        assertThat(fake.request(1).body().has("response_format")).isFalse();
        assertThat(fake.request(1).body().path("stream").asBoolean()).isTrue();
    }

    @Test
    void keepsJsonModeForRequestsWithoutTools() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> request.asksForJson() && request.body().has("tools")
                        ? Script.error(400, "json mode cannot be combined with tool/function calling")
                        : Script.answer("well")));
        HttpUpstream upstream = upstream(fake);
        call(upstream, jsonWithTools());
        call(upstream, jsonWithTools());
        assertThat(fake.requests()).hasSize(3);
        assertThat(fake.request(2).asksForJson()).isFalse();

        call(upstream, json(true));
        assertThat(fake.request(3).asksForJson()).isTrue();
    }

    @Test
    void learnsPerModel() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> request.body().path("model").asText().equals("old")
                                && request.body().has("stream_options")
                        ? Script.error(400, "unknown field: stream_options")
                        : Script.answer("well")));
        HttpUpstream upstream = upstream(fake);
        call(upstream, plain("old", "hi"));
        call(upstream, plain("new", "hi"));
        assertThat(fake.request(1).body().has("stream_options")).isFalse();
        assertThat(fake.request(2).body().has("stream_options")).isTrue();
    }

    @Test
    void logsOnceWithoutTextOfTheRequest() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> request.asksForJson() && request.body().has("stream_options")
                        ? Script.error(400, "unknown field: stream_options")
                        : Script.answer("well")));
        HttpUpstream upstream = upstream(fake);
        try (LogCapture log = new LogCapture(ProviderProfile.class)) {
            for (int i = 0; i < 3; i++) {
                call(upstream, json(false));
                call(upstream, plain("m", "hi"));
            }
            assertThat(log.lines())
                    .containsExactly("upstream main, model m: rejects stream_options with JSON output;"
                            + " left out of such requests for 3600 s (upstreams.*.relearn_after)");
        }
    }

    @Test
    void expires() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request ->
                request.number() == 0 ? Script.error(400, "unknown field: stream_options") : Script.answer("well")));
        HttpUpstream upstream = upstream(fake);
        call(upstream, plain("m", "hi"));
        now.addAndGet(Duration.ofHours(1).toNanos() - 1);
        call(upstream, plain("m", "hi"));
        assertThat(fake.request(2).body().has("stream_options")).isFalse();
        now.addAndGet(1);
        call(upstream, plain("m", "hi"));
        assertThat(fake.request(3).body().has("stream_options")).isTrue();
    }

    /** Each error body contains names of fields, but only in quotations. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'error':{'message':'Invalid prompt: why does my stream drop when the temperature falls?'}}",
                "{'error':{'message':'Invalid prompt: [why does my stream drop when the temperature falls?]'}}",
                "{'error':{'message':'cannot parse <drop when the temperature falls?>'}}",
                "{'error':{'message':'cannot parse <stream drop when> and so on'}}",
                "{'error':{'message':'no'},'request':{'stream':true,'temperature':0.2}}",
                "{'request':'stream temperature stream_options'}",
                "{'error':{'message':'no','param':'messages','details':'temperature'}}",
                "{'error':{'message':'the temperature is bad','param':'messages'}}",
                "why does my stream drop when the temperature falls? is no question",
            })
    void learnsNothingFromAQuotedPrompt(String body) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request ->
                request.number() == 0 ? Script.status(400, body.replace('\'', '"')) : Script.answer("well")));
        HttpUpstream upstream = upstream(fake);
        CallRequest request = new CallRequest(
                "m",
                List.of(Message.user("why does my stream drop when the temperature falls?")),
                Map.of("temperature", new RawJson("0.2")),
                Set.of("temperature"));
        assertThat(catchThrowable(() -> call(upstream, request))).isInstanceOf(UpstreamException.class);
        assertThat(fake.requests()).hasSize(1);
        call(upstream, request);
        assertThat(fake.request(1).body().has("temperature")).isTrue();
        assertThat(fake.request(1).body().path("stream").asBoolean()).isTrue();
    }

    /** The provider's own words count, although the prompt contains the same names. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "temperature | Unsupported value: 'temperature' does not support 0.2 with this model.",
                "temperature | temperature is deprecated",
                "stream      | Streaming is not supported for this model.",
                "stream      | This model cannot stream"
            })
    void learnsFromTheProvidersOwnWords(String field, String message) {
        FakeUpstream fake =
                fixture.fake(FakeUpstream.dispatching(request -> !request.body().has(field)
                        ? field.equals("stream") ? Script.completion("well") : Script.answer("well")
                        : Script.error(400, message)));
        HttpUpstream upstream = upstream(fake);
        CallRequest request = new CallRequest(
                "m",
                List.of(Message.user("why does my stream drop when the temperature falls?")),
                Map.of("temperature", new RawJson("0.2")),
                Set.of("temperature"));
        call(upstream, request);
        assertThat(fake.requests()).hasSize(2);
    }

    @Test
    void aRequestForPlainTextIsNotARequestForJson() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(RejectedFieldsTest::rejectsStreamedJson));
        HttpUpstream upstream = upstream(fake);
        call(upstream, json(false));
        call(
                upstream,
                new CallRequest(
                        "m",
                        List.of(Message.user("hi")),
                        Map.of("response_format", new RawJson("{ \"type\" : \"text\" }"))));
        assertThat(fake.request(2).body().path("stream").asBoolean()).isTrue();
    }
}
