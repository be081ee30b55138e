package org.o1api.reasoning.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.TurnEvent;

class SampleReaderTest {
    private static final Path REPLIES = Path.of("src/test/resources/sampling/replies.txt");
    static final SampleListener NOBODY = new SampleListener() {
        @Override
        public void onStep(String title) {}

        @Override
        public void onReasoning(String text) {}

        @Override
        public void onAnswer(TurnEvent event) {}
    };

    /** A line of the table. */
    record Row(String line) {
        private String cell(int index) {
            String cell = line.split(" \\|", -1)[index].strip();
            return cell.equals("-")
                    ? ""
                    : cell.replace('~', '\n').replace('^', ' ').replace("\\r", "\r");
        }

        private FinishReason reason() {
            return cell(4).contains("length")
                    ? FinishReason.LENGTH
                    : cell(4).contains("filter") ? FinishReason.CONTENT_FILTER : FinishReason.STOP;
        }

        private SampleOutcome read(List<Delta> deltas) {
            return SampleOutcome.of(deltas, cell(4).contains("thinking"), cell(4).contains("asked"), reason());
        }

        @Override
        public String toString() {
            return line;
        }
    }

    static Stream<Row> rows() throws IOException {
        return Files.readAllLines(REPLIES).stream()
                .filter(line -> !line.isBlank() && !line.matches("# ?[A-Z~r].*|#"))
                .map(Row::new);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void readsReplies(Row row) {
        SampleOutcome outcome = row.read(SampleOutcome.deltas(row.cell(0)));

        assertThat(outcome.reasoning()).isEqualTo(row.cell(1));
        assertThat(outcome.answer()).isEqualTo(row.cell(2));
        if (!row.cell(3).isEmpty()) {
            assertThat(SampleKey.of(outcome.text()).key())
                    .isNotNull()
                    .isEqualTo(SampleKey.of("Answer: " + row.cell(3)).key());
        }
        assertThat(outcome.complete())
                .isEqualTo(row.reason() == FinishReason.STOP && !row.cell(4).contains("incomplete"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void doesNotDependOnHowAReplyIsSplit(Row row) {
        List<Delta> deltas = SampleOutcome.deltas(row.cell(0));
        SampleOutcome outcome = row.read(deltas);

        for (int size = 1; size <= 7; size++) {
            assertThat(row.read(SampleOutcome.split(deltas, size))).isEqualTo(outcome);
        }
        for (int index = 1; index < row.cell(0).length(); index++) {
            assertThat(row.read(SampleOutcome.splitAt(deltas, index))).isEqualTo(outcome);
        }
    }

    /** Replies put together at random from what the format consists of, and what disturbs it. */
    @Test
    void doesNotDependOnHowRandomRepliesAreSplit() {
        List<String> parts = List.of(
                "=== Step: A",
                "=== Answer",
                "Answer: 42",
                "**Answer:** 42",
                "\n",
                "\n",
                "\n",
                "\n\n",
                " ",
                "text",
                "```",
                "```py\n",
                "<think>",
                "</think>",
                "==",
                "===",
                "#",
                "### Step 1: B\n",
                "### Answer\n",
                "=== Other\n",
                "*",
                "`",
                "{R:hm}",
                "{R: }",
                "\ud83d\ude00",
                "Answer",
                ": ",
                "\r\n",
                "~~~",
                "=== Answer: 7\n",
                "> ",
                "{T:f({})}",
                "{F:no}");
        Random random = new Random(7);
        for (int i = 0; i < 4000; i++) {
            StringBuilder reply = new StringBuilder();
            int length = 1 + random.nextInt(14);
            for (int j = 0; j < length; j++) {
                reply.append(parts.get(random.nextInt(parts.size())));
            }
            List<Delta> deltas = SampleOutcome.deltas(reply.toString());
            boolean startsThinking = random.nextInt(4) == 0;
            boolean keepsResult = random.nextInt(4) == 0;
            FinishReason reason = random.nextInt(4) == 0 ? FinishReason.LENGTH : FinishReason.STOP;
            SampleOutcome outcome = SampleOutcome.of(deltas, startsThinking, keepsResult, reason);
            for (int size = 1; size <= 3; size++) {
                assertThat(SampleOutcome.of(SampleOutcome.split(deltas, size), startsThinking, keepsResult, reason))
                        .as("%s, %s, %s, %s", reply, startsThinking, keepsResult, reason)
                        .isEqualTo(outcome);
            }
        }
    }

    @Test
    void countsTheCharactersBeforeTheAnswer() {
        assertThat(untagged("=== Step: A\nx\n=== Answer\nz")).isEqualTo("=== Step: A\nx\n=== Answer\n".length());
        assertThat(untagged("x\n=== Answer: z")).isEqualTo("x\n=== Answer: ".length());
        assertThat(untagged("<think>hm</think>\n=== Step: A\n=== Answer\nz"))
                .isEqualTo("<think>hm</think>\n=== Step: A\n=== Answer\n".length());
        assertThat(untagged("hm</think>z")).isEqualTo("hm</think>".length());
        assertThat(untagged("hm</think>x\n=== Answer")).isEqualTo("hm</think>".length());
        assertThat(untagged("It is 42.")).isZero();
        assertThat(untagged("=== Step: A\nIt is 42.")).isZero();
        assertThat(untagged("=== Step: A\nx{T:f({})}")).isEqualTo("=== Step: A\nx".length());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            === Step: A~x~=== Answer~z          | true
            === Answer~z~Answer: 4              | true
            === Answer: 42                      | true
            === Step: A~```py~x~=== Answer~z    | true
            {R:hm}=== Answer~z                  | true
            {R:hm}It is:~=== Answer~42          | true
            <think>hm~=== Answer~z              | true
            === Answer                          | true
            === Step: A~x                       | false
            === Step: A~x~=== Conclusion~z      | false
            ```~=== Answer~x~```~z              | false
            Answer: 42                          | false
            {R:hm}It is 42.                     | false
            {T:f({})}                           | false
            """)
    void knowsWhetherAReplyIsInTheFormat(String reply, boolean hasFormat) {
        SampleReader reader = new SampleReader(false, NOBODY);
        SampleOutcome.deltas(reply.replace('~', '\n')).forEach(reader::feed);
        reader.end(FinishReason.STOP);

        assertThat(reader.hasFormat()).isEqualTo(hasFormat);
    }

    private static int untagged(String reply) {
        return SampleOutcome.of(SampleOutcome.deltas(reply), false, false, FinishReason.STOP)
                .untagged();
    }

    @Test
    void reportsTextAsSoonAsItsLineIsDecided() {
        List<String> events = new ArrayList<>();
        SampleReader reader = new SampleReader(false, new SampleListener() {
            @Override
            public void onStep(String title) {
                events.add("[" + title + "]");
            }

            @Override
            public void onReasoning(String text) {
                events.add(text);
            }

            @Override
            public void onAnswer(TurnEvent event) {
                events.add(event instanceof TurnEvent.AnswerText piece ? "A " + piece.text() : "?");
            }
        });
        for (String piece :
                List.of("=== Step: A", "\n", "x", " y", "\n== ", "z\n=== Answer\n", "An", "d 4", "\nAns", "wer: 4")) {
            reader.feed(new Delta.Text(piece));
            events.add("|");
        }
        reader.end(FinishReason.STOP);

        assertThat(events)
                .containsExactly(
                        "|", "[A]", "|", "x", "|", " y", "|", "|", "\n== z", "|", "|", "A And 4", "|", "|", "|");
    }

    @Test
    void holdsBackALineOnlyUpToItsMaximum() {
        SampleReader reader = new SampleReader(false, NOBODY);
        reader.feed(new Delta.Text("=== Answer\nAnswer: "));
        reader.feed(new Delta.Text("x".repeat(FormatLine.MAX_LENGTH)));
        assertThat(reader.hasAnswer()).isTrue();
    }

    /** A search that goes to the end of the text for each line would take minutes. */
    @Test
    void readsLongRepliesInLinearTime() throws Exception {
        List<String> lines =
                List.of("Line of text\n", "\"</think>\n", "</think", "```\n", "\n", "=== x\n", "Answer: 1\n", "<");
        FutureTask<Integer> reading = new FutureTask<>(() -> {
            int answers = 0;
            for (String line : lines) {
                SampleReader reader = new SampleReader(false, NOBODY);
                reader.feed(new Delta.Text(line.repeat((2 << 20) / line.length())));
                reader.end(FinishReason.STOP);
                answers += reader.hasAnswer() ? 1 : 0;
            }
            return answers;
        });
        Thread thread = new Thread(reading, "reader");
        thread.setDaemon(true); // if it takes longer, only this test fails
        thread.start();
        assertThat(reading.get(120, TimeUnit.SECONDS)).isEqualTo(7); // all but the blank one
    }

    @Test
    void detectsTextThatRepeatsItself() {
        String loop = "and so on, and so forth, ".repeat(200);
        SampleReader text = new SampleReader(false, NOBODY);
        text.feed(new Delta.Text("=== Step: A\n" + loop));
        assertThat(text.isRepeating()).isTrue();
        assertThat(text.textWithoutRepetition()).hasSizeLessThan(100).startsWith("=== Step: A\nand so on");

        SampleReader own = new SampleReader(false, NOBODY);
        own.feed(new Delta.Reasoning(loop));
        assertThat(own.isRepeating()).isTrue();

        SampleReader answer = new SampleReader(false, NOBODY);
        answer.feed(new Delta.Text("=== Answer\n"));
        assertThat(answer.isRepeating()).isFalse();
        answer.feed(new Delta.Text(loop));
        assertThat(answer.isRepeating()).isTrue();
    }

    /** What a vote counts at the end of a call is what is known before. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "It is 42.",
                "We add.\nAnswer: 42",
                "=== Step: A\nx\n=== Answer\nz\nAnswer: 4",
                "=== Step: A\nIt is 42.",
                "<think>hm</think>\n=== Answer\nz",
                "hm</think>z",
                "=== Step: A\nx\n=== Answer: y\nz"
            })
    void knowsWhatIsNotTheAnswerBeforeTheEnd(String reply) {
        SampleReader reader = new SampleReader(false, NOBODY);
        SampleOutcome.split(SampleOutcome.deltas(reply), 3).forEach(reader::feed);
        int before = reader.untaggedReasoningLength();
        reader.end(FinishReason.STOP);

        assertThat(before).isEqualTo(reader.untaggedReasoningLength()).isLessThan(reply.length());
    }

    @Test
    void summarizesTheAnswerInOneLine() {
        assertThat(conclusion("=== Answer\nFour.\nAnswer: 4")).isEqualTo("4");
        assertThat(conclusion("=== Answer\nFour\n\n  of them.")).isEqualTo("Four of them.");
        assertThat(conclusion("{T:f({ \"b\": 1 })}")).isEqualTo("f({\"b\":1})");
        assertThat(conclusion("{F:I cannot.}")).isEqualTo("I cannot.");
        assertThat(conclusion("=== Answer\n" + "x".repeat(500))).hasSize(121).endsWith("\u2026");
    }

    private static String conclusion(String reply) {
        return SampleOutcome.of(SampleOutcome.deltas(reply), false, false, FinishReason.STOP)
                .conclusion();
    }
}
