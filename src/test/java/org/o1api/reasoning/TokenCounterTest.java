package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Usage;
import org.o1api.upstream.CallRequest;

class TokenCounterTest {
    private static final String WORDS = "The quick brown fox jumps over the lazy dog.\n";

    /** Counts the calls, and returns true after a number of them. */
    private static final class CallCounter implements BooleanSupplier {
        private final AtomicInteger times = new AtomicInteger();
        private final int trueAfter;

        CallCounter(int trueAfter) {
            this.trueAfter = trueAfter;
        }

        @Override
        public boolean getAsBoolean() {
            return times.incrementAndGet() > trueAfter;
        }
    }

    private static CallRequest request(Message... messages) {
        return new CallRequest("model", List.of(messages), Map.of("tools", new RawJson("[]")));
    }

    @Test
    void loadsTheTokenizer() {
        TokenCounter.load();
        assertThat(TokenCounter.count("hello world")).isEqualTo(2);
        assertThat(TokenCounter.count("")).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 300, 400, 1000, 10_000})
    void countsALongTextLikeItsParts(int times) {
        assertThat(TokenCounter.count(WORDS.repeat(times))).isEqualTo(times * TokenCounter.count(WORDS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "😀", "\ud800", " ", "\n"})
    void countsTextWithoutWhiteSpace(String character) {
        long tokens = TokenCounter.count(character.repeat(100_001));
        assertThat(tokens).isPositive().isLessThanOrEqualTo(4 * 100_001L);
    }

    @Test
    void countsAnIdenticalTextOncePerTurn() {
        TurnTokenCounter tokens = new TurnTokenCounter(() -> false);
        Message[] messages =
                IntStream.range(0, 20).mapToObj(i -> Message.user(WORDS + i)).toArray(Message[]::new);
        Usage first = tokens.usageOf(request(messages), "hello", "");
        assertThat(first.inputTokens()).isGreaterThan(20 * TokenCounter.count(WORDS));

        CallCounter counter = new CallCounter(Integer.MAX_VALUE);
        TurnTokenCounter watched = new TurnTokenCounter(counter);
        assertThat(watched.usageOf(request(messages), "hello", "")).isEqualTo(first);
        int texts = counter.times.get();
        for (int call = 0; call < 25; call++) {
            assertThat(watched.usageOf(request(messages), "hello", "")).isEqualTo(first);
        }
        assertThat(counter.times.get()).as("only the answers").isEqualTo(texts + 25);
        messages[7] = Message.user("other");
        assertThat(watched.usageOf(request(messages), "hello", "").inputTokens())
                .isLessThan(first.inputTokens());
    }

    @Test
    void stopsCountingWhenTheTurnIsOver() {
        String text = WORDS.repeat(100_000);
        CallCounter counter = new CallCounter(3);
        Usage usage = new TurnTokenCounter(counter)
                .usageOf(request(Message.user(text), Message.user(text + ".")), text, text);
        assertThat(counter.times.get()).isLessThan(20);
        assertThat(usage.inputTokens()).isBetween(2L * text.length() / 8, 2L * text.length());
        assertThat(usage.outputTokens()).isBetween(2L * text.length() / 8, 2L * text.length());
    }

    /** Columns: a part that is no text. Its data are not tokenized. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,DATA\"}}",
                "{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://example.org/a.png\"}}",
                "{\"type\":\"file\",\"file\":{\"filename\":\"a.pdf\",\"file_data\":\"data:application/pdf;base64,DATA\"}}",
                "{\"type\":\"file\",\"file\":{\"file_data\":\"DATA\"}}",
                "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"DATA\",\"format\":\"wav\"}}",
            })
    void countsAnImageOrAFileAsAThousandTokens(String part) {
        String text = "{\"type\":\"text\",\"text\":\"hello world\"}";
        RawJson parts = new RawJson("[" + text + "," + part.replace("DATA", "QUJD".repeat(100_000)) + "]");
        Message message = new Message.User(new Content.Parts(parts), Map.of());
        assertThat(TokenCounter.countInput(request(message), () -> false))
                .isEqualTo(1000 + TokenCounter.countInput(request(Message.user("hello world")), () -> false));
    }

    @Test
    void retriesAFailedLoad() {
        Deque<Throwable> failures = new ArrayDeque<>(
                List.of(new OutOfMemoryError("a test's"), new IllegalStateException(), new NoClassDefFoundError()));
        AtomicInteger loads = new AtomicInteger();
        Lazy<String> loaded = new Lazy<>(() -> {
            loads.incrementAndGet();
            Throwable failure = failures.poll();
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
            return "table";
        });
        assertThatThrownBy(loaded::get).isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(loaded::get).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(loaded::get).isInstanceOf(NoClassDefFoundError.class);
        assertThat(loaded.get()).isEqualTo("table").isSameAs(loaded.get());
        assertThat(loads).hasValue(4);
    }
}
