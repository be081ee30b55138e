package org.o1api.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultFileTest {
    @TempDir
    private Path folder;

    @Test
    void keepsResults() {
        TrialResult failed = new TrialResult(
                new Trial.Key("p", "q1", 1),
                false,
                "",
                null,
                "upstream_failed: It broke.",
                null,
                2,
                0,
                3,
                4,
                null,
                0.25);
        try (ResultFile file = ResultFile.open(folder.resolve("new"))) {
            file.add(result(1));
            file.add(failed);
        }

        try (ResultFile file = ResultFile.open(folder.resolve("new"))) {
            assertThat(file.results().values()).containsExactly(result(1), failed);
        }
    }

    @Test
    void theLastLineOfATrialCounts() {
        TrialResult failed = failed("upstream_failed: It broke.");
        try (ResultFile file = ResultFile.open(folder)) {
            file.add(failed);
            file.add(result(2));
            file.add(result(1));
            assertThat(file.superseded()).containsExactly(failed);
        }

        try (ResultFile file = ResultFile.open(folder)) {
            assertThat(file.results().values()).containsExactly(result(1), result(2));
            assertThat(file.superseded()).containsExactly(failed);
        }
    }

    private static TrialResult failed(@Nullable String failure) {
        return new TrialResult(
                new Trial.Key("p", "q1", 0), false, "", null, failure, null, 1, 0, 1, 1, new BigDecimal("0.5"), 1);
    }

    @ParameterizedTest
    @CsvSource({
        "'', false, false",
        "upstream_failed: It broke., true, false",
        "overloaded: Too many., true, false",
        "upstream_refused: upstream_failed: no, false, false",
        "internal_error: Oops., false, false",
        "shutting_down: The evaluation was stopped., false, true"
    })
    void distinguishesFailures(String failure, boolean temporary, boolean stopped) {
        TrialResult result = failed(failure.isEmpty() ? null : failure);
        assertThat(result.isTemporaryFailure()).isEqualTo(temporary);
        assertThat(result.isStopped()).isEqualTo(stopped);
    }

    /** A killed process may have written any part of a line, also a part of a character. */
    @Test
    void removesWhateverIsLeftOfAnIncompleteLine() throws Exception {
        Path path = folder.resolve(ResultFile.NAME);
        try (ResultFile file = ResultFile.open(folder)) {
            file.add(result(1));
            file.add(result(2));
        }
        byte[] whole = Files.readAllBytes(path);
        int firstLine = new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf('\n') + 1;

        for (int length = firstLine; length < whole.length; length++) {
            Files.write(path, Arrays.copyOf(whole, length));
            try (ResultFile file = ResultFile.open(folder)) {
                assertThat(file.results().values()).containsExactly(result(1));
                file.add(result(2));
            }
            assertThat(Files.readAllBytes(path)).isEqualTo(whole);
        }
    }

    @Test
    void isUsedByOneProcess() {
        try (ResultFile file = ResultFile.open(folder)) {
            assertThat(file.results()).isEmpty();
            assertThatExceptionOfType(EvaluationException.class)
                    .isThrownBy(() -> ResultFile.open(folder))
                    .withMessageContaining("Another evaluation is writing");
        }
    }

    private static TrialResult result(int number) {
        return new TrialResult(
                new Trial.Key("p", "q" + number, 0),
                true,
                "Größe: „42“ 🙂\nzwei Zeilen",
                "42",
                null,
                "decided",
                4,
                4,
                100,
                200,
                new BigDecimal("0.00125"),
                1.5);
    }
}
