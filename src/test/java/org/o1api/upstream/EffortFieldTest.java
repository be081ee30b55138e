package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.model.Effort;
import org.o1api.model.Message;
import org.o1api.model.ModelLimits;
import org.o1api.model.RawJson;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

class EffortFieldTest {
    private final UpstreamFixture fixture = new UpstreamFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private HttpUpstream upstream(FakeUpstream fake, EffortField field) {
        ModelSettings model = new ModelSettings(null, ModelLimits.UNKNOWN, field);
        return fixture.upstream(settings -> settings.url(fake.url()).models(Map.of("m", model)));
    }

    private static CallRequest request(@Nullable Effort effort) {
        return new CallRequest("m", List.of(Message.user("hi")), Map.of()).withEffort(effort);
    }

    private void call(Upstream upstream, CallRequest request) {
        try (Call call = upstream.open(request, fixture.context("a"))) {
            assertThat(fixture.text(call)).isEqualTo("well");
        }
    }

    private static String fields(FakeUpstream.Request request) {
        StringBuilder fields = new StringBuilder();
        for (EffortField field : EffortField.values()) {
            JsonNode value = request.body().get(field.wireName());
            fields.append(value == null ? "" : field.wireName() + ": " + value);
        }
        return fields.toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            REASONING_EFFORT | HIGH    | reasoning_effort: "high"
            REASONING_EFFORT | NONE    | reasoning_effort: "none"
            REASONING_EFFORT | MAX     | reasoning_effort: "max"
            REASONING        | HIGH    | reasoning: {"effort":"high"}
            REASONING        | NONE    | reasoning: {"effort":"none"}
            REASONING        | XHIGH   | reasoning: {"effort":"xhigh"}
            THINKING         | NONE    | thinking: {"type":"disabled"}
            THINKING         | MINIMAL | thinking: {"type":"enabled","budget_tokens":1024}
            THINKING         | LOW     | thinking: {"type":"enabled","budget_tokens":1024}
            THINKING         | MEDIUM  | thinking: {"type":"enabled","budget_tokens":8192}
            THINKING         | HIGH    | thinking: {"type":"enabled","budget_tokens":24576}
            THINKING         | XHIGH   | thinking: {"type":"enabled","budget_tokens":32768}
            THINKING         | MAX     | thinking: {"type":"enabled","budget_tokens":65536}
            NONE             | HIGH    | ``
            REASONING_EFFORT |         | ``
            """)
    void sendsTheEffortInTheModelsField(EffortField field, @Nullable Effort effort, String sent) {
        FakeUpstream fake = fixture.fake(FakeUpstream.answering("well"));
        call(upstream(fake, field), request(effort));
        assertThat(fields(fake.request(0))).isEqualTo(sent);
    }

    @Test
    void sendsNoneToAModelThatIsNotConfigured() {
        FakeUpstream fake = fixture.fake(FakeUpstream.answering("well"));
        CallRequest other = new CallRequest("other", List.of(Message.user("hi")), Map.of()).withEffort(Effort.HIGH);
        call(upstream(fake, EffortField.REASONING_EFFORT), other);
        assertThat(fields(fake.request(0))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            REASONING_EFFORT | Unrecognized request argument supplied: reasoning_effort
            REASONING_EFFORT | Unsupported value: 'reasoning_effort' does not support 'high' with this model.
            REASONING        | Unknown parameter: 'reasoning'
            REASONING        | reasoning.effort is not supported by this model
            THINKING         | thinking: Extra inputs are not permitted
            THINKING         | `max_tokens` must be greater than `thinking.budget_tokens`
            """)
    void leavesOutARejectedFieldAndRemembersIt(EffortField field, String message) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> request.body().has(field.wireName()) ? Script.error(400, message) : Script.answer("well")));
        HttpUpstream upstream = upstream(fake, field);
        call(upstream, request(Effort.HIGH));
        call(upstream, request(Effort.HIGH));
        assertThat(fake.requests())
                .hasSize(3)
                .extracting(EffortFieldTest::fields)
                .filteredOn(String::isEmpty)
                .hasSize(2);
    }

    /** The other field is what the message is about. */
    @Test
    void keepsTheEffortIfAnotherFieldContradictsIt() {
        FakeUpstream fake =
                fixture.fake(FakeUpstream.dispatching(request -> request.body().has("temperature")
                        ? Script.error(400, "`temperature` may only be set to 1 when thinking is enabled.")
                        : Script.answer("well")));
        CallRequest request = request(Effort.HIGH).withRemovableField("temperature", new RawJson("0.2"));
        call(upstream(fake, EffortField.THINKING), request);
        assertThat(fields(fake.request(1))).isEqualTo("thinking: {\"type\":\"enabled\",\"budget_tokens\":24576}");
    }

    @ParameterizedTest
    @EnumSource
    void choosesBudgetsThatMeanTheEffort(Effort effort) {
        Effort back = Effort.fromTokenBudget(EffortField.tokens(effort));
        assertThat(back)
                .isEqualTo(
                        switch (effort) {
                            case MINIMAL -> Effort.LOW;
                            case MAX -> Effort.XHIGH;
                            default -> effort;
                        });
    }

    @Test
    void addsADefaultToRequestsWithoutAnEffort() {
        FakeUpstream fake = fixture.fake(FakeUpstream.answering("well", "well"));
        Upstream upstream = new DefaultEffortUpstream(upstream(fake, EffortField.REASONING_EFFORT), Effort.LOW);
        call(upstream, request(null));
        call(upstream, request(Effort.HIGH));
        assertThat(upstream.name()).isEqualTo("main");
        assertThat(fake.requests())
                .extracting(EffortFieldTest::fields)
                .containsExactly("reasoning_effort: \"low\"", "reasoning_effort: \"high\"");
    }
}
