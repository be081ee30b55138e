package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.o1api.model.ReasoningFormat;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.InOneContainer;
import org.o1api.testing.Script;

/** Random text from the upstream, split at random, reaches the client unchanged: in every reasoning format, streamed and as JSON. */
@InOneContainer
class ArbitraryTextIT {
    private static final int CASES = 30;

    /** Text that is known to break SSE writers, JSON parsers, tag parsers or HTML. */
    private static final List<String> TRICKY_TEXTS = List.of(
            "\"",
            "\\",
            "\\\\",
            "\n",
            "\n\n",
            "\r",
            "\r\n",
            "\t",
            "\b",
            "\f",
            "\u0000",
            "\u0001",
            "\u001b",
            "\u001f",
            "\u007f",
            "\u0085",
            "\u2028",
            "\u2029",
            "\ufeff",
            "\ufffd",
            "\uffff",
            "😀",
            "👩‍👩‍👧",
            "\ud83d",
            "\ude00",
            "é",
            "漢字",
            "<think>",
            "</think>",
            "<b>&amp;</b>",
            "<br>",
            "</details>",
            "&lt;",
            "data: [DONE]\n\n",
            "event: error\n",
            ": ping\n",
            "{",
            "}",
            "\"}",
            "\", \"next_action\": \"final_answer\"",
            "```",
            "\\frac{1}{2}",
            "\\u0041",
            "\\n",
            "## Step 2",
            "### Final Answer\n",
            "null",
            " ");

    /** One case: the reasoning and the answer of the model, and how they are split. */
    private record Sample(long seed, String stepText, String answer) {
        static Sample of(long seed) {
            Random random = new Random(seed);
            // In an answer, a closing tag without an opening one ends the reasoning.
            return new Sample(seed, text(random) + ".", text(random).replace("</think>", "</ think>") + ".");
        }

        private static String text(Random random) {
            StringBuilder text = new StringBuilder("A");
            for (int length = random.nextInt(12); length > 0; length--) {
                text.append(
                        random.nextInt(3) == 0
                                ? random.nextInt(1000)
                                : TRICKY_TEXTS.get(random.nextInt(TRICKY_TEXTS.size())));
            }
            return text.toString();
        }

        Script[] scripts() {
            Random random = new Random(seed);
            String step = "{\"title\": \"T\", \"content\": \"" + jsonEscaped(stepText, random)
                    + "\", \"next_action\": \"final_answer\"}";
            return new Script[] {splitAtRandom(step, random.nextLong()), splitAtRandom(answer, random.nextLong())};
        }
    }

