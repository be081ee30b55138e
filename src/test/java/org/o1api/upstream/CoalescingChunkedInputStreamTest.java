package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CoalescingChunkedInputStreamTest {
    /** A socket that returns one of these pieces a read, then the end of the stream. */
    private static final class Pieces extends InputStream {
        private final List<byte[]> pieces = new ArrayList<>();

        Pieces(String... pieces) {
            for (String piece : pieces) {
                this.pieces.add(piece.getBytes(StandardCharsets.ISO_8859_1));
            }
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (pieces.isEmpty()) {
                return -1;
            }
            byte[] piece = pieces.remove(0);
            if (piece.length == 0) {
                throw new IOException("reset");
            }
            System.arraycopy(piece, 0, target, offset, piece.length);
            return piece.length;
        }
    }

    @Test
    void oneReadReturnsAllChunksThatHaveArrived() throws IOException {
        InputStream chunks = chunks(new Pieces("3\r\nabc\r\n2\r\nde\r\n4\r\nfg", "hi\r\n0\r\n\r\n"));
        assertThat(read(chunks)).isEqualTo("abcdefg");
        assertThat(read(chunks)).isEqualTo("hi");
        assertThat(chunks.read(new byte[10])).isEqualTo(-1);
    }

    @Test
    void doesNotWaitForTheRestOfAChunkHeader() throws IOException {
        Pieces socket = new Pieces("3\r\nabc\r\n1", "0\r\n", "0123456789abcdef\r\n");
        InputStream chunks = chunks(socket);
        assertThat(read(chunks)).isEqualTo("abc");
        assertThat(socket.pieces).hasSize(2);
        assertThat(read(chunks)).isEqualTo("0123456789abcdef");
    }

    @Test
    void returnsDataReceivedBeforeTheConnectionFailed() throws IOException {
        InputStream chunks = chunks(new Pieces("3\r\nabc\r\n3\r\nde", ""));
        assertThat(read(chunks)).isEqualTo("abcde");
        assertThatThrownBy(() -> read(chunks)).isInstanceOf(IOException.class).hasMessage("reset");
    }

    @Test
    void returnsDataReceivedBeforeAnInvalidChunk() throws IOException {
        InputStream chunks = chunks(new Pieces("3\r\nabc\r\nx\r\n"));
        assertThat(read(chunks)).isEqualTo("abc");
        assertThatThrownBy(() -> read(chunks)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3\\r\\nabc\\r\\n0\\r\\n\\r\\n               | abc",
                "3\\nabc\\n0\\n\\n                           | abc",
                "00003\\r\\nabc\\r\\n00\\r\\n\\r\\n          | abc",
                "a\\r\\n0123456789\\r\\n0\\r\\n\\r\\n        | 0123456789",
                "A;x=y\\r\\n0123456789\\r\\n0;z\\r\\n\\r\\n  | 0123456789",
                "3 \\r\\nabc\\r\\n0\\r\\nTrailer: x\\r\\n\\r\\n | abc"
            })
    void readsABody(String body, String expected) throws IOException {
        String raw = body.replace("\\r", "\r").replace("\\n", "\n");
        assertThat(new String(chunks(new Pieces(raw)).readAllBytes(), StandardCharsets.ISO_8859_1))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\r\n",
                "3\r\nab",
                "3\r\nabc",
                "3\r\nabcd\r\n0\r\n\r\n",
                "3\r\nabc\r\n",
                "3\r\nabc\r\n0\r\n",
                "-1\r\n",
                "g\r\n",
                "fffffffffffffffff\r\n",
                "3\r\nabc\r\n0\r\n\r\nHTTP/1.1 200 OK"
            })
    void failsOnATruncatedBody(String body) {
        assertThatThrownBy(() -> chunks(new Pieces(body)).readAllBytes()).isInstanceOf(IOException.class);
    }

    @Test
    void failsOnEndlessFraming() {
        assertThatThrownBy(() -> chunks(new ByteArrayInputStream(
                                ("3;" + "x".repeat(10_000)).getBytes(StandardCharsets.US_ASCII)))
                        .readAllBytes())
                .isInstanceOf(IOException.class);
    }

    @Test
    void readsRandomBodiesInRandomPieces() throws IOException {
        Random random = new Random(3);
        for (int round = 0; round < 1000; round++) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            ByteArrayOutputStream wire = new ByteArrayOutputStream();
            for (int i = random.nextInt(20); i > 0; i--) {
                byte[] data = new byte[1 + random.nextInt(random.nextInt(8) == 0 ? 40_000 : 300)];
                random.nextBytes(data);
                body.write(data);
                wire.write((Integer.toHexString(data.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                wire.write(data);
                wire.write('\r');
                wire.write('\n');
            }
            wire.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            int maxPiece = 1 + random.nextInt(20_000);
            InputStream socket = new ByteArrayInputStream(wire.toByteArray()) {
                @Override
                public synchronized int read(byte[] target, int offset, int length) {
                    return super.read(target, offset, Math.min(length, 1 + random.nextInt(maxPiece)));
                }
            };
            assertThat(chunks(socket).readAllBytes()).as("round %d", round).isEqualTo(body.toByteArray());
        }
    }

    private static InputStream chunks(InputStream socket) {
        return new CoalescingChunkedInputStream(new SessionInputBufferImpl(16 * 1024), socket);
    }

    private static String read(InputStream in) throws IOException {
        byte[] bytes = new byte[1000];
        return new String(bytes, 0, in.read(bytes), StandardCharsets.ISO_8859_1);
    }
}
