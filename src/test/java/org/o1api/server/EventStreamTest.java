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
    /** The tick's period, and as much again for a machine that is busy. */
    private static final long LATE = Duration.ofMillis(100).toNanos();

    /** Keeps what is written. */
    private static final class Written implements FrameSink {
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
        public void fail(byte[] error) {
            whileFailing.run();
            write(error);
        }

        @Override
        public void close() {}
    }

    private final AtomicInteger left = new AtomicInteger();
    private final Written written = new Written();
    private final List<Throwable> failures = new ArrayList<>();
    private final AtomicInteger closed = new AtomicInteger();

    private final EventStream.Listener owner = new EventStream.Listener() {
        @Override
        public void disconnected() {
            left.incrementAndGet();
        }

        @Override
        public void failed(Throwable failure) {
            failures.add(failure);
        }
    };

    private final EventStream stream = new EventStream(
            written,
            StreamSettings.DEFAULT,
            new byte[] {'o'},
            new byte[] {'u'},
            owner,
            stream -> closed.incrementAndGet());

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

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sendsNoCommentsWithoutAHeartbeatButBegins(boolean statusFeedback) {
        StreamSettings usual = StreamSettings.DEFAULT;
        StreamSettings off = new StreamSettings(
                null, usual.beginAfter(), statusFeedback, usual.writeTimeout(), usual.jsonHeartbeat());
        EventStream silent = new EventStream(
                written, off, new byte[] {'o'}, new byte[] {'u'}, owner, ended -> closed.incrementAndGet());
        long created = System.nanoTime();
        silent.tick(created + usual.beginAfter().toNanos(), Runnable::run);
        silent.tick(created + Duration.ofDays(1).toNanos(), Runnable::run);
        silent.probe();
        silent.send(new byte[] {'e'});
        assertThat(written.frames).containsExactly("o", "e");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sendsNoCommentWithoutAHeartbeatIfTheTurnOpensFirst(boolean statusFeedback) {
        StreamSettings usual = StreamSettings.DEFAULT;
        StreamSettings off = new StreamSettings(
                null, usual.beginAfter(), statusFeedback, usual.writeTimeout(), usual.jsonHeartbeat());
        EventStream silent = new EventStream(
                written, off, new byte[] {'o'}, new byte[] {'u'}, owner, ended -> closed.incrementAndGet());
        List<Runnable> handedOver = new ArrayList<>();
        silent.tick(System.nanoTime() + usual.beginAfter().toNanos(), handedOver::add);
        silent.send(new byte[] {'e'});
        assertThat(handedOver).hasSize(1);
        handedOver.forEach(Runnable::run);
        assertThat(written.frames).containsExactly("oe");
    }

    /** Each row: json_heartbeat, begin_after, and when the first white space is due. */
    @ParameterizedTest
    @CsvSource({"15000, 1000, 15000", "500, 1000, 1000", "50, 30000, 30000", "1000, 0, 1000"})
    void aReplyThatIsNotStreamedBeginsAfterItsOwnSilence(long heartbeat, long beginAfter, long due) {
        StreamSettings usual = StreamSettings.DEFAULT;
        StreamSettings settings = new StreamSettings(
                usual.heartbeat(), Duration.ofMillis(beginAfter), true, usual.writeTimeout(), usual.jsonHeartbeat());
        EventStream json = new EventStream(
                written,
                settings.forJson(Duration.ofMillis(heartbeat)),
                new byte[0],
                new byte[0],
                owner,
                ended -> closed.incrementAndGet());
        long created = System.nanoTime();
        json.accepted();
        json.probe();
        json.tick(created + Duration.ofMillis(due).toNanos() - LATE, Runnable::run);
        assertThat(written.frames).isEmpty();

        json.tick(created + Duration.ofMillis(due).toNanos(), Runnable::run);
        assertThat(written.frames).containsExactly(":");
        json.tick(System.nanoTime() + Duration.ofMillis(heartbeat).toNanos(), Runnable::run);
        assertThat(written.frames).containsExactly(":", ":");
    }

    @Test
    void writesAReplyThatHasNotBegunAsAWhole() {
        EventStream json = new EventStream(
                written,
                StreamSettings.DEFAULT.forJson(Duration.ofSeconds(15)),
                new byte[0],
                new byte[0],
                owner,
                ended -> closed.incrementAndGet());
        json.end(new byte[] {'j'});
        assertThat(written.frames).containsExactly("whole j");
    }

    @Test
    void leavesAClientThatDoesNotReadTheErrorEither() {
        stream.send(new byte[] {'e'});
        long late = StreamSettings.DEFAULT.writeTimeout().plusSeconds(1).toNanos();
        written.whileFailing = () -> stream.tick(System.nanoTime() + late, Runnable::run);
        stream.fail(new byte[] {'f'});
        assertThat(left).hasValue(1);
    }

    private static void outOfMemory() {
        throw new OutOfMemoryError("thrown by a test");
    }

    @Test
    void reportsAnErrorInAPingAndCanStillEndTheStream() {
        stream.send(new byte[] {'e'});
        written.whileWriting = EventStreamTest::outOfMemory;
        stream.tick(System.nanoTime() + HEARTBEAT, Runnable::run);
        assertThat(failures).singleElement().isInstanceOf(OutOfMemoryError.class);
        assertThat(left).hasValue(0);

        written.whileWriting = () -> {};
        assertThat(stream.fail(new byte[] {'f'})).isTrue();
        assertThat(written.frames).containsExactly("oe", "f");
        assertThat(closed).hasPositiveValue();
    }

    @Test
    void pingsAgainAfterAThreadCouldNotBeStarted() {
        stream.send(new byte[] {'e'});
        long later = System.nanoTime() + HEARTBEAT;
        assertThatThrownBy(() -> stream.tick(later, ping -> outOfMemory())).isInstanceOf(OutOfMemoryError.class);

        stream.tick(later, Runnable::run);

        assertThat(written.frames).containsExactly("oe", ":");
    }

    @Test
    void endsAStreamThatNothingElseHasEnded() {
        stream.send(new byte[] {'e'});

        stream.close();
        stream.close();

        assertThat(written.frames).containsExactly("oe", "u");
        assertThat(closed).hasPositiveValue();
        assertThatThrownBy(() -> stream.send(new byte[] {'x'})).isInstanceOf(ClientDisconnectedException.class);
    }

    @Test
    void writesNothingIntoAResponseThatHasNotBegun() {
        assertThat(stream.fail(new byte[] {'f'})).isFalse();
        stream.close();

        assertThat(written.frames).isEmpty();
        assertThat(closed).hasPositiveValue();
    }

    @Test
    void isClosedAlsoIfItsErrorCannotBeWritten() {
        stream.send(new byte[] {'e'});
        written.whileFailing = EventStreamTest::outOfMemory;

        assertThatThrownBy(() -> stream.fail(new byte[] {'f'})).isInstanceOf(OutOfMemoryError.class);

        assertThat(closed).hasPositiveValue();
    }
}
