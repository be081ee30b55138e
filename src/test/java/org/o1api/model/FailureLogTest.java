package org.o1api.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FailureLogTest {
    private final List<String> lines = new ArrayList<>();
    private long now = Duration.ofHours(1).toNanos();
    private final FailureLog failures = new FailureLog(new Recorder(lines), () -> now);

    @Test
    void logsOneLinePerMinuteWithTheNumberOfSuppressedOnes() {
        failures.warning("a", "a failed");
        failures.warning("a", "a failed");
        failures.warning("b", "b failed");
        now += Duration.ofSeconds(59).toNanos();
        failures.warning("a", "a failed");
        now += Duration.ofSeconds(1).toNanos();
        failures.warning("a", "a failed");
        now += Duration.ofMinutes(5).toNanos();
        failures.warning("a", "a failed");

        assertThat(lines).containsExactly("a failed", "b failed", "a failed (2 more since the last line)", "a failed");
    }

    @Test
    void forgetsTheOldestKind() {
        for (int i = 0; i < 1000; i++) {
            now += 1;
            failures.warning("kind " + i, "failed " + i);
        }
        failures.warning("kind 0", "failed 0 again");
        failures.warning("kind 999", "not due");

        assertThat(lines).hasSize(1001).endsWith("failed 0 again");
    }

    @Test
    void neverThrows() {
        FailureLog failing = new FailureLog(new Recorder(List.of()), () -> now);

        failing.error("a", "a failed", new OutOfMemoryError("test"));

        assertThat(lines).isEmpty();
    }

    @Test
    void describesTheInnermostCauseInOneLine() {
        assertThat(FailureLog.rootCause(new IllegalStateException("outer", new IOException("inner\nsecret"))))
                .isEqualTo("java.io.IOException: inner");
        assertThat(FailureLog.rootCause(new IOException())).isEqualTo("java.io.IOException");
    }

    private record Recorder(List<String> lines) implements System.Logger {
        @Override
        public String getName() {
            return "recorder";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
            lines.add(message);
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object... values) {
            lines.add(format);
        }
    }
}
