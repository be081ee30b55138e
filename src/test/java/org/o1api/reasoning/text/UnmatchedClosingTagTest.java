package org.o1api.reasoning.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.model.Delta;
import org.o1api.reasoning.Transcript;

/**
 * {@code </think>} without an opening tag in an answer. In the tables {@code ;} is a line break and {@code ~} separates deltas.
 */
class UnmatchedClosingTagTest {
    /** A client that gets nothing before the turn is complete. */
    private static final class Buffered extends Transcript {
        @Override
        public boolean isBuffered() {
            return true;
        }
    }

    private static void check(
            Transcript out,
            boolean requiresJson,
            boolean startsThinking,
            String pieces,
            String reasoning,
            String answer) {
        AnswerReader reader = PlainAnswer.reader(requiresJson, startsThinking, out.log());
        for (String piece : pieces.split("~", -1)) {
            reader.feed(new Delta.Text(piece.replace(';', '\n')));
        }
        reader.end();
        assertThat(out.step(1)).isEqualTo(reasoning == null ? "" : reasoning.replace(';', '\n'));
        assertThat(out.answer()).isEqualTo(answer == null ? "" : answer.replace(';', '\n'));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Two and two,;so four.~;</think>;;~Four.     | Two and two,;so four. | Four.
                    So four.</think>Four.                       | So four.              | Four.
                    ;So four.;~</th~ink>~;;~Four.;              | So four.              | Four.;
                    So four.</think>                            | So four.              |
                    </think>;;Four.                             |                       | Four.
                    ;</think>Four.                              |                       | Four.
                    a</think>b</think>c                         | a                     | b</think>c
                    a</think>;<think>b</think>;c                | ab                    | c
                    <think>a</think>b</think>c                  | a                     | b</think>c
                    Four.                                       |                       | Four.
                    Write <think>a</think>.                     |                       | Write <think>a</think>.
                    Close it by `</think>`.                     |                       | Close it by `</think>`.
                    Close it by "</think>" or '</think>'.       |                       | Close it by "</think>" or '</think>'.
                    Code:;```;a</think>;```                     |                       | Code:;```;a</think>;```
                    Is `</think>` there? No.;</think>;No.       | Is `</think>` there? No. | No.
                    Not </thinking> nor </think >.              |                       | Not </thinking> nor </think >.
                    """)
    void endsTheReasoningIfNothingWasSent(String pieces, String reasoning, String answer) {
        check(new Buffered(), false, false, pieces, reasoning, answer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    So four.</think>Four.          | So four. | Four.
                    ;~So four.;</think>;~Four.     | So four. | Four.
                    So~ four.</think>Four.         |          | So four.</think>Four.
                    So four.~</think>Four.         |          | So four.</think>Four.
                    ~</th~ink>~Four.               |          | Four.
                    """)
    void isTextIfTheAnswerWasSent(String pieces, String reasoning, String answer) {
        check(new Transcript(), false, false, pieces, reasoning, answer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    So~ four.~;</think>;~Four.                   | So four.                    | Four.
                    Write `</think>`?~ No.</think>Four.          | Write `                     | `? No.</think>Four.
                    <think>So four.</think>Four.                 | So four.                    | Four.
                    Four~.                                       |                             | Four.
                    """)
    void endsReasoningThatTheTextStartsInside(String pieces, String reasoning, String answer) {
        check(new Transcript(), false, true, pieces, reasoning, answer);
        check(new Buffered(), false, true, pieces, reasoning, answer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    So four.;</think>;{"a": 4}     | So four. | {"a": 4}
                    So four.</think>```json;[4];```| So four. | [4]
                    {"a": "b</think>c"}            |          | {"a": "b</think>c"}
                    ; ["b</think>c"]               |          | ; ["b</think>c"]
                    ```;{"a": "b</think>c"};```    |          | {"a": "b</think>c"}
                    """)
    void isTextInJson(String pieces, String reasoning, String answer) {
        check(new Buffered(), true, false, pieces, reasoning, answer);
        check(new Buffered(), true, true, pieces, reasoning, answer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    So fo          | true  | So fo | ''    | 5
                    So.</think>Fo  | true  | So.   | Fo    | 11
                    So fo          | false | ''    | So fo | 0
                    So.</think>Fo  | false | So.   | Fo    | 11
                    """)
    void countsATruncatedReplyAsReasoningIfItStartedInside(
            String text, boolean startsThinking, String reasoning, String answer, int length) {
        Transcript out = new Buffered();
        AnswerReader reader = PlainAnswer.reader(false, startsThinking, out.log());
        reader.feed(new Delta.Text(text));
        reader.markTruncated();
        assertThat(reader.untaggedReasoningLength()).isEqualTo(length);
        reader.end();
        assertThat(out.step(1)).isEqualTo(reasoning);
        assertThat(out.answer()).isEqualTo(answer);
    }

    /** After this many quoted tags the text is considered to be about tags: no later one ends the reasoning. */
    @ParameterizedTest
    @CsvSource({"'a `</think>` ', false", "'a `</think>` ~', false", "'a `</th~ink>` ', false", "'a `</think>` ', true"
    })
    void isTextAfterManyQuotedTags(String quoted, boolean inOnePiece) {
        String pieces = quoted.repeat(20) + (inOnePiece ? "" : "~") + "a plain </think> rest~, and </think> more";
        check(new Buffered(), false, false, pieces, "", pieces.replace("~", ""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    a `</think>` | 16
                    a `</think>`~ | 16
                    """)
    void endsTheReasoningAfterFewQuotedTags(String quoted, int times) {
        String before = quoted.repeat(times);
        check(
                new Buffered(),
                false,
                false,
                before + "; so.~</think>;Four.",
                before.replace("~", "") + "; so.",
                "Four.");
    }

    @Test
    void endsTheReasoningAfterDrainedWhiteSpace() {
        String space = " ".repeat(300);
        check(new Transcript(), false, false, space + "~So four.</think>Four.", "So four.", space + "Four.");
    }

    @ParameterizedTest
    @CsvSource({"So, true, false, true", "So, false, true, false", "So, false, false, false", "' ', false, true, true"})
    void canRetryWhileTheTextMayBeReasoning(String text, boolean startsThinking, boolean buffered, boolean expected) {
        AnswerReader reader =
                PlainAnswer.reader(false, startsThinking, (buffered ? new Buffered() : new Transcript()).log());
        reader.feed(new Delta.Text(text));
        assertThat(reader.canRetry()).isEqualTo(expected);
    }
}
