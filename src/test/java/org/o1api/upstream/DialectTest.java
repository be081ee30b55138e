package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.model.Message;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

/** Each provider's dialect of the chat API as tables: the bytes of replies and what is read from them. */
class DialectTest {
    private static final String[] DIALECTS = {
        "anthropic",
        "azure",
        "bedrock",
        "cerebras",
        "cohere",
        "deepseek",
        "fireworks",
        "gemini",
        "glm",
        "groq",
        "kimi",
        "litellm",
        "llamacpp",
        "lmstudio",
        "minimax",
        "mistral",
        "ollama",
        "one-api",
        "openai",
        "openrouter",
        "perplexity",
        "qwen",
        "sglang",
        "text-generation-inference",
        "together",
        "vllm",
        "xai"
    };

    private final UpstreamFixture fixture = new UpstreamFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static List<Path> files() throws IOException, URISyntaxException {
        Path directory = Path.of(DialectTest.class.getResource("/dialects").toURI());
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .toList();
        }
    }

    static List<DialectRow> rows() throws IOException, URISyntaxException {
        return files().stream()
                .map(DialectRow::read)
                .flatMap(Collection::stream)
                .toList();
    }

    static List<DialectRow> accepted() throws IOException, URISyntaxException {
        return rows().stream().filter(row -> row.status() == 200).toList();
    }

    @Test
    void eachHasRowsWithTheirSource() throws Exception {
        Set<String> dialects = new TreeSet<>();
        for (DialectRow row : rows()) {
            dialects.add(row.dialect());
            assertThat(row.given()).as("%s", row).containsKey("source");
            assertThat(row.expected().containsKey("finish"))
                    .as("%s", row)
                    .isNotEqualTo(row.expected().containsKey("failure"));
        }
        assertThat(dialects).containsExactly(DIALECTS);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void readsFromASocket(DialectRow row) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> script(row)));
        UpstreamSettings settings = settings(row, fake.url());
        HttpUpstream upstream = fixture.upstream(settings, new Breaker("main", Breaker.OPEN_TIME, false));
        assertThat(DialectOutcome.of(upstream, request(row), row)).isEqualTo(row.outcome());
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void readsRepliesCutAtAnyPosition(DialectRow row) {
        int length = row.bytes().length;
        Set<Integer> everywhere =
                new TreeSet<>(IntStream.range(1, length).boxed().toList());
        List<Set<Integer>> cuts = List.of(Set.of(), row.eventEnds(), everywhere);
        HttpUpstream upstream = upstreamInPieces(row, cuts.iterator());
        for (Set<Integer> positions : cuts) {
            String outcome = DialectOutcome.of(upstream, request(row), row);
            assertThat(outcome).as("cut at %s of %d", positions, length).isEqualTo(row.outcome());
        }
    }

    private static Script script(DialectRow row) {
        return exchange -> {
            if (row.isCut()) {
                exchange.stream(row.headers()).body(row.bytes()).close();
            } else if (row.type().equals("text/event-stream")) {
                exchange.stream(row.headers()).body(row.bytes()).end();
            } else {
                exchange.reply(row.status(), row.type(), row.body(), row.headers());
            }
        };
    }

    /** An upstream whose replies arrive in pieces: the pieces of the k-th reply end at the k-th set of positions. */
    private HttpUpstream upstreamInPieces(DialectRow row, Iterator<Set<Integer>> cuts) {
        UpstreamSettings settings = settings(row, URI.create("http://127.0.0.1:9/"));
        Transport transport = new Transport(settings) {
            @Override
            Response post(byte[] body, Map<String, String> moreHeaders, Exchange exchange) {
                return Response.ok(new Pieces(row, cuts.next()))
                        .header(HttpHeaders.CONTENT_TYPE, row.type())
                        .build();
            }
        };
        return fixture.upstream(
                settings,
                new Breaker("main", Breaker.OPEN_TIME, false),
                new ProviderProfiles(settings, System::nanoTime),
                transport);
    }

    private static UpstreamSettings settings(DialectRow row, URI url) {
        UpstreamSettings plain = new UpstreamFixture.Settings()
                .url(url)
                .attempts(1)
                .maxRetryWait(Duration.ofMinutes(5))
                .build();
        UpstreamSettings.Replies replies = new UpstreamSettings.Replies(
                UpstreamSettings.Replies.DEFAULT.event(), row.requiresFinishReason(), false);
        return new UpstreamSettings(
                plain.name(),
                plain.url(),
                plain.apiKey(),
                plain.model(),
                plain.timeouts(),
                plain.limits(),
                plain.reasoningHistory(),
                replies,
                plain.models(),
                plain.relearnAfter(),
                plain.headers(),
                plain.traceHeaders(),
                plain.proxy(),
                plain.tls());
    }

    private static CallRequest request(DialectRow row) {
        return new CallRequest("some-model", List.of(Message.user("Why?")), row.request());
    }

    /** A body that arrives in pieces. */
    private static final class Pieces extends InputStream {
        private final byte[] bytes;
        private final boolean breaks;
        private final Set<Integer> cuts;
        private int at;

        Pieces(DialectRow row, Set<Integer> cuts) {
            this.bytes = row.bytes();
            this.breaks = row.isCut();
            this.cuts = cuts;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (at == bytes.length) {
                if (breaks) {
                    throw new IOException("cut");
                }
                return -1;
            }
            int count = 0;
            do {
                target[offset + count++] = bytes[at++];
            } while (count < length && at < bytes.length && !cuts.contains(at));
            return count;
        }
    }
}