    /** The text escaped for a JSON string; optional escapes are used at random. */
    private static String jsonEscaped(String text, Random random) {
        StringBuilder json = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c == '\n' && random.nextBoolean()) {
                json.append("\\n");
            } else if (c < ' ' || Character.isSurrogate(c) || random.nextInt(8) == 0) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.toString();
    }

    /** Streams the text, split at random into deltas; the bytes of the events are split at random into writes. */
    private static Script splitAtRandom(String text, long seed) {
        return exchange -> {
            Random random = new Random(seed);
            StringBuilder events = new StringBuilder();
            int from = 0;
            while (from < text.length()) {
                int to = Math.min(text.length(), from + 1 + random.nextInt(random.nextBoolean() ? 3 : 40));
                events.append("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"")
                        .append(jsonEscaped(text.substring(from, to), random))
                        .append("\"},\"finish_reason\":null}]}\n\n");
                from = to;
            }
            byte[] bytes = events.toString().getBytes(StandardCharsets.UTF_8);
            int[] cuts =
                    random.ints(random.nextInt(8), 0, bytes.length).sorted().toArray();
            exchange.stream();
            int begin = 0;
            for (int cut : cuts) {
                if (cut > begin) {
                    exchange.body(Arrays.copyOfRange(bytes, begin, cut));
                    begin = cut;
                }
            }
            exchange.body(Arrays.copyOfRange(bytes, begin, bytes.length));
            exchange.finish("stop").usage(10, 5).done();
        };
    }

    /** The text with U+FFFD for unpaired surrogates, which UTF-8 cannot encode. */
    private static String replaceUnpairedSurrogates(String text) {
        return text.codePoints()
                .map(c -> c <= Character.MAX_VALUE && Character.isSurrogate((char) c) ? '\ufffd' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** The text of a reply, by field. */
    private record Output(String reasoningContent, String reasoning, String content) {
        static Output of(List<Event> events) {
            return new Output(
                    ChatClient.reasoning(events),
                    events.stream().map(event -> event.text("reasoning")).collect(Collectors.joining()),
                    ChatClient.content(events));
        }

        static Output of(JsonNode message) {
            return new Output(
                    message.path("reasoning_content").asText(),
                    message.path("reasoning").asText(),
                    message.path("content").asText());
        }
    }

    private static void assertUnchanged(Output output, ReasoningFormat format, Sample sample) {
        String stepText = "## Step 1: T\n" + replaceUnpairedSurrogates(sample.stepText);
        String answer = replaceUnpairedSurrogates(sample.answer);
        String conclusion = "\n\n### Final Answer\n" + answer + "\n\n**Total thinking time: ";
        String at = format + ", seed " + sample.seed;
        switch (format) {
            case REASONING_CONTENT -> assertThat(output).as(at).isEqualTo(new Output(stepText, "", answer));
            case REASONING -> assertThat(output).as(at).isEqualTo(new Output("", stepText, answer));
            case BOTH -> assertThat(output).as(at).isEqualTo(new Output(stepText, stepText, answer));
            case NONE -> assertThat(output).as(at).isEqualTo(new Output("", "", answer));
            case THINK -> {
                String block = "<think>" + stepText.replace("</think>", "<\\/think>") + "</think>";
                assertThat(output).as(at).isEqualTo(new Output("", "", block + answer));
            }
            case MARKDOWN -> assertThat(output.content).as(at).startsWith("\n\n" + stepText + conclusion);
            case DETAILS -> {
                String head = "<details open>\n<summary>Step 1: T</summary>\n";
                String tail = "\n</details>" + conclusion;
                assertThat(output.content).as(at).startsWith(head).contains(tail);
                assertThat(htmlToText(output.content.substring(head.length(), output.content.indexOf(tail))))
                        .as(at)
                        .isEqualTo(replaceUnpairedSurrogates(sample.stepText)
                                .replace("\r\n", "\n")
                                .replace('\r', '\n'));
            }
        }
    }

    /** The text of an HTML fragment. */
    private static String htmlToText(String html) {
        assertThat(html).doesNotContain("\n", "\r", "</");
        return html.replace("<br>", "\n")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&");
    }

    @InContainers
    void isDeliveredUnchanged(GatewayFixture fixture) {
        for (long seed = 1; seed <= CASES; seed++) {
            Sample sample = Sample.of(seed);
            for (ReasoningFormat format : ReasoningFormat.values()) {
                String[] fields = {
                    "\"reasoning_effort\": \"minimal\"", "\"reasoning_format\": \"" + format.wireName() + "\""
                };
                fixture.script(sample.scripts());
                try (ChatClient.Stream stream = fixture.client().streamQuestion("?", fields)) {
                    List<Event> events = stream.remainingEvents();
                    assertThat(events)
                            .allMatch(event ->
                                    event.data().chars().noneMatch(c -> c == 0x85 || c == 0x2028 || c == 0x2029));
                    assertUnchanged(Output.of(events), format, sample);
                }
                fixture.script(sample.scripts());
                assertUnchanged(
                        Output.of(fixture.client()
                                .postQuestion("?", fields)
                                .json()
                                .at("/choices/0/message")),
                        format,
                        sample);
            }
        }
    }
}
