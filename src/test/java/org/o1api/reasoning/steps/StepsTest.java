package org.o1api.reasoning.steps;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.model.Effort;

class StepsTest {
    @ParameterizedTest
    @CsvSource({
        // effort, then minimum and maximum of steps for presets of 3 to 25, 1 to 2, no, and 6 to 10 steps
        "NONE,    0, 0,   0, 0,  0, 0,  0, 0",
        "MINIMAL, 1, 1,   1, 1,  0, 0,  1, 1",
        "LOW,     1, 3,   1, 2,  0, 0,  1, 3",
        "MEDIUM,  3, 25,  1, 2,  0, 0,  6, 10",
        "HIGH,    5, 25,  2, 2,  0, 0,  6, 10",
        "XHIGH,   8, 25,  2, 2,  0, 0,  8, 10",
        "MAX,     8, 25,  2, 2,  0, 0,  8, 10"
    })
    void adaptsTheStepRangeToTheEffort(
            Effort effort, int min, int max, int few, int most, int none, int zero, int some, int many) {
        assertThat(new Steps(3, 25).withEffort(effort)).isEqualTo(new Steps(min, max));
        assertThat(new Steps(1, 2).withEffort(effort)).isEqualTo(new Steps(few, most));
        assertThat(new Steps(0, 0).withEffort(effort)).isEqualTo(new Steps(none, zero));
        assertThat(new Steps(6, 10).withEffort(effort)).isEqualTo(new Steps(some, many));
    }

    @ParameterizedTest
    @EnumSource
    void keepsTheOtherStepSettings(Effort effort) {
        Steps steps = new Steps(3, 25, 2, 100, false).withEffort(effort);

        assertThat(steps).isEqualTo(new Steps(steps.min(), steps.max(), 2, 100, false));
    }
}
