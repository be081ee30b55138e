package org.o1api.reasoning.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.o1api.reasoning.steps.StepsFixture.concluding;
import static org.o1api.reasoning.steps.StepsFixture.prompt;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.reasoning.Transcript;

/** Answers in which the model continues the step format, and answers that only look like steps. */
class StepShapedAnswerTest {
    private static final String STEP =
            "{\"title\": \"T\", \"content\": \"It is 9.\", \"next_action\": \"final_answer\"}";
    private static final String LONG = "word ".repeat(10_000);

    private final StepsFixture turn = new StepsFixture();

    private record Case(String userMessage, String answer, String shown) {
        static Case step(String answer, String shown) {
            return new Case("Why?", answer, shown);
        }

        static Case same(String answer) {
            return new Case("Why?", answer, answer);
        }

        static Case same(String userMessage, String answer) {
            return new Case(userMessage, answer, answer);
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                Case.step(STEP, "It is 9."),
                Case.step("\n" + STEP + "\n", "\nIt is 9."),
                Case.step("```json\n" + STEP + "\n```", "It is 9."),
                Case.step("```\n" + STEP + "```\n", "It is 9."),
                Case.step("Here it is:\n" + STEP, "Here it is:\nIt is 9."),
                Case.step("Here it is:\n```json\n" + STEP + "\n```\nDone.", "Here it is:\nIt is 9.\n\nDone."),
                Case.step(STEP + STEP.replace("9", "8"), "It is 9.\n\nIt is 8."),
                Case.step(STEP + "\n\n" + STEP.replace("9", "8") + "\n", "It is 9.\n\nIt is 8."),
                Case.step("[" + STEP + ",\n " + STEP.replace("9", "8") + "]", "It is 9.\n\nIt is 8."),
                Case.step(
                        "```json\n" + STEP + "\n```\n```json\n" + STEP.replace("9", "8") + "\n```",
                        "It is 9.\n\nIt is 8."),
                Case.step(STEP + "\nSo **9**.", "It is 9.\n\nSo **9**."),
                Case.step("{\"title\":\"T\",\"content\":\"It is 9.\"}", "It is 9."),
                Case.same("{\"content\":\"It is 9.\"}"),
                Case.same("Answer:\n{\"title\":\"T\",\"content\":\"It is 9.\"}"),
                Case.same("```python\n{\"title\":\"T\",\"content\":\"It is 9.\"}\n```"),
                Case.same("POST this:\n\n```json\n{\"content\": \"Hello\"}\n```\n\nThe reply is 204."),
                Case.step("{\"content\":\"It is 9.\",\"nextAction\":\"finalAnswer\"}", "It is 9."),
                Case.step("{\"next_action\":\"final_answer\",\"Content\":\"It is 9.\",\"title\":\"T\"}", "It is 9."),
                Case.step("{\"title\":\"It is 9.\",\"next_action\":\"final_answer\"}", "It is 9."),
                Case.step(
                        "{\"title\":\"T\",\"content\":\"a\\n\\\"b\\\" \\u00e9 {x}\",\"next_action\":\"continue\"}",
                        "a\n\"b\" \u00e9 {x}"),
                Case.step(
                        "{\"title\":\"T\",\"content\":\"He said \"hi\" to\nme\",\"next_action\":\"continue\"}",
                        "He said \"hi\" to\nme"),
                Case.step("{\"title\":\"T\",\"content\":\"It is ni", "It is ni"),
                Case.step("{\"title\":\"T\",\"content\":{\"a\": 1},\"next_action\":\"continue\"}", "{\"a\": 1}"),
                Case.step(
                        "{\"title\":\"T\",\"content\":\"" + LONG + "\",\"next_action\":\"continue\"} Bye.",
                        LONG + "\n\nBye."),
                Case.step("{\"title\":\"T\",\"content\":\"" + LONG, LONG),
                Case.step("```json\n" + STEP, "It is 9."),
                Case.step(
                        "Use the set {\"a\", \"b\"} in Python. " + LONG.substring(0, 2000) + "\n" + STEP,
                        "Use the set {\"a\", \"b\"} in Python. " + LONG.substring(0, 2000) + "\nIt is 9."),
                Case.step(STEP + "\n```python\nprint(1)\n```\nDone.", "It is 9.\n\n```python\nprint(1)\n```\nDone."),
                Case.step(
                        "```json\n" + STEP + "\n```  \n```python\nprint(1)\n```",
                        "It is 9.\n\n```python\nprint(1)\n```"),
                Case.step(STEP + "\n\n    print(1)\n    print(2)", "It is 9.\n\n    print(1)\n    print(2)"),
                Case.step(STEP + "\n    {\"a\": 1}", "It is 9.\n\n    {\"a\": 1}"),
                Case.step(STEP + "\n`x` is it.", "It is 9.\n\n`x` is it."),
                Case.step("[\n  " + STEP + ",\n  " + STEP.replace("9", "8") + "\n]", "It is 9.\n\nIt is 8."),
                Case.step("{\"title\":\"T\",\"content\":\"a\",\"next_action\":\"fin", "a"),
                Case.same("`" + STEP + "`"),
                Case.same("Like `" + STEP + "` or so."),
                Case.same("A line of it: " + STEP),
                Case.same("{\"id\": 1, \"post\": {\"title\":\"Bug\",\"content\":\"text\",\"nextAction\":\"assign\"}}"),
                Case.same("```json\n{\"title\":\"Bug\",\"content\":\"text\",\"nextAction\":\"assign\"}\n```"),
                Case.same("{\"title\":\"Bug\",\"content\":\"text\",\"nextAction\":\"assign\"}"),
                Case.same("{\n  \"post\": " + STEP + "\n}"),
                Case.same("{\n  \"post\":\n  " + STEP + "\n}"),
                Case.same("{\"steps\": [\n  " + STEP + ",\n  " + STEP + "\n]}"),
                Case.same("[\n  {\"id\": 1},\n  " + STEP + "\n]"),
                Case.same("Because."),
                Case.same("{"),
                Case.same("{\""),
                Case.same("{\"title"),
                Case.same("{}"),
                Case.same("```json"),
                Case.same("```java\nint[] a = {\"title\"};\n```"),
                Case.same("```json\n{\"a\": 1}\n```\nand\n```\n[1, {\"b\": 2}]\n```"),
                Case.same("[link](x) {\"a\"} [1]"),
                Case.same("{\"title\": \"T\"}"),
                Case.same("{\"title\": \"T\", \"content\": \"c\", \"author\": \"a\"}"),
                Case.same("{\"title\": \"T\", \"content\": \"c\", \"next_action\": \"x\", \"n\": 1}"),
                Case.same("{\"id\": 1, \"title\": \"T\", \"content\": \"c\"}"),
                Case.same("{\"steps\": [{\"title\": \"T\", \"content\": \"c\"}]}"),
                Case.same("{\"title\": \"" + LONG + "\"}"),
                Case.same("Use `{\"title\": \"T\", \"content\": \"c\"}` as the body."),
                Case.same("curl -d '{\"title\": \"T\", \"content\": \"c\"}' localhost"),
                Case.same(LONG.substring(0, 400) + "\n{\"title\": \"T\", \"content\": \"c\"}"),
                Case.same("A post as JSON, please.", "{\"title\": \"T\", \"content\": \"c\"}"),
                Case.same("A post with title and content.", "{\"title\": \"T\", \"content\": \"c\"}"),
                Case.same("Keys: title, content, next_action.", STEP),
                Case.same("Text `a` {b} ``` c"),
                Case.same("\u0000{\n\n" + " ".repeat(300) + "\"title\": 1}"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void replacesStepsByTheirContentOnly(Case row) {
        Random random = new Random(42);
        for (int size : List.of(Integer.MAX_VALUE, 1, 2, 7, 0, 0, 0)) {
            StepsFixture separateTurn = new StepsFixture();
            Delta[] pieces = pieces(row.answer(), size, random);
            FinishReason reason = separateTurn.run(
                    ScriptedUpstream.answering(StepsFixture.reply(concluding("a")), Reply.of(pieces)),
                    prompt(Message.user(row.userMessage())));
            assertThat(reason).isEqualTo(FinishReason.STOP);
            assertThat(separateTurn.out.answer()).as("pieces of %d", size).isEqualTo(row.shown());
        }
    }

    @Test
    void showsHeldTextBeforeAnImage() {
        String[] before = {""};
        turn.out = new Transcript() {
            @Override
            public void write(TurnEvent event) {
                if (event instanceof TurnEvent.Image) {
                    before[0] = answer();
                }
                super.write(event);
            }
        };
        turn.run(
                ScriptedUpstream.answering(
                        StepsFixture.reply(concluding("a")),
                        Reply.of(new Delta.Text("See:\n{\"title\":"), new Delta.Image(new RawJson("{}")))),
                prompt());
        assertThat(before[0]).isEqualTo("See:\n{\"title\":");
    }

    /** Splits a text into pieces of a size; 0: random sizes. */
    private static Delta[] pieces(String text, int size, Random random) {
        Stream.Builder<Delta> pieces = Stream.builder();
        int from = 0;
        while (from < text.length()) {
            int to = (int) Math.min(text.length(), from + (size == 0 ? 1L + random.nextInt(20) : size));
            pieces.add(new Delta.Text(text.substring(from, to)));
            from = to;
        }
        return pieces.build().toArray(Delta[]::new);
    }

    @Test
    void holdsBackOnlyPossibleSteps() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                StepsFixture.reply(concluding("a")),
                Reply.of(
                        new Delta.Text("See\n{"),
                        new Delta.Text("\"a\""),
                        new Delta.Text(": 1}"),
                        new Delta.Text(" x")));
        turn.run(upstream, prompt());
        assertThat(turn.out.events()).containsSubsequence("answer: See\n", "answer: {\"a\": 1}", "answer:  x");
    }

