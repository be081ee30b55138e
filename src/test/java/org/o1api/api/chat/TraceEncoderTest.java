package org.o1api.api.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.json.Json;
import org.o1api.model.Budget;
import org.o1api.model.BudgetUse;
import org.o1api.model.FinishReason;
import org.o1api.model.StepKind;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.model.TurnEvent.StepTokens;
import org.o1api.model.TurnUsage;

class TraceEncoderTest {
    private static final long MILLI = 1_000_000;

    private final AtomicLong nanos = new AtomicLong(7 * MILLI);
    private final TraceEncoder trace = new TraceEncoder("llama-3", nanos::get);

    private static String json(Json.ValueWriter fields) {
        byte[] object = Json.bytes(json -> {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        });
        return new String(object, StandardCharsets.UTF_8);
    }

    private String encoded(TurnEvent event) {
        return json(Objects.requireNonNull(trace.fields(event), event::toString));
    }

    static List<Arguments> events() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        counts.put("42", 3);
        counts.put("7", 1);
        return List.of(
                Arguments.of(new TurnEvent.Route("vote"), """
                        {"type":"route","route":"vote"}"""),
                Arguments.of(new TurnEvent.StepStarted(1), """
                        {"type":"step_started","step":1,"kind":"step","model":"llama-3","at":1.500}"""),
                Arguments.of(new TurnEvent.StepStarted(2, StepKind.SAMPLE, "Sample 2"), """
                        {"type":"step_started","step":2,"kind":"sample","label":"Sample 2","model":"llama-3","at":1.500}"""),
                Arguments.of(new TurnEvent.StepStarted(3, StepKind.JUDGE, "Comparison"), """
                        {"type":"step_started","step":3,"kind":"judge","label":"Comparison","model":"llama-3","at":1.500}"""),
                Arguments.of(new TurnEvent.StepStarted(4, StepKind.VOTE, "Vote"), """
                        {"type":"step_started","step":4,"kind":"vote","label":"Vote","at":1.500}"""),
                Arguments.of(new TurnEvent.StepTitled(3, "A \"title\""), """
                        {"type":"step_titled","step":3,"title":"A \\"title\\""}"""),
                Arguments.of(new TurnEvent.StepEnded(1), """
                        {"type":"step_ended","step":1,"state":"completed","seconds":0.000}"""),
                Arguments.of(new TurnEvent.StepEnded(1, StepOutcome.COMPLETED, "42", new StepTokens(120, 0)), """
                        {"type":"step_ended","step":1,"state":"completed","tokens":120,"seconds":0.000,"conclusion":"42"}"""),
                Arguments.of(
                        new TurnEvent.StepEnded(1, StepOutcome.CANCELLED, "Decided.", new StepTokens(20, 100)), """
                        {"type":"step_ended","step":1,"state":"cancelled","tokens":20,"seconds":0.000,"conclusion":"Decided.","saved_tokens":100}"""),
                Arguments.of(new TurnEvent.StepEnded(1, StepOutcome.FAILED, "Busy.", new StepTokens(0, 0)), """
                        {"type":"step_ended","step":1,"state":"failed","tokens":0,"seconds":0.000,"conclusion":"Busy."}"""),
                Arguments.of(new TurnEvent.Note("Again."), """
                        {"type":"note","text":"Again."}"""),
                Arguments.of(new TurnEvent.Tally(counts, 0.875), """
                        {"type":"tally","counts":{"42":3,"7":1},"probability":0.875}"""),
                Arguments.of(new TurnEvent.Tally(Map.of("\"\u2028", 1), 1), """
                        {"type":"tally","counts":{"\\"\\u2028":1},"probability":1.0}"""),
                Arguments.of(used(null, null), """
                        {"type":"budget","calls":[2,30],"tokens":[900,50000],"seconds":[1.235,300.000]}"""),
                Arguments.of(used(new BigDecimal("0.0000012"), null), """
                        {"type":"budget","calls":[2,30],"tokens":[900,50000],"seconds":[1.235,300.000],"cost":[0.0000012,null]}"""),
                Arguments.of(used(new BigDecimal("1E-7"), new BigDecimal("0.20")), """
                        {"type":"budget","calls":[2,30],"tokens":[900,50000],"seconds":[1.235,300.000],"cost":[0.0000001,0.2]}"""));
    }

    private static TurnEvent used(@Nullable BigDecimal cost, @Nullable BigDecimal limit) {
        Budget budget = new Budget(30, 50_000, Duration.ofMinutes(5), 6, limit);
        return new TurnEvent.BudgetUsed(new BudgetUse(2, 900, Duration.ofNanos(1_234_567_890), cost, budget));
    }

    @ParameterizedTest
    @MethodSource("events")
    void encodesEachEvent(TurnEvent event, String expected) {
        nanos.addAndGet(1500 * MILLI);
        assertThat(encoded(event)).isEqualTo(expected);
    }

    static List<TurnEvent> answer() {
        return List.of(
                new TurnEvent.AnswerText("a"),
                new TurnEvent.RefusalText("a"),
                new TurnEvent.Completed(FinishReason.STOP, TurnUsage.NONE));
    }

    @ParameterizedTest
    @MethodSource("answer")
    void theAnswerIsNotPartOfTheTrace(TurnEvent event) {
        assertThat(trace.fields(event)).isNull();
    }

    @Test
    void measuresConcurrentAndRetriedSteps() {
        assertThat(encoded(new TurnEvent.StepStarted(1))).contains("\"at\":0.000");
        nanos.addAndGet(250 * MILLI);
        assertThat(encoded(new TurnEvent.StepStarted(2))).contains("\"at\":0.250");
        nanos.addAndGet(500 * MILLI);
        assertThat(encoded(new TurnEvent.StepEnded(1))).contains("\"seconds\":0.750");
        assertThat(encoded(new TurnEvent.StepStarted(1))).contains("\"at\":0.750");
        nanos.addAndGet(100 * MILLI);
        assertThat(encoded(new TurnEvent.StepEnded(2))).contains("\"seconds\":0.600");
        assertThat(encoded(new TurnEvent.StepEnded(1))).contains("\"seconds\":0.100");
    }

    @Test
    void joinsConsecutiveTextsOfOneStep() {
        assertThat(trace.hasText()).isFalse();
        assertThat(trace.append(new TurnEvent.StepText(1, "a"))).isTrue();
        assertThat(trace.append(new TurnEvent.StepText(1, "b\n"))).isTrue();
        assertThat(trace.append(new TurnEvent.StepText(2, "c"))).isFalse();
        assertThat(trace.hasText()).isTrue();

        assertThat(json(trace.takeText())).isEqualTo("""
                {"type":"step_text","step":1,"text":"ab\\n"}""");
        assertThat(trace.hasText()).isFalse();
        assertThat(trace.append(new TurnEvent.StepText(2, "c"))).isTrue();
        assertThat(json(trace.takeText())).isEqualTo("""
                {"type":"step_text","step":2,"text":"c"}""");
    }
}
