package org.o1api.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
