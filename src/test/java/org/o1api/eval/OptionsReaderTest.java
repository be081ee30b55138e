package org.o1api.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsReaderTest {
    @Test
    void readsAllOptions() {
        EvaluationOptions options = OptionsReader.read(List.of(
                "a.jsonl",
                "--config",
                "c.yaml",
                "--presets",
                "x, y",
                "--limit",
                "5",
                "--repeat",
                "3",
                "--seed",
                "0",
                "--concurrency",
                "8",
                "--max-cost",
                "2.50",
                "--out",
                "folder",
                "b.json"));

        assertThat(options)
                .isEqualTo(new EvaluationOptions(
                        Path.of("c.yaml"),
                        List.of("x", "y"),
                        List.of(Path.of("a.jsonl"), Path.of("b.json")),
                        5,
                        3,
                        0L,
                        8,
                        new BigDecimal("2.50"),
                        Path.of("folder")));
    }

    @Test
    void hasDefaults() {
        assertThat(OptionsReader.read(List.of()))
                .isEqualTo(new EvaluationOptions(
                        null,
                        List.of(),
                        List.of(Path.of("src/examples/questions/mixed.jsonl")),
                        Integer.MAX_VALUE,
                        1,
                        null,
                        4,
                        null,
                        Path.of("target/evaluation")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--preset x | Unknown option --preset, allowed: --config, --presets,",
                "--limit | The option --limit needs a value.",
                "--limit 0 | --limit: found '0', allowed: a whole number, at least 1.",
                "--repeat many | --repeat: found 'many'",
                "--seed -1 | --seed: found '-1'",
                "--max-cost 1,5 | --max-cost: found '1,5', allowed: an amount such as 2.50.",
                "--limit 1 --limit 2 | The option --limit is repeated.",
            })
    void saysWhatIsWrong(String arguments, String message) {
        assertThatExceptionOfType(EvaluationException.class)
                .isThrownBy(() -> OptionsReader.read(List.of(arguments.split(" "))))
                .withMessageContaining(message);
    }
}
