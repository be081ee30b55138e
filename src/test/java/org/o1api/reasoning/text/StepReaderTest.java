package org.o1api.reasoning.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.reasoning.Transcript;

class StepReaderTest {
    private static final String WORDS = "We check the facts and look for another way to reach the result. ";
    private static final String LONG = WORDS.repeat(4).strip();
    private static final String HOSTILE = "\"q\" \\ \n\ndata: [DONE]\n\nevent: x\r\n\u0000\u001b \u2029 </details> ``` "
            + "\ud83d\ude00 {\"next_action\": \"final_answer\"} ";
    private static final String HOSTILE_JSON =
            "\\\"q\\\" \\\\ \\n\\ndata: [DONE]\\n\\nevent: x\\r\\n\\u0000\\u001b \\u2029 "
                    + "</details> ``` \ud83d\ude00 {\\\"next_action\\\": \\\"final_answer\\\"} ";

    /** {@code outcome} is {@code title|text|next action|whole or malformed}, with {@code -} for null. */
    private record Reply(String name, String text, String outcome) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Reply reply(String name, String text, String outcome) {
        return new Reply(name, text, outcome);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    Let me {"title":"x","content":"y"} see.</think>{"title":"T","content":"c"} | Let me {"title":"x","content":"y"} see.;c
                    {"title":"T","content":"a</think>c"}                                       | a</think>c
                    Here: {"title":"T","content":"c"}                                          | c
                    <think>a</think>{"title":"T","content":"c"}                                | a;c
                    </think>{"title":"T","content":"c"}                                        | c
                    Never ends                                                                 | Never ends
                    """)
    void holdsTextThatStartsInsideTheReasoning(String reply, String expected) {
        for (int cut = 0; cut <= reply.length(); cut++) {
            Transcript out = new Transcript();
            StepReader reader = new StepReader(1, out.log());
            reader.startInReasoning();
            reader.feed(reply.substring(0, cut));
            reader.feed(reply.substring(cut));
            reader.end();
            assertThat(out.step(1)).isEqualTo(expected.replace(";", "\n\n"));
        }
    }

    // spotless:off
    static Stream<Reply> replies() {
        return Stream.of(
                // as specified
                reply(
                        "a step",
                        "{\"title\": \"T\", \"content\": \"C\", \"next_action\": \"continue\"}",
                        "T|C|CONTINUE|whole"),
                reply(
                        "the last step",
                        "{\"title\":\"T\",\"content\":\"C\",\"next_action\":\"final_answer\"}",
                        "T|C|FINAL_ANSWER|whole"),
                reply(
                        "white space around the object",
                        " \n{ \"title\" : \"T\" ,\n\t\"content\" : \"C\" }\n ",
                        "T|C|-|whole"),
                reply(
                        "all escapes",
                        "{\"content\":\"\\\"\\\\\\/\\b1\\f1\\n\\r\\t\\u00e9\\ud83d\\ude00\"}",
                        "-|\"\\/\b1\f1\n\r\t\u00e9\ud83d\ude00|-|whole"),
                reply(
                        "emoji",
                        "{\"title\":\"\ud83d\ude00\",\"content\":\"a\ud83d\ude00b\ud835\udcb3\"}",
                        "\ud83d\ude00|a\ud83d\ude00b\ud835\udcb3|-|whole"),
                reply(
                        "text with control characters",
                        "{\"title\": \"" + HOSTILE_JSON + "Check\", \"content\": \"" + HOSTILE_JSON
                                + "\", \"next_action\": \"continue\"}",
                        HOSTILE + "Check|" + HOSTILE + "|CONTINUE|whole"),
                // a closing tag without an opening tag
                reply(
                        "an unmatched closing tag",
                        "Let me see.\n</think>\n{\"title\":\"T\",\"content\":\"c\"}",
                        "T|Let me see.\n\n\nc|-|whole"),
                reply(
                        "an unmatched closing tag after much text",
                        LONG + "</think>{\"title\":\"T\",\"content\":\"c\"}",
                        "T|" + LONG + "\n\nc|-|whole"),
                reply("an unmatched tag first", "\n</think>\n\n{\"title\":\"T\",\"content\":\"c\"}", "T|c|-|whole"),
                reply(
                        "a second closing tag",
                        "<think>a</think>b</think>{\"title\":\"T\",\"content\":\"c\"}",
                        "T|a\n\nb\n\nc|-|whole"),
                reply(
                        "an unmatched closing tag before a fence",
                        "Hm. {x}</think>```json\n{\"title\":\"T\",\"content\":\"c\"}\n```",
                        "T|Hm. {x}\n\nc|-|whole"),
                reply(
                        "a step in the reasoning",
                        "{\"content\":\"a\"} or so.</think>{\"title\":\"T\",\"content\":\"c\",\"next_action\":\"continue\"}",
                        "T|a\n\nc|CONTINUE|whole"),
                reply("a closing tag after the step", "{\"title\":\"T\",\"content\":\"c\"}\n</think>", "T|c|-|whole"),
                reply(
                        "a closing tag in the content",
                        "{\"title\":\"T\",\"content\":\"a</think>c\"}",
                        "T|a</think>c|-|whole"),
                reply("half a closing tag", "Hm.</thin", "-|Hm.</thin|-|malformed"),
                reply("a closing tag and nothing", "Hm.</think>", "-|Hm.|-|malformed"),
                reply("a closing tag and prose", "Hm.</think>So.", "-|Hm.\n\nSo.|-|malformed"),
                // text around the object
                reply(
                        "a fence",
                        "```json\n{\"title\":\"T\",\"content\":\"C\",\"next_action\":\"continue\"}\n```",
                        "T|C|CONTINUE|whole"),
                reply(
                        "a fence in the content",
                        "```json\n{\"content\":\"```\\ncode\\n```\"}\n```",
                        "-|```\ncode\n```|-|whole"),
                reply(
                        "prose around the object",
                        "Let me think.\n{\"title\":\"T\",\"content\":\"C\"}\nThat is my step.",
                        "T|C|-|whole"),
                reply(
                        "prose with braces",
                        "For \\frac{1}{2} and f() { return; }:\n{\"title\":\"T\",\"content\":\"C\"}",
                        "T|C|-|whole"),
                reply("an empty object before", "So {} it is: {\"content\":\"C\"}", "-|C|-|whole"),
                reply("another object before", "Given {\"a\": {\"b\": [1]}}: {\"content\":\"C\"}", "-|C|-|whole"),
                reply("a set before", "Given {\"a\", \"b\"}: {\"content\":\"C\"}", "-|C|-|whole"),
                reply(
                        "in an array",
                        "[{\"title\":\"T\",\"content\":\"C\",\"next_action\":\"continue\"}]",
                        "T|C|CONTINUE|whole"),
                reply("in an object", "{\"step\": {\"title\":\"T\",\"content\":\"C\"}}", "T|C|-|whole"),
                reply(
                        "two objects",
                        "{\"title\":\"T\",\"content\":\"C\"}\n{\"title\":\"U\",\"content\":\"D\",\"next_action\":\"final_answer\"}",
                        "T|C|-|whole"),
                reply("two in an array", "[{\"content\":\"C\"},{\"content\":\"D\"}]", "-|C|-|whole"),
                reply(
                        "a think block first",
                        "<think>Hm, {\"x\": 1}.</think>\n{\"title\":\"T\",\"content\":\"C\"}",
                        "T|Hm, {\"x\": 1}.\n\nC|-|whole"),
                reply("an empty think block", "<think></think>{\"content\":\"C\"}", "-|C|-|whole"),
                reply("only a think block", "<think>Hm, 1 < 2 </th", "-|Hm, 1 < 2 </th|-|malformed"),
                reply("not a think block", "<thin {\"content\":\"C\"}", "-|C|-|whole"),
                reply(
                        "long prose before",
                        LONG + "\n\n```json\n{\"title\":\"T\",\"content\":\"C\"}\n```",
                        "T|" + LONG + "\n\n\n\nC|-|whole"),
                reply(
                        "long prose around",
                        LONG + "\n{\"content\":\"C\"}\n```\nSo that is it.",
                        "-|" + LONG + "\n\n\nC\n\nSo that is it.|-|whole"),
                reply(
                        "code in long prose",
                        LONG + " ```js\nf() {}\n``` {\"content\":\"C\"}",
                        "-|" + LONG + " ```js\nf() {}\n\n\nC|-|whole"),
                // members
                reply(
                        "content before title",
                        "{\"content\":\"C\",\"title\":\"T\",\"next_action\":\"continue\"}",
                        "T|C|CONTINUE|whole"),
                reply("no title", "{\"content\":\"C\",\"next_action\":\"continue\"}", "-|C|CONTINUE|whole"),
                reply("no next action", "{\"title\":\"T\",\"content\":\"C\"}", "T|C|-|whole"),
                reply("no content", "{\"title\":\"T\",\"next_action\":\"continue\"}", "T||CONTINUE|whole"),
                reply("only a next action", "{\"next_action\":\"final_answer\"}", "-||FINAL_ANSWER|malformed"),
                reply("empty strings", "{\"title\":\"\",\"content\":\"\",\"next_action\":\"\"}", "-||-|malformed"),
                reply(
                        "a number",
                        "{\"title\":\"T\",\"content\": 42, \"next_action\":\"continue\"}",
                        "T|42|CONTINUE|whole"),
                reply("a number at the end", "{\"content\":-1.5e3}", "-|-1.5e3|-|whole"),
                reply("a boolean", "{\"title\":\"T\",\"content\":true}", "T|true|-|whole"),
                reply("null content", "{\"title\":\"T\",\"content\":null}", "T||-|whole"),
                reply("only null", "{\"title\":null,\"content\":null}", "-||-|malformed"),
                reply(
                        "a list",
                        "{\"content\":[\"a\", {\"b\": \"]}\\\"\"}, 3],\"title\":\"T\"}",
                        "T|[\"a\", {\"b\": \"]}\\\"\"}, 3]|-|whole"),
                reply(
                        "an object",
                        "{\"content\":{\"x\": {\"content\": \"y\"}}}",
                        "-|{\"x\": {\"content\": \"y\"}}|-|whole"),
                reply("a numbered title", "{\"title\":7,\"content\":\"C\"}", "7|C|-|whole"),
                reply(
                        "other keys",
                        "{\"step\":1,\"x\":{\"content\":\"no\"},\"y\":[\"}\"],\"z\":\"a\\\"b\",\"content\":\"C\"}",
                        "-|C|-|whole"),
                reply(
                        "duplicate keys",
                        "{\"title\":\"T\",\"content\":\"C\",\"title\":\"U\",\"content\":\"D\",\"next_action\":\"continue\",\"next_action\":\"final_answer\"}",
                        "T|C\n\nD|FINAL_ANSWER|whole"),
                reply(
                        "keys in other case",
                        "{\"Title\":\"T\",\"CONTENT\":\"C\",\"Next_Action\":\"Final_Answer\"}",
                        "T|C|FINAL_ANSWER|whole"),
                reply(
                        "other spellings of keys",
                        "{\"title\":\"T\",\"content\":\"C\",\"nextAction\":\"final answer\"}",
                        "T|C|FINAL_ANSWER|whole"),
                reply("an unknown action", "{\"content\":\"C\",\"next_action\":\"dance\"}", "-|C|-|whole"),
                reply("a typed action", "{\"content\":\"C\",\"next_action\":true}", "-|C|-|whole"),
                // strings
                reply("raw line breaks", "{\"content\":\"a\nb\tc\u0001d\"}", "-|a\nb\tc\u0001d|-|whole"),
                reply(
                        "latex",
                        "{\"content\":\"\\( x \\) \\frac{1}{2} \\beta \\alpha \\underline{u} \\[y\\]\"}",
                        "-|\\( x \\) \\frac{1}{2} \\beta \\alpha \\underline{u} \\[y\\]|-|whole"),
                reply(
                        "escaped latex",
                        "{\"content\":\"\\\\( \\\\frac{1}{2} \\\\)\"}",
                        "-|\\( \\frac{1}{2} \\)|-|whole"),
                reply("an apostrophe escaped", "{\"content\":\"it\\'s\"}", "-|it's|-|whole"),
                reply("an invalid unicode escape", "{\"content\":\"\\u12 \\uzzzz\"}", "-|\\u12 \\uzzzz|-|whole"),
                reply("an unpaired high surrogate", "{\"content\":\"a\\ud83d b\\ud83d\"}", "-|a\ufffd b\ufffd|-|whole"),
                reply(
                        "an unpaired low surrogate",
                        "{\"title\":\"\\ude00\",\"content\":\"\\ude00a\"}",
                        "\ufffd|\ufffda|-|whole"),
                reply("swapped surrogates", "{\"content\":\"\\ude00\\ud83d\"}", "-|\ufffd\ufffd|-|whole"),
                reply(
                        "unescaped quotes",
                        "{\"content\":\"he said \"hi\", and \"ho\", \"hu\" too\",\"next_action\":\"continue\"}",
                        "-|he said \"hi\", and \"ho\", \"hu\" too|CONTINUE|whole"),
                reply(
                        "a quoted title",
                        "{\"title\":\"The \"real\" one\",\"content\":\"C\"}",
                        "The \"real\" one|C|-|whole"),
                reply("a quote at the end", "{\"content\":\"he said \"hi\"\"}", "-|he said \"hi\"|-|whole"),
                reply(
                        "no comma",
                        "{\"title\":\"T\"\n\"content\":\"C\" \"next_action\":\"continue\"}",
                        "T|C|CONTINUE|whole"),
                reply("an extra comma", "{\"title\":\"T\",,\"content\":\"C\",}", "T|C|-|whole"),
                reply("a far comma", "{\"content\":\"C\"" + " ".repeat(300) + ", \"title\":\"T\"}", "T|C|-|whole"),
                // truncated
                reply("truncated in the key", "{\"title\":\"T\",\"content\":\"C\",\"next_ac", "T|C|-|malformed"),
                reply("truncated in the content", "{\"title\":\"T\",\"content\":\"C and mo", "T|C and mo|-|malformed"),
                reply("truncated in the title", "{\"title\":\"T and mo", "T and mo||-|malformed"),
                reply("truncated in an escape", "{\"content\":\"C\\u00", "-|C|-|malformed"),
                reply("truncated in a pair", "{\"content\":\"C\\ud83d", "-|C\ufffd|-|malformed"),
                reply("truncated in a number", "{\"content\":12", "-|12|-|malformed"),
                reply("truncated in a list", "{\"content\":[1, 2", "-|[1, 2|-|malformed"),
                reply("truncated before the brace", "{\"title\":\"T\",\"content\":\"C\"", "T|C|-|malformed"),
                reply("truncated in the action", "{\"content\":\"C\",\"next_action\":\"final_ans", "-|C|-|malformed"),
                reply("truncated after the brace", "{", "-|{|-|malformed"),
                reply("truncated before any key", "{\"ti", "-|{\"ti|-|malformed"),
                reply("another object, truncated", "{\"a\": \"b", "-|{\"a\": \"b|-|malformed"),
                // not a step
                reply("nothing", "", "-||-|malformed"),
                reply("only white space", " \n ", "-||-|malformed"),
                reply("short text", "I would say 42.", "-|I would say 42.|-|malformed"),
                reply("long text", LONG, "-|" + LONG + "|-|malformed"),
                reply(
                        "text with latex",
                        "So \\frac{1}{2}, {x}, { and {\n} and",
                        "-|So \\frac{1}{2}, {x}, { and {\n} and|-|malformed"),
                reply(
                        "long text with latex",
                        LONG + " \\frac{1}{2} {\"a\"} { ",
                        "-|" + LONG + " \\frac{1}{2} {\"a\"} { |-|malformed"),
                reply("text in a fence", "```\nI would say 42.\n```", "-|```\nI would say 42.\n```|-|malformed"),
                reply("another object", "{\"answer\": \"42\"}", "-|{\"answer\": \"42\"}|-|malformed"),
                reply("a string", "\"I would say 42.\"", "-|\"I would say 42.\"|-|malformed"),
                reply(
                        "not quite JSON",
                        "Sure! Here is what I think: {title: step 1, \"content\": ",
                        "-|Sure! Here is what I think: {title: step 1, \"content\": |-|malformed"),
                reply("a key without quotes", "{\"title\":\"T\", content: \"C\"}", "T|content: \"C\"}|-|malformed"),
                reply("a key without value", "{\"title\":\"T\",\"content\"}", "T|\"content\"}|-|malformed"),
                reply("many objects", "{\"a\":1}".repeat(40), "-|" + "{\"a\":1}".repeat(40) + "|-|malformed"));
    }
    // spotless:on

    @ParameterizedTest
    @MethodSource("replies")
    void readsEveryKindOfReply(Reply reply) {
        assertThat(outcome(List.of(reply.text))).isEqualTo(reply.outcome);
    }

    @ParameterizedTest
    @MethodSource("replies")
    void readsTheSameHoweverSplit(Reply reply) {
        String text = reply.text;
        for (int i = 0; i <= text.length(); i++) {
            assertThat(outcome(List.of(text.substring(0, i), text.substring(i))))
                    .as("cut at %d", i)
                    .isEqualTo(reply.outcome);
        }
        assertThat(outcome(text.chars().mapToObj(Character::toString).toList()))
                .as("one character at a time")
                .isEqualTo(reply.outcome);
        Random random = new Random(reply.text.hashCode());
        for (int i = 0; i < 50; i++) {
            List<String> pieces = pieces(text, random);
            assertThat(outcome(pieces)).as("%s", pieces).isEqualTo(reply.outcome);
        }
    }

    /** Random combinations of everything that is hard to read: the result must not depend on how the text is split. */
    @Test
    void readsRandomTextTheSameHoweverSplit() {
        String[] fragments = {
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\"",
            ":",
            ",",
            "\\",
            "\n",
            " ",
            "`",
            "```",
            "json",
            "null",
            "12",
            "\"title\":",
            "\"content\":",
            "{\"content\": \"",
            "\"next_action\": \"continue\"",
            "\", \"",
            "\\u",
            "d83d",
            "\ud83d",
            "\ude00",
            "<think>",
            "</think>",
            "<",
            WORDS,
            " ".repeat(255),
            "x".repeat(200),
            "e"
        };
        Random random = new Random(7);
        for (int i = 0; i < 1500; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "{\"title\": \"" : "");
            for (int n = random.nextInt(30); n > 0; n--) {
                text.append(fragments[random.nextInt(fragments.length)]);
            }
            String expected = outcome(List.of(text.toString()));
            assertThat(outcome(pieces(text.toString(), random))).as("%s", text).isEqualTo(expected);
            assertThat(outcome(text.chars().mapToObj(Character::toString).toList()))
                    .as("%s", text)
                    .isEqualTo(expected);
        }
    }

    private static List<String> pieces(String text, Random random) {
        List<String> pieces = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(12));
            pieces.add(text.substring(from, to));
            from = to;
        }
        return pieces;
    }

    private static String outcome(List<String> pieces) {
        Transcript transcript = new Transcript();
        StepReader reader = new StepReader(1, transcript.log());
        pieces.forEach(reader::feed);
        Step step = reader.end();
        assertThat(reader.reply()).isEqualTo(String.join("", pieces));
        assertThat(transcript.titles()).hasSizeLessThan(2);
        return (transcript.titles().isEmpty() ? "-" : transcript.titles().get(0)) + "|" + transcript.step(1) + "|"
                + orDash(step.nextAction()) + "|"
                + (step.malformed() ? "malformed" : "whole");
    }

    private static String orDash(@Nullable Object value) {
        return value == null ? "-" : value.toString();
    }

    @Test
    void showsTitleAndContentImmediately() {
        Transcript transcript = new Transcript();
        StepReader reader = new StepReader(1, transcript.log());
        reader.feed("{\"tit");
        reader.feed("le\": \"What is ");
        reader.feed("given\",");
        reader.feed(" \"content\": \"Two");
        reader.feed(" trains\\n");
        reader.feed("leave\", \"next_action\": \"con");
        reader.feed("tinue\"}");
        assertThat(transcript.events())
                .containsExactly(
                        "step 1", "title 1: What is given", "text 1: Two", "text 1:  trains\n", "text 1: leave");
        reader.end();
        assertThat(transcript.events()).last().isEqualTo("end 1");
    }

    @Test
    void showsLongProseImmediately() {
        Transcript transcript = new Transcript();
        StepReader reader = new StepReader(1, transcript.log());
        reader.feed(LONG.substring(0, 200));
        assertThat(transcript.step(1)).isEmpty();
        reader.feed(LONG.substring(200, 201));
        assertThat(transcript.step(1)).isEqualTo(LONG.substring(0, 201));
        reader.feed(" And ");
        assertThat(transcript.step(1)).isEqualTo(LONG.substring(0, 201) + " And ");
    }

    @Test
    void showsAThinkBlockImmediately() {
        Transcript transcript = new Transcript();
        StepReader reader = new StepReader(1, transcript.log());
        reader.feed("<thi");
        reader.feed("nk>Hm");
        assertThat(transcript.step(1)).isEqualTo("Hm");
    }

    @Test
    void showsSeparateReasoningBeforeTheContent() {
        Transcript transcript = new Transcript();
        StepReader reader = new StepReader(1, transcript.log());
        reader.feedReasoning("Hm, \ud83d");
        reader.feedReasoning("\ude00 so");
        reader.feed("{\"title\": \"T\", \"content\": \"C\"}");
        assertThat(reader.end()).isEqualTo(new Step(null, false));
        assertThat(transcript.titles()).containsExactly("T");
        assertThat(transcript.step(1)).isEqualTo("Hm, \ud83d\ude00 so\n\nC");
        assertThat(reader.reply()).isEqualTo("{\"title\": \"T\", \"content\": \"C\"}");
    }

    @Test
    void readsAReplyUpToTheMaximumLength() {
        Transcript transcript = new Transcript();
        StepReader reader = new StepReader(1, transcript.log());
        reader.feed("{\"content\": \"");
        for (int i = 0; i < 600; i++) {
            reader.feed("x".repeat(1024));
        }
        Step step = reader.end();
        assertThat(step.malformed()).isTrue();
        assertThat(reader.reply()).hasSize(1 << 19);
    }

    /** Texts that would take quadratic time in a naive implementation. */
    @ParameterizedTest
    @MethodSource("hardReplies")
    void takesLinearTime(String start, String repeated) {
        Transcript transcript = new Transcript();
        StepReader reader = new StepReader(1, transcript.log());
        reader.feed(start);
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            for (int i = 0; i < 1 << 18; i++) {
                reader.feed(repeated.substring(i % repeated.length(), i % repeated.length() + 1));
            }
            reader.end();
        });
    }

    static Stream<Arguments> hardReplies() {
        return Stream.of(
                Arguments.of("", "{\"a\":"),
                Arguments.of("", "{ "),
                Arguments.of("", "`"),
                Arguments.of("", " "),
                Arguments.of("<think>", "<"),
                Arguments.of("{\"content\":\"x\"", " "),
                Arguments.of("{\"content\":\"", "\","),
                Arguments.of("{\"content\":\"", "\\"),
                Arguments.of("{\"content\":", "[{"),
                Arguments.of("{\"x\":1,", "\"x\":\"a\","));
    }
}
