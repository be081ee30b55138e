package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SseReaderTest {
    static List<Arguments> streams() {
        return List.of(
                row("", List.of()),
                row("data: a\n\n", List.of("a")),
                row("data:a\n\n", List.of("a")),
                row("data:  a\n\n", List.of(" a")),
                row("data: a\r\n\r\n", List.of("a")),
                row("data: a\r\r", List.of("a")),
                row("data: a\n\r\n", List.of("a")),
                row("data: a\r\n\ndata: b\n\r", List.of("a", "b")),
                row("data: a\n\ndata: b\n\n", List.of("a", "b")),
                row("\n\n\r\n\rdata: a\n\n\n\n", List.of("a")),
                row("\ufeffdata: a\n\n", List.of("a")),
                row("data: \ufeffa\n\n", List.of("\ufeffa")),
                row(": ping\n\ndata: a\n\n", List.of("a")),
                row(": ping\ndata: a\n: pong\n\n", List.of("a")),
                row(":\ndata: a\n\n", List.of("a")),
                row("event: x\nid: 7\nretry: 10\ndata: a\n\n", List.of("a")),
                row("event: x\n\ndata: a\n\n", List.of("a")),
                row("data: a\ndata: b\n\n", List.of("a\nb")),
                row("data: a\ndata:\ndata: c\r\n\r\n", List.of("a\n\nc")),
                row("data: a\nid: 1\ndata: b\n\ndata: c\n\n", List.of("a\nb", "c")),
                row("data\ndata: b\n\n", List.of("\nb")),
                row("data\n\ndata:\n\ndata: \n\ndata: x\n\n", List.of("x")),
                row("database: a\n\ndata : b\n\nDATA: c\n\n", List.of()),
                row("data: {\"a\":\"data: [DONE]\"}\n\n", List.of("{\"a\":\"data: [DONE]\"}")),
                row("data: a\u2028b\u0085c\n\n", List.of("a\u2028b\u0085c")),
                row("data: \u5fae\ud83d\ude00\n\n", List.of("\u5fae\ud83d\ude00")),
                row("data: a", List.of("a")),
                row("data: a\n", List.of("a")),
                row("data: a\r", List.of("a")),
                row("data: a\ndata: b", List.of("a\nb")),
                row("data: a\n\n: ping", List.of("a")));
    }

    private static Arguments row(String stream, List<String> events) {
        return Arguments.of(stream, events);
    }

    @ParameterizedTest
    @MethodSource("streams")
    void readsTheEventsOfAStream(String stream, List<String> events) throws IOException {
        assertThat(read(new ByteArrayInputStream(utf8(stream)))).isEqualTo(events);
    }

    @ParameterizedTest
    @MethodSource("streams")
    void readsTheEventsByteByByte(String stream, List<String> events) throws IOException {
        assertThat(read(inPieces(utf8(stream), new Random(1), 1))).isEqualTo(events);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "event: error\\ndata: a\\n\\n              | !a",
                "event:error\\r\\ndata: a\\r\\n\\r\\n       | !a",
                "data: a\\nevent: error\\n\\n              | !a",
                "event: error\\n\\n                       | !",
                "event: error\\ndata:\\n\\n                | !",
                "event: error\\ndata: a\\ndata: b\\n\\n     | !a+b",
                "event: error\\ndata: a                 | !a",
                "event: error\\ndata: a\\n\\ndata: b\\n\\n   | !a b",
                "event: error\\n\\ndata: b\\n\\n            | ! b",
                "event: error\\nevent: x\\ndata: a\\n\\n    | a",
                "event: errors\\ndata: a\\n\\n             | a",
                "event: erro\\ndata: a\\n\\n               | a",
                "events: error\\ndata: a\\n\\n             | a",
                "event\\ndata: a\\n\\n                     | a",
                "data: event: error\\n\\n                 | event: error"
            })
    void recognizesErrorEventsByName(String stream, String events) throws IOException {
        byte[] bytes = utf8(stream.replace("\\n", "\n").replace("\\r", "\r"));
        for (int maxPiece = 1; maxPiece <= bytes.length; maxPiece += bytes.length - 1) {
            SseReader reader = new SseReader(inPieces(bytes, new Random(1), maxPiece), 1024);
            List<String> received = new ArrayList<>();
            while (reader.read()) {
                while (reader.next()) {
                    received.add(
                            (reader.isErrorEvent() ? "!" : "") + event(reader).replace('\n', '+'));
                }
            }
            if (reader.last()) {
                received.add((reader.isErrorEvent() ? "!" : "") + event(reader).replace('\n', '+'));
            }
            assertThat(String.join(" ", received)).isEqualTo(events);
        }
    }

    @Test
    void readsRandomEventsInRandomPieces() throws IOException {
        Random random = new Random(42);
        for (int round = 0; round < 500; round++) {
            StringBuilder stream = new StringBuilder();
            List<String> events = new ArrayList<>();
            String[] ends = {"\n", "\r\n", "\r"};
            for (int i = random.nextInt(12); i > 0; i--) {
                String end = ends[random.nextInt(3)];
                StringBuilder event = new StringBuilder();
                for (int line = 0; line <= random.nextInt(3); line++) {
                    String text = "x" + "\u00e4\u5fae".repeat(random.nextInt(random.nextInt(20) == 0 ? 9000 : 60));
                    stream.append(random.nextBoolean() ? "data: " : "data:")
                            .append(text)
                            .append(end);
                    event.append(event.isEmpty() ? "" : "\n").append(text);
                    if (random.nextInt(4) == 0) {
                        stream.append(": c").append(end);
                    }
                }
                stream.append(end);
                events.add(event.toString());
            }
            int maxPiece = random.nextBoolean() ? 20 : 40_000;
            assertThat(read(inPieces(utf8(stream.toString()), random, maxPiece)))
                    .as("round %d", round)
                    .isEqualTo(events);
        }
    }

    @Test
    void rejectsALineThatIsTooLong() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }
        };
        SseReader reader = new SseReader(endless, 1024 * 1024);
        assertThatThrownBy(() -> {
                    while (reader.read() && !reader.next()) {}
                })
                .isInstanceOf(UpstreamException.class)
                .hasMessage("The model provider sent an event larger than 1024 KiB (upstreams.*.event).");
    }

    @Test
    void rejectsAnEventWithTooManyLines() {
        byte[] lines = utf8("data: 0123456789\n".repeat(200_000));
        assertThatThrownBy(() -> read(new ByteArrayInputStream(lines)))
                .isInstanceOf(UpstreamException.class)
                .hasMessageContaining("larger than 1024 KiB");
    }

    private static List<String> read(InputStream in) throws IOException {
        SseReader reader = new SseReader(in, 1024 * 1024);
        List<String> events = new ArrayList<>();
        while (reader.read()) {
            while (reader.next()) {
                events.add(event(reader));
            }
        }
        if (reader.last()) {
            events.add(event(reader));
        }
        return events;
    }

    private static String event(SseReader reader) {
        return new String(reader.data(), reader.offset(), reader.length(), StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static InputStream inPieces(byte[] bytes, Random random, int maxPiece) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1 + random.nextInt(maxPiece)));
            }
        };
    }
}
