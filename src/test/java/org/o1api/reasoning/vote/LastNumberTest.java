package org.o1api.reasoning.vote;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastNumberTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            The answer is 42.            | 42
            First 1, then 2              | 2
            1,000                        | 1000
            1000.0                       | 1000
            1,234,567.50                 | 1234567.5
            1\u202f000                   | 1000
            1'000                        | 1000
            10_000                       | 10000
            1{,}000                      | 1000
            1\\,000                      | 1000
            007                          | 7
            -5                           | -5
            \u22125                      | -5
            x = -0.50                    | -0.5
            +3                           | 3
            10-5                         | 5
            10 - 5                       | 5
            2, 3                         | 3
            50%                          | 50
            50 %                         | 50
            50\\%                        | 50
            $12.30                       | 12.3
            It is 5km away               | 5
            1e3                          | 1000
            1.5E-2                       | 0.015
            .5                           | 0.5
            0.0                          | 0
            -0                           | 0
            3/4                          | 3/4
            6 / 8                        | 3/4
            4/2                          | 2
            \\frac{3}{4}                 | 3/4
            \\dfrac{-6}{8}               | -3/4
            \\boxed{42}                  | 42
            \\boxed{1{,}000}, see page 7 | 1000
            \\boxed{\\text{about }5} 6   | 5
            \\boxed{1} or \\boxed{2}     | 2
            \\boxed{x} 3                 | 3
            \\boxed{9                    | 9
            \u7b54\u6848\u662f42\u3002   | 42
            \uff14\uff12                 | 42
            \u0664\u0662                 | 42
            H2O has 3 atoms              | 3
            **42**                       | 42
            2 (see H2O)                  | 2
            no number                    |
            H2O                          |
            """)
    void readsAllNotations(String text, @Nullable String number) {
        assertThat(LastNumber.of(text)).isEqualTo(number);
    }

    @Test
    void ignoresNumbersThatAreTooLong() {
        assertThat(LastNumber.of("3 and " + "9".repeat(10_000))).isEqualTo("3");
        assertThat(LastNumber.of("1e9999")).isEqualTo("1E+9999");
    }
}
