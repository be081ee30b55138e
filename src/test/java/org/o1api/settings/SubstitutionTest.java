package org.o1api.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubstitutionTest {
    private final Substitution substitution = new Substitution(
            Map.of("A", "one", "B", "two", "EMPTY", "", "NESTED", "${A}", "ESCAPED", "$${A}", "DOLLAR", "a$b")::get);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    plain            | plain
                    $A {A} $         | $A {A} $
                    ${A}             | one
                    x${A}y${B}z      | xoneytwoz
                    ${A:-d}          | one
                    ${NONE:-d}       | d
                    ${NONE:-}        | ''
                    ${NONE:-a:-b}    | a:-b
                    ${EMPTY}         | ''
                    ${EMPTY:-d}      | d
                    $${A}            | ${A}
                    $${A} ${B}       | ${A} two
                    ${NESTED}        | ${A}
                    ${ESCAPED}       | $${A}
                    ${DOLLAR}        | a$b
                    ${A              | ${A
                    """)
    void substitutesVariables(String text, String result) {
        assertThat(substitution.apply(text)).isEqualTo(result);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${}",
                "${ A }",
                "${script:javascript:3}",
                "${env:A}",
                "${sys:user.home}",
                "${url:UTF-8:http://a/}"
            })
    void rejectsInvalidNames(String text) {
        assertThatThrownBy(() -> substitution.apply(text))
                .isInstanceOf(Substitution.UnresolvedException.class)
                .hasMessageStartingWith("cannot be resolved, allowed: ${NAME}");
    }

    @Test
    void readsFilesWithoutTheFinalLineBreak(@TempDir Path folder) throws IOException {
        for (String[] row :
                new String[][] {{"k", "k"}, {"k\n", "k"}, {"k\r\n", "k"}, {"k\n\n", "k\n"}, {"${A}", "${A}"}, {"", ""}
                }) {
            Path file = Files.writeString(folder.resolve("secret"), row[0]);
            assertThat(substitution.apply("${file:" + file + "}")).isEqualTo(row[1]);
        }
    }

    @Test
    void reportsFilesThatCannotBeUsed(@TempDir Path folder) throws IOException {
        Path large = Files.writeString(folder.resolve("large"), "x".repeat((64 << 10) + 1));
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xfe});

        assertProblem(large, "is larger than 64KiB");
        assertProblem(binary, "is not UTF-8 text");
        assertProblem(folder, "cannot be read");
        assertProblem(folder.resolve("none"), "does not exist");
    }

    private void assertProblem(Path file, String problem) {
        assertThatThrownBy(() -> substitution.apply("${file:" + file + "}"))
                .hasMessage("the file " + file + " " + problem);
    }
}
