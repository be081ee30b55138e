package org.o1api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventStreamTest {
    private static final long HEARTBEAT = Duration.ofMillis(500).toNanos();
    /** The period of the tick, doubled for a busy machine. */
    private static final long TICK_DELAY = Duration.ofMillis(100).toNanos();

    /** Records what is written. */
    private static final class RecordingSink implements FrameSink {
        private final List<String> frames = new ArrayList<>();
        private Runnable whileFailing = () -> {};

        private Runnable whileWriting = () -> {};

        @Override
        public void write(byte[] bytes) {
            whileWriting.run();
            frames.add(new String(bytes, StandardCharsets.UTF_8));
        }

        @Override
        public void writeWhole(byte[] bytes) {
            frames.add("whole " + new String(bytes, StandardCharsets.UTF_8));
        }

        @Override
        public byte[] ping() {
            return new byte[] {':'};
        }

        @Override
        public byte[] earlyPing() {
            return new byte[] {'#'};
        }

        @Override
        public void fail(byte[] error) {
            whileFailing.run();
            write(error);
        }

        @Override
        public void close() {}
    }

    private final AtomicInteger disconnects = new AtomicInteger();
    private final RecordingSink sink = new RecordingSink();
    private final List<Throwable> failures = new ArrayList<>();
    private final AtomicInteger closings = new AtomicInteger();

    private final EventStream.Listener listener = new EventStream.Listener() {
        @Override
        public void disconnected() {
            disconnects.incrementAndGet();
        }

        @Override
        public void failed(Throwable failure) {
            failures.add(failure);
        }
    };

    private final EventStream stream = new EventStream(
            sink,
            StreamSettings.DEFAULT,
            new byte[] {'o'},
            new byte[] {'u'},
            listener,
            stream -> closings.incrementAndGet());

    @Test
    void sendsHeartbeatsInTimeDespiteALateTick() {
        stream.send(new byte[] {'e'});
        long writeNanos = System.nanoTime();
        stream.tick(writeNanos + HEARTBEAT / 2, Runnable::run);
        assertThat(sink.frames).containsExactly("oe");
        stream.tick(writeNanos + HEARTBEAT - TICK_DELAY, Runnable::run);
        assertThat(sink.frames).containsExactly("oe", ":");
    }

    @Test
    void startsAfterBeginAfter() {
        long created = System.nanoTime();
        stream.tick(created + HEARTBEAT, Runnable::run);
        assertThat(sink.frames).isEmpty();
        stream.tick(created + StreamSettings.DEFAULT.beginAfter().toNanos(), Runnable::run);
        assertThat(sink.frames).containsExactly("o");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void startsWithoutAHeartbeatButSendsNoComments(boolean statusFeedback) {
        StreamSettings defaults = StreamSettings.DEFAULT;
        StreamSettings off = new StreamSettings(
                null, defaults.beginAfter(), statusFeedback, defaults.writeTimeout(), defaults.jsonHeartbeat());
        EventStream silent = new EventStream(
                sink, off, new byte[] {'o'}, new byte[] {'u'}, listener, ended -> closings.incrementAndGet());
        long created = System.nanoTime();
        silent.tick(created + defaults.beginAfter().toNanos(), Runnable::run);
        silent.tick(created + Duration.ofDays(1).toNanos(), Runnable::run);
        silent.probe();
        silent.send(new byte[] {'e'});
        assertThat(sink.frames).containsExactly("o", "e");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sendsNoCommentWithoutAHeartbeatIfTheTurnStartsFirst(boolean statusFeedback) {
        StreamSettings defaults = StreamSettings.DEFAULT;
        StreamSettings off = new StreamSettings(
                null, defaults.beginAfter(), statusFeedback, defaults.writeTimeout(), defaults.jsonHeartbeat());
        EventStream silent = new EventStream(
                sink, off, new byte[] {'o'}, new byte[] {'u'}, listener, ended -> closings.incrementAndGet());
        List<Runnable> handedOver = new ArrayList<>();
        silent.tick(System.nanoTime() + defaults.beginAfter().toNanos(), handedOver::add);
        silent.send(new byte[] {'e'});
        assertThat(handedOver).hasSize(1);
        handedOver.forEach(Runnable::run);
        assertThat(sink.frames).containsExactly("oe");
    }

    /** Each row: json_heartbeat, begin_after, and when the first white space is due. */
    @ParameterizedTest
    @CsvSource({"15000, 1000, 15000", "500, 1000, 1000", "50, 30000, 30000", "1000, 0, 1000"})
    void startsAJsonResponseAfterItsHeartbeatInterval(long heartbeat, long beginAfter, long due) {
        StreamSettings defaults = StreamSettings.DEFAULT;
        StreamSettings settings = new StreamSettings(
                defaults.heartbeat(),
                Duration.ofMillis(beginAfter),
                true,
                defaults.writeTimeout(),
                defaults.jsonHeartbeat());
        EventStream json = new EventStream(
                sink,
                settings.forJson(Duration.ofMillis(heartbeat)),
                new byte[0],
                new byte[0],
                listener,
                ended -> closings.incrementAndGet());
        long created = System.nanoTime();
        json.accepted();
        json.probe();
        json.tick(created + Duration.ofMillis(due).toNanos() - TICK_DELAY, Runnable::run);
        assertThat(sink.frames).isEmpty();

        json.tick(created + Duration.ofMillis(due).toNanos(), Runnable::run);
        assertThat(sink.frames).containsExactly("#");
        json.tick(System.nanoTime() + Duration.ofMillis(heartbeat).toNanos(), Runnable::run);
        assertThat(sink.frames).containsExactly("#", "#");
    }

    @Test
    void writesACompleteResponseIfItWasNotStarted() {
        EventStream json = new EventStream(
                sink,
                StreamSettings.DEFAULT.forJson(Duration.ofSeconds(15)),
                new byte[0],
                new byte[0],
                listener,
                ended -> closings.incrementAndGet());
        json.end(new byte[] {'j'});
        assertThat(sink.frames).containsExactly("whole j");
    }

    @Test
    void reportsADisconnectIfTheErrorIsNotRead() {
        stream.send(new byte[] {'e'});
        long late = StreamSettings.DEFAULT.writeTimeout().plusSeconds(1).toNanos();
        sink.whileFailing = () -> stream.tick(System.nanoTime() + late, Runnable::run);
        stream.fail(new byte[] {'f'});
        assertThat(disconnects).hasValue(1);
    }

    private static void throwOutOfMemoryError() {
        throw new OutOfMemoryError("thrown by a test");
    }

    @Test
    void reportsAnErrorInAPingAndCanStillEndTheStream() {
        stream.send(new byte[] {'e'});
        sink.whileWriting = EventStreamTest::throwOutOfMemoryError;
        stream.tick(System.nanoTime() + HEARTBEAT, Runnable::run);
        assertThat(failures).singleElement().isInstanceOf(OutOfMemoryError.class);
        assertThat(disconnects).hasValue(0);

        sink.whileWriting = () -> {};
        assertThat(stream.fail(new byte[] {'f'})).isTrue();
        assertThat(sink.frames).containsExactly("oe", "f");
        assertThat(closings).hasPositiveValue();
    }

    @Test
    void pingsAgainAfterAThreadCouldNotBeStarted() {
        stream.send(new byte[] {'e'});
        long later = System.nanoTime() + HEARTBEAT;
        assertThatThrownBy(() -> stream.tick(later, ping -> throwOutOfMemoryError()))
                .isInstanceOf(OutOfMemoryError.class);

        stream.tick(later, Runnable::run);

        assertThat(sink.frames).containsExactly("oe", ":");
    }

    @Test
    void closeEndsAnOpenStream() {
        stream.send(new byte[] {'e'});

        stream.close();
        stream.close();

        assertThat(sink.frames).containsExactly("oe", "u");
        assertThat(closings).hasPositiveValue();
        assertThatThrownBy(() -> stream.send(new byte[] {'x'})).isInstanceOf(ClientDisconnectedException.class);
    }

    @Test
    void writesNothingIfTheResponseWasNotStarted() {
        assertThat(stream.fail(new byte[] {'f'})).isFalse();
        stream.close();

        assertThat(sink.frames).isEmpty();
        assertThat(closings).hasPositiveValue();
    }

    @Test
    void sendsTheOpeningEventBeforeAnErrorIfWanted() {
        StreamSettings defaults = StreamSettings.DEFAULT;
        StreamSettings quiet = new StreamSettings(
                defaults.heartbeat(), defaults.beginAfter(), false, defaults.writeTimeout(), defaults.jsonHeartbeat());
        for (boolean opened : new boolean[] {false, true}) {
            sink.frames.clear();
            EventStream pinged = new EventStream(
                    sink, quiet, new byte[] {'o'}, new byte[] {'u'}, listener, ended -> closings.incrementAndGet());
            pinged.tick(System.nanoTime() + defaults.beginAfter().toNanos(), Runnable::run);
            if (opened) {
                pinged.send(new byte[] {'e'});
            }
            assertThat(pinged.failAfterOpening(new byte[] {'f'})).isTrue();
            assertThat(String.join(" ", sink.frames)).isEqualTo(opened ? "# oe f" : "# of");
        }
    }

    @Test
    void closesEvenIfTheErrorCannotBeWritten() {
        stream.send(new byte[] {'e'});
        sink.whileFailing = EventStreamTest::throwOutOfMemoryError;

        assertThatThrownBy(() -> stream.fail(new byte[] {'f'})).isInstanceOf(OutOfMemoryError.class);

        assertThat(closings).hasPositiveValue();
    }
}
