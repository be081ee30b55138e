package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

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
import org.o1api.json.MessageJson;
import org.o1api.model.Cancellation;
import org.o1api.model.Content;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

/** Rejected calls: how the request is changed, how often, and how that is counted. */
class RejectedCallTest {
    private static final String JSON_FAILED = failure("json_validate_failed");
    private static final String TOOL_FAILED = failure("tool_use_failed");

    private final UpstreamFixture fixture = new UpstreamFixture();
    private final AtomicLong now = new AtomicLong();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static String failure(String code) {
        return "{\"error\":{\"message\":\"Adjust your prompt. See 'failed_generation'.\",\"type\":\"invalid_request_error\",\"code\":\""
                + code + "\",\"failed_generation\":\"secret json mode tool_choice temperature\"}}";
    }

    private HttpUpstream upstream(FakeUpstream fake, int attempts) {
        UpstreamSettings settings = new UpstreamFixture.Settings()
                .url(fake.url())
                .attempts(attempts)
                .build();
        return fixture.upstream(
                settings,
                new Breaker("main", Breaker.OPEN_TIME, true),
                new ProviderProfiles(settings, now::get),
                new Transport(settings));
    }

    /** All fields that the gateway adds, and a role that some providers do not know. */
    private static CallRequest request(boolean removable) {
        Map<String, RawJson> fields = new LinkedHashMap<>();
        fields.put("temperature", new RawJson("0.2"));
        fields.put("max_tokens", new RawJson("50"));
        fields.put("tools", new RawJson("[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]"));
        fields.put("tool_choice", new RawJson("\"none\""));
        fields.put("response_format", new RawJson("{\"type\":\"json_object\"}"));
        Message instruction = MessageJson.message(Role.DEVELOPER, new Content.Text("Be brief."), Map.of());
        return new CallRequest(
                "m",
                List.of(instruction, Message.user("hi")),
                fields,
                removable ? Set.of("temperature", "max_tokens", "tool_choice", "response_format") : Set.of());
    }

    private void call(HttpUpstream upstream, CallRequest request) {
        call(upstream, request, fixture.context("a"));
    }

    private void call(HttpUpstream upstream, CallRequest request, CallContext context) {
        try (Call call = upstream.open(request, context)) {
            assertThat(fixture.text(call)).isEqualTo("well");
        }
    }

    private UpstreamException failCall(HttpUpstream upstream, CallRequest request) {
        return catchThrowableOfType(UpstreamException.class, () -> call(upstream, request));
    }

