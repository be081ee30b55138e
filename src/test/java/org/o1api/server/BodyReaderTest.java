package org.o1api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

class BodyReaderTest {
    /** Returns the pieces that have been received; not ready if there is none. */
    private static final class AvailableInput extends ServletInputStream {
        private final Deque<byte[]> pieces = new ArrayDeque<>();
        private boolean broken;

        void add(String piece) {
            pieces.add(piece.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public boolean isFinished() {
            return false;
        }

        @Override
        public boolean isReady() {
            return !pieces.isEmpty();
        }

        @Override
        public void setReadListener(ReadListener listener) {}

        @Override
        public int read() {
            return read(new byte[1], 0, 1);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (broken) {
                throw new OutOfMemoryError("thrown by a test");
            }
            byte[] piece = pieces.remove();
            int read = Math.min(length, piece.length);
            System.arraycopy(piece, 0, buffer, offset, read);
            if (read < piece.length) {
                pieces.addFirst(Arrays.copyOfRange(piece, read, piece.length));
            }
            return read;
        }
    }

    private static final class RecordingTarget implements BodyReader.Target {
        private final List<String> events = new ArrayList<>();
        private int reserved;
        private Runnable whileReserving = () -> {};

        @Override
        public void reserve(int bytes) {
            reserved += bytes;
            whileReserving.run();
        }

        @Override
        public void complete(byte[] body) {
            events.add("complete " + new String(body, StandardCharsets.UTF_8));
        }

        @Override
        public void fail(GatewayException failure) {
            events.add("failed " + failure.code());
        }

        @Override
        public void fail(Throwable failure) {
            events.add("failed " + failure.getClass().getSimpleName());
        }
    }

    private static final BodySettings SETTINGS = new BodySettings(10, Duration.ofMinutes(1), 100, 100);

    private final AvailableInput in = new AvailableInput();
    private final RecordingTarget target = new RecordingTarget();
    private final OpenBodies openBodies = new OpenBodies();
    private long length = -1;
    private int completed;
    private final AsyncContext async = proxy(AsyncContext.class, null);
    private final HttpServletRequest request = proxy(HttpServletRequest.class, in);

    private <T> T proxy(Class<T> type, @Nullable ServletInputStream stream) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (method.getName().equals("complete")) {
                        completed++;
                    }
                    return method.getName().equals("getContentLengthLong") ? Long.valueOf(length) : stream;
                }));
    }

    private BodyReader reader() throws IOException {
        BodyReader reader = BodyReader.of(request, openBodies, async, SETTINGS, target);
        reader.start();
        return reader;
    }

    @Test
    void joinsTheReceivedPieces() throws IOException {
        length = 6;
        BodyReader reader = reader();
        in.add("a");
        reader.onDataAvailable();
        in.add("bc");
        in.add("def");
        reader.onDataAvailable();
        reader.onAllDataRead();

        reader.onError(new IOException("the client has disconnected")); // much later
        reader.stop();

        assertThat(target.events).containsExactly("complete abcdef");
        assertThat(completed).isZero(); // the request now belongs to the target
    }

    @Test
    void failsOnceAndDiscardsTheRest() throws IOException {
        BodyReader reader = reader();
        in.add("12345678901");
        in.add("more");
        reader.onDataAvailable();
        reader.fail(new BodyException(ErrorCode.REQUEST_TIMEOUT, "later"));
        reader.onAllDataRead();

        assertThat(target.events).containsExactly("failed REQUEST_TOO_LARGE");
        assertThat(completed).isOne();
    }

    @Test
    void reportsAnErrorWithoutThrowingIt() throws IOException {
        BodyReader reader = reader();
        target.whileReserving = () -> {
            throw new OutOfMemoryError("thrown by a test");
        };
        in.add("a");
        reader.onDataAvailable();
        in.add("b");
        reader.onDataAvailable();
        reader.onAllDataRead();

        assertThat(target.events).containsExactly("failed OutOfMemoryError");
        assertThat(completed).isOne();
    }

    @Test
    void reportsADisconnectAsAnInvalidRequest() throws IOException {
        BodyReader reader = reader();
        in.add("a");
        reader.onDataAvailable();
        reader.onError(new IOException("reset"));

        assertThat(target.events).containsExactly("failed INVALID_REQUEST");
        assertThat(completed).isOne();
    }

    @Test
    void closesTheConnectionIfTooMuchIsDiscarded() throws IOException {
        BodyReader reader = reader();
        reader.fail(new BodyException(ErrorCode.REQUEST_TIMEOUT, "too late"));
        in.add("x".repeat(10));
        reader.onDataAvailable();
        in.add("x");

        assertThatThrownBy(reader::onDataAvailable).isInstanceOf(IOException.class);
    }

    /** A container calls {@code onDataAvailable} again only after {@code isReady} was false. */
    @Test
    void readsAllAvailableInputAfterAFailure() throws IOException {
        BodyReader reader = reader();
        in.add("12345678901");
        in.add("more");

        reader.onDataAvailable();

        assertThat(in.isReady()).isFalse();
    }

    @Test
    void failsWhenTheGatewayStops() throws IOException {
        length = 10;
        BodyReader reader = reader();
        in.add("a");
        reader.onDataAvailable();

        openBodies.stop();
        reader(); // a later request

        assertThat(target.events).containsExactly("failed SHUTTING_DOWN", "failed SHUTTING_DOWN");
        assertThat(completed).isEqualTo(2);
    }

    /** Each piece may be a single byte. */
    @Test
    void reservesTheMemoryOfItsBuffer() throws IOException {
        BodyReader reader = reader();
        for (int i = 0; i < 10; i++) {
            in.add("x");
            reader.onDataAvailable();
        }
        reader.onAllDataRead();

        assertThat(target.events).containsExactly("complete xxxxxxxxxx");
        assertThat(target.reserved).isEqualTo(10);
    }

    @Test
    void closesTheConnectionAfterASecondError() throws IOException {
        BodyReader reader = reader();
        target.whileReserving = () -> in.broken = true;
        in.add("a");
        in.add("b");

        assertThatThrownBy(reader::onDataAvailable).isInstanceOf(IOException.class);

        assertThat(target.events).containsExactly("failed OutOfMemoryError");
    }
}
