package org.o1api.reasoning.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What counts as reasoning at the start of a step and of an answer. In the table {@code ;} is a line break. */
class ThinkSplitterTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Four.                        |     | Four.                 |    | Four.
                    <think>a</think>Four.        | a   | Four.                 | a  | Four.
                    ; <think>; a;</think>; Four. | a;  | '; Four.'             | a; | Four.
                    ; Four.                      |     | Four.                 |    | '; Four.'
                    <think>a</think><think>b</think>c | a | <think>b</think>c  | ab | c
                    </think>Four.                |     | </think>Four.         |    | Four.
                    ; </think>; <think>a</think>b |    | </think>; <think>a</think>b | a | b
                    a</think>b                   |     | a</think>b            |    | a</think>b
                    <think>a</thin               | a</thin |                   | a</thin |
                    <thin                        |     | <thin                 |    | <thin
                    <think>                      |     |                       |    |
                    """)
    void separatesTheReasoningAtTheFront(
            String text, String stepReasoning, String step, String answerReasoning, String answer) {
        String lines = lines(text);
        for (int size = 1; size <= lines.length(); size++) {
            StringBuilder reasoning = new StringBuilder();
            assertThat(split(ThinkSplitter.ofStep(reasoning::append), lines, size))
                    .isEqualTo(lines(step));
            assertThat(reasoning).hasToString(lines(stepReasoning));
            reasoning.setLength(0);
            assertThat(split(ThinkSplitter.ofAnswer(reasoning::append), lines, size))
                    .isEqualTo(lines(answer));
            assertThat(reasoning).hasToString(lines(answerReasoning));
        }
    }

    /** White space before an answer is shown if no block follows, so it cannot be held for long. */
    @ParameterizedTest
    @CsvSource({"250, true, true", "251, true, false", "100000, true, false"})
    void limitsTheWhiteSpaceBeforeABlockInAnAnswer(int spaces, boolean inStep, boolean inAnswer) {
        String text = " ".repeat(spaces) + "<think>a</think>b";
        for (int size : new int[] {100, text.length()}) {
            assertThat(split(ThinkSplitter.ofStep((piece, from, to) -> {}), text, size))
                    .isEqualTo(inStep ? "b" : text);
            assertThat(split(ThinkSplitter.ofAnswer((piece, from, to) -> {}), text, size))
                    .isEqualTo(inAnswer ? "b" : text);
        }
    }

    /** Returns the text after the reasoning. */
    private static String split(ThinkSplitter splitter, String text, int size) {
        StringBuilder buffer = new StringBuilder();
        int position = 0;
        for (int i = 0; i < text.length(); i += size) {
            buffer.append(text, i, Math.min(text.length(), i + size));
            position = splitter.read(buffer, position, false);
        }
        position = splitter.read(buffer, position, true);
        return buffer.substring(position);
    }

    private static String lines(String cell) {
        return cell == null ? "" : cell.replace(';', '\n');
    }
}
