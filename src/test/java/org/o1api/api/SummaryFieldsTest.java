package org.o1api.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.json.Json;
import org.o1api.model.Effort;
import org.o1api.model.EndedBy;
import org.o1api.model.FinishReason;
import org.o1api.model.Mode;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnSummary;
import org.o1api.model.TurnUsage;
import org.o1api.model.Usage;

class SummaryFieldsTest {
    private static final TurnUsage USAGE = new TurnUsage(new Usage(10, 0, 5, 0), new Usage(40, 8, 2, 90, 85), 4, 5);

    private static String json(TurnUsage usage, @Nullable TurnSummary summary) {
        byte[] object = Json.bytes(json -> {
            json.writeStartObject();
            SummaryFields.write(json, new TurnEvent.Completed(FinishReason.STOP, usage, summary));
            json.writeEndObject();
        });
        return new String(object, StandardCharsets.UTF_8);
    }

    private static TurnSummary summary(String strategy, int steps) {
        return new TurnSummary(
                "turn_1",
                "thinker",
                strategy,
                null,
                null,
                Mode.STANDARD,
                steps,
                null,
                null,
                null,
                null,
                "EUR",
                List.of(),
                Duration.ofMillis(1200));
    }

    @Test
    void writesEverythingThatIsKnown() {
        TurnSummary summary = new TurnSummary(
                "turn_1",
                "thinker",
                "auto",
                "vote",
                Effort.HIGH,
                Mode.PRO,
                0,
                new TurnSummary.Samples(6, 4, 1, 1),
                new TurnSummary.Agreement("42", 3, 4, 0.9375),
                EndedBy.BUDGET_COST,
                new BigDecimal("0.0000100"),
                "EUR",
                List.of(
                        new TurnSummary.ModelUsage("main", "m", 3, new Usage(30, 0, 80, 80), new BigDecimal("1E-5")),
                        new TurnSummary.ModelUsage("other", "n", 1, new Usage(10, 0, 10, 5), null)),
                Duration.ofNanos(12_345_678_901L));

        assertThat(json(USAGE, summary))
                .isEqualTo(
                        "{\"x_o1\":{\"turn\":\"turn_1\",\"preset\":\"thinker\",\"strategy\":\"auto\",\"route\":\"vote\","
                                + "\"effort\":\"high\",\"mode\":\"pro\","
                                + "\"samples\":{\"started\":6,\"completed\":4,\"cancelled\":1,\"failed\":1},"
                                + "\"agreement\":{\"key\":\"42\",\"votes\":3,\"of\":4,\"probability\":0.9375},"
                                + "\"ended_by\":\"budget.cost\","
                                + "\"usage\":{\"calls\":4,\"attempts\":5,\"prompt_tokens\":40,\"cached_tokens\":8,"
                                + "\"cache_write_tokens\":2,\"completion_tokens\":90,\"reasoning_tokens\":85,\"cost\":0.00001},"
                                + "\"by_model\":["
                                + "{\"upstream\":\"main\",\"model\":\"m\",\"calls\":3,\"prompt_tokens\":30,\"completion_tokens\":80,\"cost\":0.00001},"
                                + "{\"upstream\":\"other\",\"model\":\"n\",\"calls\":1,\"prompt_tokens\":10,\"completion_tokens\":10}],"
                                + "\"currency\":\"EUR\",\"seconds\":12.346}}");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "steps,  0, '\"steps\":0,'",
                "steps,  3, '\"steps\":3,'",
                "single, 2, '\"steps\":2,'",
                "direct, 0, ''",
                "vote,   0, ''"
            })
    void leavesOutWhatDoesNotApply(String strategy, int steps, String expected) {
        assertThat(json(USAGE, summary(strategy, steps)))
                .isEqualTo("{\"x_o1\":{\"turn\":\"turn_1\",\"preset\":\"thinker\",\"strategy\":\"" + strategy
                        + "\",\"mode\":\"standard\"," + expected
                        + "\"usage\":{\"calls\":4,\"attempts\":5,\"prompt_tokens\":40,\"cached_tokens\":8,"
                        + "\"cache_write_tokens\":2,\"completion_tokens\":90,\"reasoning_tokens\":85},"
                        + "\"by_model\":[],\"seconds\":1.200}}");
    }

    @Test
    void aTurnOfAnEarlierVersionHasItsTotalsOnly() {
        assertThat(json(USAGE, null))
                .startsWith("{\"x_o1\":{\"usage\":{\"calls\":4,")
                .endsWith("\"reasoning_tokens\":85}}}");
        assertThat(json(TurnUsage.NONE, null)).isEqualTo("{}");
    }
}
