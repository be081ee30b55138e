package org.o1api.reasoning.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Delta;
import org.o1api.model.TurnEvent;

/** Long texts without sense, as a model writes them that repeats itself: none of the rules may take long or fail for them. */
@Tag("slow")
class DegenerateTextTest {
    private static final int LENGTH = 1 << 20;
    /** Of a longer text the rules read only the end. */
    private static final int MAX_READ = 16_000;

    private static final long STACK_BYTES = 256 * 1024;

    /** For all texts of one shape together, which take milliseconds. */
    private static final int DEADLINE_SECONDS = 60;

    private static final List<String> BEFORE =
            List.of("", "Answer: ", "Answer: x", "The answer is ", "\\boxed{", "\\a ^");
    private static final List<String> AFTER = List.of("", "x", "\nAnswer: 42");

    /** The keys of the texts in which the unit is repeated; the name is what stands before and after it. */
    private static Map<String, String> keys(String unit) throws Exception {
        Map<String, String> keys = new TreeMap<>();
        FutureTask<Void> rules = new FutureTask<>(() -> {
            addKeys(keys, unit.repeat(MAX_READ / unit.length()), BEFORE, AFTER);
            addKeys(keys, unit.repeat(LENGTH / unit.length()), List.of(""), AFTER);
            return null;
        });
        inSmallStack(rules);
        return keys;
    }

    private static void addKeys(Map<String, String> keys, String run, List<String> before, List<String> after) {
        for (String start : before) {
            for (String end : after) {
                String text = start + run + end;
                keys.put(
                        start + run.length() + end,
                        String.valueOf(SampleKey.of(text).key()));
            }
        }
        AnswerKey.of(run);
    }

    private static void inSmallStack(FutureTask<Void> task) throws Exception {
        Thread thread = new Thread(null, task, "rules", STACK_BYTES);
        thread.setDaemon(true); // if it hangs, only this test fails
        thread.start();
        task.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    /** ⏎ is a line break. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "the answer is ",
                "the answer is: ",
                "the answer:⏎",
                "so the answer is 5 ",
                "Answer: ",
                "Answer: so ",
                "⏎",
                " ",
                "\t",
                "so ",
                "about ",
                "the ",
                "final ",
                "your ",
                "is ",
                "= ",
                "=",
                "x = ",
                ": ",
                "1 a ",
                "1 234 ",
                "1.234,",
                "1 million ",
                "a) b) ",
                "A. Xy ",
                "A. de ",
                "1 cm^2 ",
                "1% less ",
                "1",
                "1.",
                "1,",
                "12,",
                "123,",
                "1,234",
                "123.",
                "1/",
                "1 1/2 ",
                "-",
                "1 - ",
                "1e9",
                "١",
                "½",
                ".",
                ",",
                "; ",
                "(",
                ")",
                "(A) ",
                "option A ",
                "A, ",
                "J. ",
                "yes ",
                "no. ",
                "no",
                "[",
                "{",
                "[1,",
                "{\"a\":",
                "\"",
                "\\boxed{",
                "\\boxed ",
                "\\boxed{5",
                "\\boxed{5} ",
                "\\text{",
                "\\text ",
                "\\text{a} ",
                "\\frac",
                "\\frac{1",
                "1\\frac {2} {3",
                "^",
                "^ ",
                "^ {",
                "10^",
                "1 x 10 ^ ",
                "\\",
                "\\a ^",
                "$",
                "**",
                "`",
                "<",
                "> ",
                "<answer>",
                "</b>",
                "at least ",
                "chapter ",
                "World ",
                "World 2 ",
                "5 million ",
                "e\u0301\u0316",
                "\u0301\u0316",
                "ﷺ",
                "答案",
                "答案是",
                "\ud83d\ude00",
                "\ud83d",
                "a",
                "A",
                "word ",
                "Some text about 12 and 13. "
            })
    void areReadInLinearTime(String unit) throws Exception {
        Map<String, String> keys = keys(unit.replace('⏎', '\n'));

        assertThat(keys).hasSize((BEFORE.size() + 1) * AFTER.size());
        assertThat(keys).allSatisfy((name, key) -> {
            if (name.endsWith("\nAnswer: 42")) {
                assertThat(key).isEqualTo("NUMBER 42");
            }
        });
    }

    /** {@code {}} is nested text. */
    @ParameterizedTest
    @CsvSource({"\\text{, }", "\\boxed{, }", "(, )", "[, ]", "\\frac{1}{, }", "<b>, </b>", "{\"a\":, }"})
    void nestedTextsDoNotRecurse(String open, String close) throws Exception {
        int depth = LENGTH / (open.length() + close.length());
        List<String> texts = new ArrayList<>();
        for (int nested : List.of(10, 100, 999, 1001, 4000, depth)) {
            String text = open.repeat(nested) + 5 + close.repeat(nested);
            texts.addAll(List.of(text, "Answer: " + text, "The answer is " + text, "\\boxed{" + text + "}"));
        }
        List<SampleKey> keys = new ArrayList<>();
        inSmallStack(new FutureTask<>(() -> {
            texts.forEach(text -> {
                keys.add(SampleKey.of(text));
                keys.add(SampleKey.of(call(text), text, false));
            });
            return null;
        }));
        assertThat(keys).hasSize(2 * texts.size());
    }

    private static List<TurnEvent> call(String arguments) {
        return List.of(new TurnEvent.ToolCall(new Delta.ToolCall(0, "a", "find", arguments)));
    }

    @Test
    void aSampleForWhichTheRulesFailDoesNotVote() {
        for (Throwable failure : List.of(new IllegalStateException("a"), new StackOverflowError())) {
            SampleKey key = SampleKey.ofAny(
                    () -> {
                        throw sneaky(failure);
                    },
                    "What the\nclient gets");
            assertThat(key).isEqualTo(new SampleKey(null, false, true, "What the client gets"));
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneaky(Throwable failure) throws T {
        throw (T) failure;
    }

    /** Only the end of a text counts, and it is not cut within a number. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            42 and then               | 20000 | no number            | -
            Answer: 42                | 20000 | no number            | -
            the 42                    | 20    | no number            | LAST 42
            12345                     | 16383 | -                    | -
            12345                     | 16380 | -                    | -
            Hm                        | 20000 | Answer: 42           | NUMBER 42
            Hm                        | 20000 | so \\boxed{42} it is | NUMBER 42
            Hm                        | 20000 | so 42 it is          | LAST 42
            """)
    void onlyTheEndIsRead(String start, int words, @Nullable String end, @Nullable String expected) {
        String text = start + "\n" + "a ".repeat(words / 2) + (end == null ? "" : "\n" + end);

        SampleKey key = SampleKey.of(text);
        String found = key.key() == null
                ? null
                : (key.isLastNumber() ? "LAST " + key.key().value() : key.key() + "");
        assertThat(found).isEqualTo(expected);
    }
}
