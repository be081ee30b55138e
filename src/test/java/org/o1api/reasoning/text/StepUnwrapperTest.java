package org.o1api.reasoning.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Delta;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.Transcript;

/** Takes steps out of an answer, however its text is split. */
class StepUnwrapperTest {
    private static final String STEP =
            "{\"title\": \"T\", \"content\": \"It is 9.\", \"next_action\": \"final_answer\"}";
    private static final String LONG = "word ".repeat(10_000);

    private static Prompt prompt(Map<String, RawJson> closing) {
        return new Prompt(List.of(Message.user("Why?")), Map.of(), null, closing, null);
    }

    private static final List<String> TOKENS = List.of(
            "{",
            "}",
            "\"",
            "[",
            "]",
            ",",
            ":",
            "\n",
            " ",
            "    ",
            "`",
            "```",
            "```json\n",
            "\\",
            "</think>",
            "a",
            "Well, so it is. ",
            "\"title\":",
            "\"content\": ",
            "\"next_action\":\"continue\"",
            "{\"title\":\"T\",",
            "\"x\"",
            "{\"a\": 1}",
            "{\"content\":\"c\"",
            STEP,
            STEP + "\n",
            "\n" + STEP,
            "word ".repeat(30),
            "\ud83d\ude00");

    /** The result must not depend on how the text is split. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readsTheSameHoweverSplit(boolean json) {
        AnswerFormat format = new AnswerFormat(prompt(json ? Map.of("response_format", new RawJson("{}")) : Map.of()));
        int steps = 0;
        for (long seed = 0; seed < 4000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(14); i >= 0; i--) {
                text.append(TOKENS.get(random.nextInt(TOKENS.size())));
            }
            if (seed % 200 == 0) {
                text.insert(
                        random.nextInt(text.length()), LONG.substring(0, StepUnwrapper.MAX_HELD - random.nextInt(300)));
            }
            String expected = shaped(format, text.toString(), Integer.MAX_VALUE, random);
            for (int size : List.of(1, 5, 0, 0)) {
                assertThat(shaped(format, text.toString(), size, random))
                        .as("seed %d, pieces of %d: %s", seed, size, text)
                        .isEqualTo(expected);
            }
            steps += expected.contentEquals(text) ? 0 : 1;
        }
        assertThat(steps).isGreaterThan(json ? 20 : 400);
    }

    private static String shaped(AnswerFormat format, String text, int size, Random random) {
        StepUnwrapper unwrapper = new StepUnwrapper(format);
        StringBuilder shown = new StringBuilder();
        for (String piece : pieces(text, size, random)) {
            unwrapper.feed(piece);
            shown.append(unwrapper.drain());
        }
        unwrapper.end();
        shown.append(unwrapper.hasWrongFormat() ? "WRONG FORMAT" : "");
        unwrapper.releaseHeld();
        return shown + unwrapper.drain();
    }

    /** The length of an answer is not limited, inside or outside of a step. */
    @ParameterizedTest
    @ValueSource(ints = {1000, Integer.MAX_VALUE})
    void readsALongStepCompletely(int size) {
        String content = "word ".repeat(ReplyCursor.MAX_LENGTH / 5 + 1000);
        String step = STEP.replace("It is 9.", content) + "\nBye.";
        assertThat(shaped(new AnswerFormat(prompt(Map.of())), step, size, new Random(1)))
                .isEqualTo(content + "\n\nBye.");
    }

    /** With a strict schema, or if the caller mentions all step keys, the first key decides, so the answer is streamed. */
    @ParameterizedTest
    @CsvSource({
        "'{\"properties\":{\"title\":{},\"content\":{}},\"additionalProperties\":false}', true",
        "'{\"properties\":{\"title\":{},\"content\":{},\"next_action\":{}}}', true",
        "'{\"properties\":{\"title\":{},\"content\":{}}}', false",
        "'{\"properties\":{\"title\":{},\"n\":{}},\"additionalProperties\":false}', false",
    })
    void streamsAnObjectThatCannotBeAStep(String schema, boolean streamed) {
        StepUnwrapper unwrapper =
                new StepUnwrapper(new AnswerFormat(prompt(Map.of("response_format", new RawJson(schema)))));
        unwrapper.feed("{\"title\": \"T\", \"content\": \"It ");
        assertThat(unwrapper.drain()).isEqualTo(streamed ? "{\"title\": \"T\", \"content\": \"It " : "");
    }

    /**
     * Many lines of JSON in one piece take linear time. Reading the rest of the text again for each line would take minutes.
     */
    @Test
    @Timeout(60)
    void readsManyObjectsInLinearTime() {
        String lines = "{\"id\": 1, \"n\": \"abc\"}\n".repeat(200_000);
        assertThat(shaped(new AnswerFormat(prompt(Map.of())), lines, Integer.MAX_VALUE, new Random(1)))
                .isEqualTo(lines);
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void readsTheSameIfBuffered(boolean hasReasoning) {
        Transcript transcript = new Transcript() {
            @Override
            public boolean isBuffered() {
                return true;
            }
        };
        AnswerFormat format = new AnswerFormat(prompt(Map.of()));
        AnswerReader reader = new AnswerReader(2, format, new StepUnwrapper(format), false, transcript.log());
        reader.feed(new Delta.Text((hasReasoning ? "Hm.</think>" : "") + STEP));
        assertThat(reader.hasWrongFormat()).isFalse();
        reader.end();
        assertThat(transcript.answer()).isEqualTo("It is 9.");
    }

    /** Splits a text into pieces of a size; 0: random sizes. */
    private static List<String> pieces(String text, int size, Random random) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int to = (int) Math.min(text.length(), from + (size == 0 ? 1L + random.nextInt(20) : size));
            pieces.add(text.substring(from, to));
            from = to;
        }
        return pieces;
    }
}
