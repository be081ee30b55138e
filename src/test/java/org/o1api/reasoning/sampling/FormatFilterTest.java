package org.o1api.reasoning.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.text.AnswerFilter;
import org.o1api.reasoning.text.AnswerFormat;

/** What is held back of an answer that may be in the format, and what is passed on. */
class FormatFilterTest {
    private static FormatFilter filter(boolean json, boolean keepsResult) {
        Map<String, RawJson> fields =
                json ? Map.of("response_format", new RawJson("{\"type\":\"json_object\"}")) : Map.of();
        Prompt prompt = new Prompt(List.of(Message.user("Why?")), Map.of(), null, fields, null);
        return new FormatFilter(new AnswerFormat(prompt), keepsResult);
    }

    private static void feed(FormatFilter filter, String text, int size) {
        for (int i = 0; i < text.length(); i += size) {
            filter.feed(text.substring(i, Math.min(text.length(), i + size)));
        }
    }

    /** 160 KB of it. In the table {@code ;} is a line break. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            false | ~~                      | ~~      | ~~
            false | ~~                      | Seven.  | Seven.
            false | ~~                      | Answer: 7 | 7
            false | Answer: 7;              | ~~      | 7
            false | Answer: 7;              | because | Answer: 7 because
            false | === Answer;7            | ~~      | 7
            false | === Step: A;hm          | ;=== Answer;7 | 7
            true  | ~~                      | ~~      | ~~
            true  | ~~                      | {"r":7} | {"r":7}
            true  | ~~                      | === Answer;{"r":7} | {"r":7}
            """)
    @Timeout(10)
    void whiteSpaceInSmallPiecesIsReadOnceAndNotHeldWithoutBound(
            boolean json, String start, String end, String answer) {
        for (String blank : List.of("\n\n", "  ", "\n ")) {
            FormatFilter filter = filter(json, false);
            filter.feed(start.replace(';', '\n'));
            for (int i = 0; i < 80_000; i++) {
                filter.feed(blank);
            }
            assertThat(filter.pendingLength()).isLessThan(2 * AnswerFilter.MAX_HELD);
            feed(filter, end.replace(';', '\n'), 2);
            filter.end();
            assertThat(filter.drain().strip().replaceAll("\\s+", " ")).isEqualTo(answer);
            assertThat(filter.hasWrongFormat()).isFalse();
        }
    }

    @Test
    void textInsteadOfJsonIsHeldBackBehindWhiteSpace() {
        FormatFilter filter = filter(true, false);
        filter.feed(" ".repeat(2 * AnswerFilter.MAX_HELD));
        filter.feed("It is 7.");
        filter.end();
        assertThat(filter.drain()).isEmpty();
        assertThat(filter.hasWrongFormat()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Answer: 7", "**Answer:** 7", "Final answer: `7`", "Answer: 7\n\n", "\n Answer: 7"})
    void aResultThatIsTheWholeAnswerIsShownWithoutReasoning(String text) {
        for (int size : new int[] {1, 3, 100}) {
            FormatFilter filter = filter(false, false);
            feed(filter, text, size);
            assertThat(filter.drain()).isEmpty();
            filter.end();
            assertThat(filter.drain()).isEqualTo("7");
            assertThat(filter.drainReasoning()).isEmpty();
            assertThat(filter.reasoningLength()).isZero();
        }
    }

    @Test
    void aResultThatIsCutOffIsPassedUnchanged() {
        FormatFilter filter = filter(false, false);
        filter.feed("Answer: 7");
        filter.markTruncated();
        filter.end();
        assertThat(filter.drain()).isEqualTo("Answer: 7");
        assertThat(filter.drainReasoning()).isEmpty();
    }

    /** What the line has so far, and whether it is passed on before the line ends. */
    @ParameterizedTest
    @CsvSource({"2, false, false", "50, false, false", "70, false, true", "2, true, true"})
    void aLongResultAndOneThatIsKeptAreNotHeldBack(int length, boolean keepsResult, boolean passed) {
        FormatFilter filter = filter(false, keepsResult);
        String line = "Answer: " + "x".repeat(length);
        feed(filter, line, 5);
        assertThat(filter.drain()).isEqualTo(passed ? line : "");
    }
}