    @Test
    void streamsAStepThatIsTooLongToHold() {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                StepsFixture.reply(concluding("a")),
                Reply.of(
                        new Delta.Text("{\"title\":\"T\",\"content\":\"" + LONG),
                        new Delta.Text("more"),
                        new Delta.Text("\"}")));
        turn.run(upstream, prompt());
        assertThat(turn.out.events()).containsSubsequence("answer: " + LONG, "answer: more");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsATruncatedStep(boolean truncated) {
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                StepsFixture.reply(concluding("a")),
                StepsFixture.reply("{\"title\":\"T\",\"content\":\"It is ni")
                        .withFinishReason(truncated ? FinishReason.LENGTH : FinishReason.STOP));
        turn.run(upstream, prompt());
        assertThat(turn.out.answer()).isEqualTo("It is ni");
    }

    @Test
    void keepsAnAnswerOfATurnWithoutSteps() {
        turn.run(ScriptedUpstream.answering(STEP), prompt(new Steps(0, 0), Map.of()));
        assertThat(turn.out.answer()).isEqualTo(STEP);
    }

    /** A step without text is not an answer. */
    @Test
    void repeatsTheCallAfterAnEmptyStep() {
        turn.run(
                ScriptedUpstream.answering(
                        concluding("a"), "{\"title\":\"\",\"next_action\":\"final_answer\"}", "Because."),
                prompt());
        assertThat(turn.out.answer()).isEqualTo("Because.");
    }
}
