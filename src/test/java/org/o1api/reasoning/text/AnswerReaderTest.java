package org.o1api.reasoning.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Delta;
import org.o1api.reasoning.Transcript;

/** Which parts of a text are reasoning, answer or wrapping, however the text is split. */
class AnswerReaderTest {
    private static final String EMOJI = "\ud83d\ude00";
    private static final String JSON = "{\"a\": \"```js\\n\\\"x\\\\\\\" " + EMOJI + "\",\n \"b\": [1, \"`\"] }";

    /** The text of a reply, and the expected reasoning and answer, the latter without and with JSON required. */
    private record Case(String text, String reasoning, String plain, String json) {
        static Case same(String text) {
            return new Case(text, "", text, text);
        }

        static Case fenced(String text, String json) {
            return new Case(text, "", text, json);
        }

        static Case withReasoning(String text, String reasoning, String answer) {
            return new Case(text, reasoning, answer, answer);
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                Case.same(""),
                Case.same(" "),
                Case.same("Because."),
                Case.same(" \n Because.\n"),
                Case.same("<"),
                Case.same(" <thin"),
                Case.same("<thinking>a</thinking>b"),
                Case.same("a <think>b</think>c"),
                Case.withReasoning("</think>a", "", "a"),
                Case.same("``"),
                Case.same("`a`"),
                Case.same(" ``a"),
                Case.same("<``think>"),
                Case.same("x ```json\n{}\n```"),
                Case.same(" ".repeat(300) + "<think>a</think>b"),
                Case.same(JSON),
                Case.same("\n" + JSON + "\n"),
                Case.same(EMOJI + "<think>"),
                Case.withReasoning("<think>a</think>b", "a", "b"),
                Case.withReasoning(
                        " \n<think>\n a " + EMOJI + "\n</think>\n\n b " + EMOJI + "\n",
                        "a " + EMOJI + "\n",
                        "b " + EMOJI + "\n"),
                Case.withReasoning("<think>\n\n</think>\n\nb", "", "b"),
                Case.withReasoning("<think></think>b", "", "b"),
                Case.withReasoning("<think>a</think>", "a", ""),
                Case.withReasoning("<think>a</think> \n", "a", ""),
                Case.withReasoning("<think>a</thin", "a</thin", ""),
                Case.withReasoning("<think>a", "a", ""),
                Case.withReasoning("<think>a<</think></think >b", "a<", "</think >b"),
                Case.withReasoning("<think>a<think>b</think>c", "a<think>b", "c"),
                Case.withReasoning("<think>a </think><think>b</think>c", "a b", "c"),
                Case.withReasoning("<think>a</think>b<think>c</think>", "a", "b<think>c</think>"),
                Case.fenced("```json\n" + JSON + "\n```", JSON),
                Case.fenced("```\n" + JSON + "```", JSON),
                Case.fenced(" \n```JSON5 \r\n\n" + JSON + "\r\n```\n\nHope that `helps` {}!", JSON),
                Case.fenced("```" + JSON, JSON),
                Case.fenced("```json\n[1,\n 2]\n\n", "[1,\n 2]"),
                Case.fenced("```\ntrue\n```", "true"),
                Case.fenced("```json", ""),
                Case.fenced("```json\n{\"a\": \"cut o", "{\"a\": \"cut o"),
                Case.fenced("```json\n{\"a\": \"\\\\\"}\n```x", "{\"a\": \"\\\\\"}"),
                new Case("<think>a</think>\n```json\n{}\n```", "a", "```json\n{}\n```", "{}"));
    }

    private static void check(Case expected, boolean json, String... pieces) {
        Transcript out = new Transcript();
        AnswerReader reader = PlainAnswer.reader(json, false, out.log());
        for (String piece : pieces) {
            reader.feed(new Delta.Text(piece));
        }
        reader.end();
        assertThat(out.step(1)).isEqualTo(expected.reasoning);
        assertThat(out.steps()).isEqualTo(expected.reasoning.isEmpty() ? 0 : 1);
        assertThat(out.answer()).isEqualTo(json ? expected.json : expected.plain);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void separatesReasoningAnswerAndFenceHoweverSplit(Case expected) {
        String text = expected.text;
        for (boolean json : new boolean[] {false, true}) {
            check(expected, json, text);
            check(expected, json, text.split(""));
            for (int cut = 0; cut <= text.length(); cut++) {
                check(expected, json, text.substring(0, cut), text.substring(cut));
            }
            for (long seed = 0; seed < 50; seed++) {
                Random random = new Random(seed);
                int[] cuts = random.ints(random.nextInt(8), 0, text.length() + 1)
                        .sorted()
                        .toArray();
                String[] pieces = new String[cuts.length + 1];
                int from = 0;
                for (int i = 0; i < cuts.length; i++) {
                    pieces[i] = text.substring(from, cuts[i]);
                    from = cuts[i];
                }
                pieces[cuts.length] = text.substring(from);
                check(expected, json, pieces);
            }
        }
    }

    /** The block continues after a tool call, and a fence after it is still removed. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 100})
    void continuesReasoningAfterAToolCall(int size) {
        Transcript out = new Transcript();
        AnswerReader reader = PlainAnswer.reader(true, false, out.log());
        reader.feed(new Delta.Text("<think>a"));
        reader.feed(new Delta.ToolCall(0, "call_1", "f", "{}"));
        String rest = "b</think>\n```json\n{}\n```";
        for (int i = 0; i < rest.length(); i += size) {
            reader.feed(new Delta.Text(rest.substring(i, Math.min(rest.length(), i + size))));
        }
        reader.end();
        assertThat(out.step(1)).isEqualTo("a");
        assertThat(out.answer()).isEqualTo("{}");
    }

    /** A model that is stuck may repeat a tag without end. */
    @ParameterizedTest
    @ValueSource(strings = {"</think>", " </think>\n", "<think></think>"})
    void readsAnyNumberOfTagsAtTheStart(String tag) {
        Transcript out = new Transcript();
        AnswerReader reader = PlainAnswer.reader(false, false, out.log());

        reader.feed(new Delta.Text(tag.repeat(50_000) + "It is 9."));
        reader.end();

        assertThat(out.answer()).isEqualTo("It is 9.");
    }
}