    @ParameterizedTest
    @CsvSource({
        "400, json_validate_failed, response_format",
        "200, json_validate_failed, response_format",
        "400, tool_use_failed, tool_choice",
        "200, tool_use_failed, tool_choice"
    })
    void retriesAStepWithoutTheProvidersCheckAndLearnsNothing(int status, String code, String field) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> request.number() == 0 ? Script.status(status, failure(code)) : Script.answer("well")));
        HttpUpstream upstream = upstream(fake, 1);
        try (LogCapture log = new LogCapture(ProviderProfile.class)) {
            call(upstream, request(true), new CallContext(new Cancellation(), new RetryBudget(0), () -> {}));
            call(upstream, request(true));
            assertThat(log.lines()).isEmpty();
        }
        assertThat(fake.requests()).hasSize(3);
        assertThat(fake.request(1).body().has(field)).isFalse();
        assertThat(fake.request(1).body().has("temperature")).isTrue();
        assertThat(fake.request(2).body().has(field)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 400})
    void retriesAnAnswerThatFailedTheProvidersCheckUnchanged(int status) {
        for (String body : List.of(JSON_FAILED, TOOL_FAILED)) {
            FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                    request -> request.number() < 2 ? Script.status(status, body) : Script.answer("well")));
            call(upstream(fake, 3), request(false));
            assertThat(fake.requests()).hasSize(3);
            assertThat(fake.request(2).text()).isEqualTo(fake.request(0).text());
        }
    }

    @ParameterizedTest
    @CsvSource({"json_validate_failed", "tool_use_failed"})
    void reportsAFailedCheckWithoutTheModelsText(String code) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> Script.status(400, failure(code))));
        UpstreamException failure = failCall(upstream(fake, 3), request(false));
        assertThat(fake.requests()).hasSize(3);
        assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_REFUSED);
        assertThat(failure.wireCode()).isEqualTo(code);
        assertThat(failure).hasMessage("Adjust your prompt. See 'failed_generation'.");
        assertThat(failure.toString() + failure.errorBody().text()).doesNotContain("secret");
    }

    /** A call ends whatever the provider answers: each change is made once. */
    @Test
    void sendsOneRequestPerChangeToAProviderThatRejectsEverything() {
        List<String> rejections = List.of(
                JSON_FAILED,
                TOOL_FAILED,
                "{\"error\":{\"message\":\"unknown role developer\"}}",
                "{\"error\":{\"message\":\"unsupported: response_format stream_options tool_choice max_tokens\"}}",
                "{\"error\":{\"message\":\"unsupported: max_completion_tokens temperature stream\"}}");
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> Script.status(400, rejections.get(request.number() % rejections.size()))));
        HttpUpstream upstream = upstream(fake, 1);
        assertThat(failCall(upstream, request(true)).code()).isEqualTo(ErrorCode.UPSTREAM_REFUSED);
        assertThat(fake.requests()).hasSizeLessThanOrEqualTo(10);
        assertThat(fake.requests().stream().map(FakeUpstream.Request::text)).doesNotHaveDuplicates();
    }

    /** The first name in a message is not always the one at fault. */
    @Test
    void doesNotLearnAFieldWhoseRemovalDidNotHelp() {
        FakeUpstream fake =
                fixture.fake(FakeUpstream.dispatching(request -> request.body().has("tool_choice")
                        ? Script.error(400, "tool_choice is not supported without response_format or stream_options")
                        : Script.answer("well")));
        HttpUpstream upstream = upstream(fake, 1);
        call(upstream, request(true));
        int first = fake.requests().size();
        call(upstream, request(true));
        assertThat(fake.requests()).hasSize(first + 1);
        assertThat(fake.request(first).body().has("response_format")).isTrue();
        assertThat(fake.request(first).body().has("stream_options")).isTrue();
    }

    @Test
    void changesCostNoAttemptAndNoRetry() {
        List<String> rejections =
                List.of("unknown field: stream_options", "unknown field: temperature", "unknown role developer");
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request ->
                request.number() < 3 ? Script.error(400, rejections.get(request.number())) : Script.answer("well")));
        call(upstream(fake, 1), request(true), new CallContext(new Cancellation(), new RetryBudget(0), () -> {}));
        assertThat(fake.requests()).hasSize(4);
    }

    /** Servers answer 500 if their chat template fails. */
    @Test
    void aRejectionThatChangesTheRequestDoesNotOpenTheBreaker() {
        FakeUpstream fake =
                fixture.fake(FakeUpstream.dispatching(request -> request.text().contains("developer")
                        ? Script.error(500, "Unexpected message role.")
                        : Script.answer("well")));
        HttpUpstream upstream = upstream(fake, 1);
        for (int i = 0; i < 40; i++) {
            call(upstream, request(true), fixture.context("caller " + i));
            now.addAndGet(UpstreamSettings.DEFAULT_RELEARN_AFTER.toNanos());
        }
        assertThat(fake.requests()).hasSize(80);
    }

    @Test
    void doesNotRetryAnErrorInAStreamWithAWaitAboveTheLimit() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request ->
                Script.status(200, "{\"error\":{\"code\":429,\"message\":\"Please try again in 39.5s.\"}}")));
        UpstreamException failure = failCall(upstream(fake, 3), fixture.request());
        assertThat(fake.requests()).hasSize(1);
        assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_RATE_LIMIT);
    }
}
