package org.o1api.reasoning.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.reasoning.Transcript;

/** How many closing tags in a step's reply end its reasoning, and what is read between and after them. */
class StepTagsTest {
    private static final String STEP = "{\"title\":\"T\",\"content\":\"c\"}";

    private static Transcript read(String reply, int size) {
        Transcript transcript = new Transcript();
        StepReader reader = new StepReader(1, transcript.log());
        for (int i = 0; i < reply.length(); i += size) {
            reader.feed(reply.substring(i, Math.min(reply.length(), i + size)));
        }
        reader.end();
        return transcript;
    }

    static Stream<Arguments> replies() {
        return Stream.of(
                Arguments.of("a</think>".repeat(8) + STEP, "a\n\n".repeat(8) + "c", "T"),
                Arguments.of("a</think>".repeat(8) + "b</think>" + STEP, "a\n\n".repeat(8) + "c", "T"),
                Arguments.of("a</think>".repeat(8) + "b</think>c", "a\n\n".repeat(8) + "b</think>c", null),
                Arguments.of(
                        "</think>{\"a\":\"".repeat(12),
                        "{\"a\":\"\n\n".repeat(7) + "{\"a\":\"" + "</think>{\"a\":\"".repeat(4),
                        null),
                Arguments.of("{x} ".repeat(100) + "</think>" + STEP, "{x} ".repeat(100) + "\n\nc", "T"),
                Arguments.of("{\"a\":1} ".repeat(20) + "</think>" + STEP, "{\"a\":1} ".repeat(20) + "\n\nc", "T"),
                Arguments.of("{\"a\":\"b</think>{\"title\":\"T\"}", "{\"a\":\"b", "T"));
    }

    @ParameterizedTest
    @MethodSource("replies")
    void readsAStepAfterALimitedNumberOfTags(String reply, String text, String title) {
        IntStream.of(1, 2, 3, 7, 8, 9, 64, 1000).forEach(size -> {
            Transcript transcript = read(reply, size);
            assertThat(transcript.step(1)).as("in pieces of %d", size).isEqualTo(text);
            assertThat(transcript.titles()).isEqualTo(title == null ? List.of() : List.of(title));
        });
    }
}
