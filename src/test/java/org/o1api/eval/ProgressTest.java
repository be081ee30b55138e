package org.o1api.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicLong nanos = new AtomicLong();

    @Test
    void drawsABarOnATerminal() {
        Progress progress = progress(true);
        progress.start(0, 0, 4);
        add(progress, true, 1);
        add(progress, false, 1);
        add(progress, true, 1);

        assertThat(List.of(shown().split("\r")))
                .last()
                .isEqualTo("\u001b[K[######################--------] 3 of 4 turns, 2 right, about 1 s left");
    }

    @Test
    void writesALineFromTimeToTimeElsewhere() {
        Progress progress = progress(false);
        progress.start(2, 1, 30);
        for (int i = 0; i < 27; i++) {
            add(progress, true, 1);
        }
        add(progress, true, 1);
        progress.end();

        assertThat(shown().lines())
                .containsExactly(
                        "2 of 30 turns are done already.",
                        "12 of 30 turns, 11 right, about 18 s left",
                        "22 of 30 turns, 21 right, about 8 s left",
                        "30 of 30 turns, 29 right");
    }

    private Progress progress(boolean terminal) {
        return new Progress(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal, nanos::get);
    }

    private void add(Progress progress, boolean correct, int seconds) {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
        progress.add(correct);
    }

    private String shown() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
