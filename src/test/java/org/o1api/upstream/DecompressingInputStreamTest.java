package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecompressingInputStreamTest {
    private static final String TEXT = "data: {\"choices\":[]}\n\n".repeat(2000)
            + new Random(3)
                    .ints(40_000, 'a', 'z')
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);

    static List<Arguments> bodies() throws IOException {
        byte[] plain = TEXT.getBytes(StandardCharsets.UTF_8);
        byte[] gzip = gzip(TEXT);
        byte[] half = gzip(TEXT.substring(0, 1000));
        byte[] rest = gzip(TEXT.substring(1000));
        return List.of(
                Arguments.of("plain", null, plain),
                Arguments.of("plain, named so", "identity", plain),
                Arguments.of("plain, an empty name", " ", plain),
                Arguments.of("plain, named gzip", "gzip", plain),
                Arguments.of("gzip", "gzip", gzip),
                Arguments.of("gzip in capitals", "GZIP", gzip),
                Arguments.of("x-gzip", "x-gzip", gzip),
                Arguments.of("gzip without Content-Encoding", null, gzip),
                Arguments.of("gzip that is named plain", "identity", gzip),
                Arguments.of("gzip of two members", "gzip", joined(half, rest)),
                Arguments.of("gzip and zeros", "gzip", joined(gzip, new byte[7])),
                Arguments.of("gzip with all header fields", "gzip", withHeaderFields(gzip)),
                Arguments.of("zlib", "deflate", deflate(TEXT, false)),
                Arguments.of("raw deflate", "deflate", deflate(TEXT, true)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void readsAnyBody(String name, @Nullable String encoding, byte[] body) throws IOException {
        assertThat(read(new ByteArrayInputStream(body), encoding)).isEqualTo(TEXT);
        for (int maxPiece : List.of(1, 2, 7, 5000)) {
            assertThat(read(inPieces(body, maxPiece), encoding))
                    .as("pieces of %d", maxPiece)
                    .isEqualTo(TEXT);
        }
    }

    @Test
    void returnsDataAsItArrives() throws IOException {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(sent, 512, true)) {
            gzip.write("first".getBytes(StandardCharsets.UTF_8));
            gzip.flush();
            InputStream arrived = new ByteArrayInputStream(sent.toByteArray()) {
                @Override
                public synchronized int read(byte[] target, int offset, int length) {
                    int read = super.read(target, offset, length);
                    if (read < 0) {
                        throw new IllegalStateException("it would block");
                    }
                    return read;
                }
            };
            byte[] target = new byte[100];
            int read = new DecompressingInputStream(arrived, "gzip").read(target, 0, 100);
            assertThat(new String(target, 0, read, StandardCharsets.UTF_8)).isEqualTo("first");
        }
    }

    @Test
    void returnsAPlainBodyAsItArrives() throws IOException {
        byte[] target = new byte[64 * 1024];
        byte[] plain = TEXT.substring(0, 50_000).getBytes(StandardCharsets.UTF_8);
        assertThat(new DecompressingInputStream(new ByteArrayInputStream(plain), null).read(target, 0, target.length))
                .isEqualTo(50_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "zstd", "compress", "gzip, br", "gzip, gzip", "<what is this?>"})
    void namesAnUnsupportedEncoding(String encoding) {
        assertThatThrownBy(() -> read(new ByteArrayInputStream(new byte[9]), encoding))
                .isInstanceOf(UpstreamException.class)
                .hasMessageStartingWith("The model provider sent a compressed reply")
                .hasMessageContaining(encoding.matches("\\w+") ? "(Content-Encoding: " + encoding + ")" : " although ")
                .matches(thrown -> !((UpstreamException) thrown).retryable());
    }

    @Test
    void failsOnATruncatedBody() throws IOException {
        for (byte[] body : List.of(gzip(TEXT), deflate(TEXT, false))) {
            String encoding = body[0] == 0x1f ? "gzip" : "deflate";
            for (int length : List.of(3, 12, 500, body.length - 9)) {
                assertThatThrownBy(() -> read(new ByteArrayInputStream(Arrays.copyOf(body, length)), encoding))
                        .as("%s of %d bytes", encoding, length)
                        .isInstanceOf(EOFException.class);
            }
        }
    }

    @Test
    void failsOnADamagedBody() throws IOException {
        byte[] body = gzip(TEXT);
        Arrays.fill(body, 200, 400, (byte) 0xff);
        assertThatThrownBy(() -> read(new ByteArrayInputStream(body), null)).isInstanceOf(IOException.class);
    }

    @Test
    void readsAnEmptyBody() throws IOException {
        for (String encoding : new String[] {null, "gzip", "deflate"}) {
            assertThat(read(new ByteArrayInputStream(new byte[0]), encoding)).isEmpty();
        }
        assertThat(read(new ByteArrayInputStream(new byte[] {0x1f}), null)).isEqualTo("\u001f");
    }

    private static String read(InputStream body, @Nullable String encoding) throws IOException {
        DecompressingInputStream in = new DecompressingInputStream(body, encoding);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[777];
        for (int read = in.read(buffer, 0, 777); read >= 0; read = in.read(buffer, 0, 777)) {
            all.write(buffer, 0, read);
        }
        assertThat(in.read()).isEqualTo(-1);
        in.releaseInflater();
        return all.toString(StandardCharsets.UTF_8);
    }

    static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static byte[] deflate(String text, boolean raw) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, raw);
        try (OutputStream out = new DeflaterOutputStream(bytes, deflater)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } finally {
            deflater.end();
        }
        return bytes.toByteArray();
    }

    /** The same data with an extra field, a name, a comment and a checksum in the header. */
    private static byte[] withHeaderFields(byte[] gzip) {
        byte[] head = Arrays.copyOf(gzip, 10);
        head[3] = 2 | 4 | 8 | 16;
        byte[] fields = {3, 0, 1, 2, 3, 'n', 'a', 'm', 'e', 0, 'c', 0};
        CRC32 crc = new CRC32();
        crc.update(head);
        crc.update(fields);
        byte[] sum = {(byte) crc.getValue(), (byte) (crc.getValue() >> 8)};
        return joined(joined(head, fields), joined(sum, Arrays.copyOfRange(gzip, 10, gzip.length)));
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static InputStream inPieces(byte[] bytes, int maxPiece) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, maxPiece));
            }
        };
    }
}
