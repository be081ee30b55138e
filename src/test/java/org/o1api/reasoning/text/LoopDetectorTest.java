package org.o1api.reasoning.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LoopDetectorTest {
    private static final String PASSAGE = "To add 2 and 7, you simply add them together. ";

    private static String lines(int count, String format) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> format.replace("#", "" + i).replace("%", "" + i * i * 31 % 997))
                .collect(Collectors.joining("\n"));
    }

    private static String random(int length) {
        return new Random(length)
                .ints(length, 'a', 'z' + 1)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    static Stream<Arguments> textsWithoutLoop() {
        return Stream.of(
                Arguments.of("nothing", ""),
                Arguments.of("a table of 300 rows", lines(300, "| # | item | % | the same remark |")),
                Arguments.of("a list of numbers", lines(2000, "#")),
                Arguments.of("a list of numbers on one line", lines(2000, "#").replace("\n", ", ")),
                Arguments.of(
                        "similar lines of code", lines(200, "        assertThat(row(#)).isEqualTo(expected.get(%));")),
                Arguments.of("a separator line of 500", "a\n" + "-".repeat(500) + "\nb"),
                Arguments.of("a separator line of 1000", "a\n" + "-".repeat(1000) + "\nb"),
                Arguments.of("a separator line of 1999", "a\n" + "-".repeat(1999) + "\nb"),
                Arguments.of("many separator lines", lines(100, "-".repeat(300) + " #")),
                Arguments.of("white space of 1999", "a" + " ".repeat(1999) + "b"),
                Arguments.of("a passage of 501, repeated", random(501).repeat(10)),
                Arguments.of(
                        "a passage repeated to 1999", "#" + PASSAGE.repeat(100).substring(0, 1999) + "!"),
                Arguments.of("a text of its own", random(5000)));
    }

    static Stream<Arguments> textsWithLoop() {
        return Stream.of(
                Arguments.of("a passage", "Let me see:\n", PASSAGE, 2000),
                Arguments.of("one character", "a\n", "-", 2000),
                Arguments.of("white space", "{\"title\":\"T\"", "\n    ", 2000),
                Arguments.of("white space from the start", "", " ", 2000),
                Arguments.of("a passage of 500", random(7000), random(500), 2000),
                Arguments.of("a passage in which a part repeats", random(300), "ab ".repeat(60) + "x".repeat(60), 2000),
                Arguments.of("after a long text", lines(3000, "| # | % |"), PASSAGE, 2000),
                Arguments.of("characters of two halves", "\ud83d\ude00", "a\ud83d\ude00\ud83d\ude01", 2000),
                Arguments.of("a longer repetition", "Well:\n", PASSAGE, 20_000));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("textsWithoutLoop")
    void findsNoLoop(String name, String text) {
        for (int size : new int[] {1, 7, 499, 500, 501, 100_000}) {
            LoopDetector detector = fed(text, size);
            detector.end();
            assertThat(detector.isFound()).as("pieces of %d", size).isFalse();
            assertThat(detector.withoutRepetition(text)).isEqualTo(text);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("textsWithLoop")
    void findsALoop(String name, String before, String passage, int length) {
        String loop = passage.repeat(length / passage.length() + 1).substring(0, length);
        for (String after : new String[] {"", "# And on it goes."}) {
            for (int size : new int[] {1, 7, 499, 500, 501, 100_000}) {
                String text = before + loop + after;
                LoopDetector detector = fed(text, size);
                detector.end();
                assertThat(detector.isFound()).as("pieces of %d", size).isTrue();
                assertThat(detector.withoutRepetition(text)).isEqualTo(before + passage);
            }
        }
    }

    private static LoopDetector fed(String text, int size) {
        LoopDetector detector = new LoopDetector();
        for (int i = 0; i < text.length(); i += size) {
            detector.feed(text.substring(i, Math.min(text.length(), i + size)));
        }
        return detector;
    }

    @Test
    void findsALoopBeforeTheEndOfTheText() {
        LoopDetector detector = new LoopDetector();
        int fed = 0;
        while (!detector.isFound()) {
            detector.feed(PASSAGE);
            fed += PASSAGE.length();
        }
        assertThat(fed).isLessThan(2000 + 500 + PASSAGE.length());
    }
}
