package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.model.Cancellation;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Usage;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

/** What is reported about attempts: each request, and the tokens of failed attempts. */
class FailedAttemptUsageTest {
    private final UpstreamFixture fixture = new UpstreamFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private List<Usage> usageOfFailedAttempts(Script failing) {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(failing, Script.answer("well")));
        List<Usage> spent = new ArrayList<>();
        CallContext context =
                new CallContext(new Cancellation(), new RetryBudget(6), new TurnCallState(""), () -> {}, spent::add);
        try (Call call = fixture.upstream(fake).open(fixture.request(), context)) {
            assertThat(fixture.text(call)).isEqualTo("well");
        }
        return spent;
    }

    @Test
    void reportsTheUsageOfAnEmptyReply() {
        assertThat(usageOfFailedAttempts(exchange ->
                        exchange.stream().finish("stop").usage(10, 85).done()))
                .containsExactly(new Usage(10, 0, 85, 0));
    }

    @Test
    void reportsAnEmptyReplyWithoutUsage() {
        assertThat(usageOfFailedAttempts(
                        exchange -> exchange.stream().finish("stop").done()))
                .containsExactly(Usage.NONE);
    }

    @Test
    void reportsTheUsageOfAReplyThatFailedBeforeItsText() {
        assertThat(usageOfFailedAttempts(
                        exchange -> exchange.stream().usage(10, 3).reset()))
                .containsExactly(new Usage(10, 0, 3, 0));
    }

    @Test
    void reportsNothingForAnAttemptWithoutUsage() {
        assertThat(usageOfFailedAttempts(Script.error(500, "no"))).isEmpty();
        assertThat(usageOfFailedAttempts(Script.reset())).isEmpty();
    }

    static List<List<Script>> attempts() {
        String field = "{\"error\":{\"message\":\"Unknown field.\",\"param\":\"response_format\"}}";
        return List.of(
                List.of(Script.answer("well")),
                List.of(Script.error(500, "no"), Script.answer("well")),
                List.of(Script.reset(), Script.error(429, "wait"), Script.answer("well")),
                List.of(exchange -> exchange.stream().finish("stop").done(), Script.answer("well")),
                List.of(Script.status(400, field), Script.answer("well")));
    }

    /** Not counted as one of {@code attempts}, but a request nevertheless. */
    @Test
    void reportsARequestRepeatedAfterAStaleConnection() {
        FakeUpstream fake = fixture.fake(
                FakeUpstream.scripted(Script.answer("one"), exchange -> exchange.close(), Script.answer("two")));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(fake.url()).attempts(1));
        List<String> sent = new ArrayList<>();
        try (Call call = upstream.open(fixture.request(), recordingContext(sent))) {
            assertThat(fixture.text(call)).isEqualTo("one");
        }
        try (Call call = upstream.open(fixture.request(), recordingContext(sent))) {
            assertThat(fixture.text(call)).isEqualTo("two");
        }
        assertThat(sent).hasSize(3);
    }

    private static CallContext recordingContext(List<String> sent) {
        AttemptListener attempts = new AttemptListener() {
            @Override
            public void onRequestSent(String upstream, String model) {
                sent.add(upstream + " " + model);
            }

            @Override
            public void onFailedAttemptUsage(Usage usage) {}
        };
        return new CallContext(new Cancellation(), new RetryBudget(6), new TurnCallState(""), () -> {}, attempts);
    }

    @ParameterizedTest
    @MethodSource("attempts")
    void reportsEachRequestThatIsSent(List<Script> scripts) {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(scripts.toArray(Script[]::new)));
        List<String> sent = new ArrayList<>();
        CallRequest request = new CallRequest(
                "m",
                List.of(Message.user("Why?")),
                Map.of("response_format", new RawJson("{\"type\":\"json_object\"}")),
                Set.of("response_format"));
        try (Call call = fixture.upstream(fake).open(request, recordingContext(sent))) {
            assertThat(fixture.text(call)).isEqualTo("well");
        }
        assertThat(sent).hasSize(scripts.size()).containsOnly("main m");
    }
}
