package org.o1api.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventStreamTest {
    private static final long HEARTBEAT = StreamSettings.DEFAULT.heartbeat().toNanos();
    /** The tick's period, and as much again for a machine that is busy. */
    private static final long LATE = Duration.ofMillis(100).toNanos();

    /** Keeps what is written. */
    private static final class Written implements FrameSink {
        private final List<String> frames = new ArrayList<>();
        private Runnable whileFailing = () -> {};

        @Override
        public void write(byte[] bytes) {
            frames.add(new String(bytes, StandardCharsets.UTF_8));
        }

        @Override
        public byte[] ping() {
            return new byte[] {':'};
        }

        @Override
        public void fail(byte[] error) {
            whileFailing.run();
            write(error);
        }

        @Override
        public void close() {}
    }

    private final AtomicInteger left = new AtomicInteger();
    private final Written written = new Written();
    private final EventStream stream =
            new EventStream(written, StreamSettings.DEFAULT, new byte[] {'o'}, left::incrementAndGet, () -> {});

    @Test
    void isNotSilentForLongerThanItsHeartbeatThoughTheTickComesLate() {
        stream.send(new byte[] {'e'});
        long wrote = System.nanoTime();
        stream.tick(wrote + HEARTBEAT / 2, Runnable::run);
        assertThat(written.frames).containsExactly("oe");
        stream.tick(wrote + HEARTBEAT - LATE, Runnable::run);
        assertThat(written.frames).containsExactly("oe", ":");
    }

    @Test
    void beginsWhenItsTimeHasComeAndNotBefore() {
        long created = System.nanoTime();
        stream.tick(created + HEARTBEAT, Runnable::run);
        assertThat(written.frames).isEmpty();
        stream.tick(created + StreamSettings.DEFAULT.beginAfter().toNanos(), Runnable::run);
        assertThat(written.frames).containsExactly("o");
    }

    @Test
    void leavesAClientThatDoesNotReadTheErrorEither() {
        stream.send(new byte[] {'e'});
        long late = StreamSettings.DEFAULT.writeTimeout().plusSeconds(1).toNanos();
        written.whileFailing = () -> stream.tick(System.nanoTime() + late, Runnable::run);
        stream.fail(new byte[] {'f'});
        assertThat(left).hasValue(1);
    }
}
