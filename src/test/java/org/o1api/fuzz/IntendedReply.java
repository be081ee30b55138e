package org.o1api.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.StepScripts;

/**
 * A reply before mutation, in one of the dialects of providers.
 *
 * @param isAnswer whether it is a complete answer
 * @param blocks the body: events with the empty line that ends them, or one JSON text
 */
record IntendedReply(int status, String contentType, List<String> headers, List<String> blocks, boolean isAnswer) {
    private static final List<String> WORDS = List.of(
            "It",
            " is",
            " so",
            ".",
            " 42",
            "\n\n",
            " naïve",
            " 漢字",
            " 😀",
            " \"quoted\"",
            " back\\slash",
            " a",
            " {b}",
            " [c]",
            " data: x",
            " <b>",
            "\t",
            "e\u0301",
            " \u2028",
            " end");

    /** The properties of a call that determine the reply. */
    record CallTraits(boolean step, boolean json, boolean tools, String tag) {}

    private enum Dialect {
        OPENAI,
        DEEPSEEK,
        OPENROUTER,
        AZURE,
        PARTS,
        COMPACT,
        WHOLE,
        THINK,
        CUMULATIVE
    }

    /**
     * Generates a reply.
     *
     * @param mayFail whether it may be an error status
     */
    static IntendedReply of(CallTraits traits, boolean mayFail, SplittableRandom random) {
        if (mayFail && random.nextInt(14) == 0) {
            return refusal(random);
        }
        return new Writer(traits, random).reply();
    }

    /** An error status. */
    private static IntendedReply refusal(SplittableRandom random) {
        int status = pick(random, 400, 400, 401, 404, 413, 422, 429, 429, 500, 502, 503, 504, 529, 302);
        List<String> headers = new ArrayList<>();
        if (random.nextBoolean()) {
            headers.add("Retry-After: "
                    + pick(random, "0", "1", "100", "999999999", "-1", "soon", "1.5", "Mon, 30 Nov 2026 00:00:00 GMT"));
        }
        String body = pick(
                random,
                "{\"error\":{\"message\":\"no\",\"type\":\"invalid_request_error\",\"param\":\"temperature\",\"code\":\"unsupported_parameter\"}}",
                "{\"error\":{\"message\":\"response_format is not supported\",\"param\":\"response_format\"}}",
                "{\"error\":{\"message\":\"too long\",\"code\":\"context_length_exceeded\"}}",
                "{\"error\":\"no\"}",
                "[{\"error\":{\"code\":429,\"message\":\"Quota\",\"details\":[{\"retryDelay\":\"40s\"}]}}]",
                "{\"detail\":[{\"loc\":[\"body\",\"tools\"],\"msg\":\"bad\"}]}",
                "<html>Sorry</html>",
                "");
        return new IntendedReply(status, "application/json", headers, List.of(body), false);
    }

    @SafeVarargs
    private static <T> T pick(SplittableRandom random, T... all) {
        return all[random.nextInt(all.length)];
    }

    /** Random words that contain the tag of the request, by which an answer is recognized. */
    private static String words(SplittableRandom random, String tag) {
        StringBuilder text = new StringBuilder("So");
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(WORDS.get(random.nextInt(WORDS.size())));
        }
        return text.append(" ans-").append(tag).append(" fin").toString();
    }

    /** Generates one reply. */
    private static final class Writer {
        private final CallTraits traits;
        private final SplittableRandom random;
        private final Dialect dialect;
        private final List<String> blocks = new ArrayList<>();
        private final String line;
        private final String data;

        Writer(CallTraits traits, SplittableRandom random) {
            this.traits = traits;
            this.random = random;
            dialect = pick(random, Dialect.values());
            line = random.nextInt(6) == 0 ? "\r\n" : "\n";
            data = random.nextInt(6) == 0 ? "data:" : "data: ";
        }

        IntendedReply reply() {
            boolean calls = traits.tools && !traits.step && random.nextBoolean();
            if (dialect == Dialect.WHOLE) {
                return jsonReply(calls);
            }
            start();
            String reason;
            if (calls) {
                toolCalls();
                reason = pick(random, "tool_calls", "tool_calls", "stop", "function_call", "tool_use");
            } else {
                texts(text());
                reason = pick(random, "stop", "stop", "stop", "STOP", "eos", "end_turn", "length", "content_filter");
            }
            end(reason);
            return new IntendedReply(200, "text/event-stream", List.of(), blocks, true);
        }

        private String text() {
            String words = words(random, traits.tag);
            if (traits.step) {
                String next = random.nextInt(3) == 0 ? "continue" : "final_answer";
                return StepScripts.step("Title", words, next);
            }
            return traits.json ? "{\"answer\": " + FakeExchange.quoted(words) + ", \"n\": [1, 2]}" : words;
        }

        private IntendedReply jsonReply(boolean calls) {
            String message = calls
                    ? "\"content\":null,\"tool_calls\":[{\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":\"{\\\"city\\\":\\\"Rome\\\"}\"}}]"
                    : "\"reasoning_content\":\"Hm.\",\"content\":" + FakeExchange.quoted(text());
            blocks.add(
                    "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                            + message + "},\"finish_reason\":\"" + (calls ? "tool_calls" : "stop")
                            + "\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":5,\"total_tokens\":14}}");
            return new IntendedReply(200, "application/json", List.of(), blocks, true);
        }

        private void start() {
            switch (dialect) {
                case AZURE -> event("{\"choices\":[],\"prompt_filter_results\":[{\"prompt_index\":0}]}");
                case OPENROUTER -> blocks.add(": OPENROUTER PROCESSING" + line + line);
                default -> {}
            }
            delta("{\"role\":\"assistant\",\"content\":\"\"}", null);
            if (random.nextInt(3) == 0) {
                switch (dialect) {
                    case DEEPSEEK -> delta("{\"content\":null,\"reasoning_content\":\"Let me see.\"}", null);
                    case OPENROUTER ->
                        delta(
                                "{\"content\":\"\",\"reasoning\":\"Let me see.\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"Let me see.\"}]}",
                                null);
                    case PARTS ->
                        delta(
                                "{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"Let me see.\"}]}]}",
                                null);
                    case THINK -> {
                        delta("{\"content\":\"<think>\"}", null);
                        delta("{\"content\":\"Let me see.</think>\\n\"}", null);
                    }
                    default -> {}
                }
            }
        }

        private void texts(String text) {
            int sent = 0;
            StringBuilder so = new StringBuilder();
            while (sent < text.length()) {
                int to = Math.min(text.length(), sent + 1 + random.nextInt(16));
                String piece = text.substring(sent, to);
                so.append(piece);
                String content = FakeExchange.quoted(piece);
                sent = to;
                if (dialect == Dialect.PARTS && random.nextBoolean()) {
                    delta("{\"content\":[{\"type\":\"text\",\"text\":" + content + "}]}", null);
                } else if (dialect == Dialect.CUMULATIVE) {
                    delta(
                            "{\"content\":" + content + "}",
                            "\"message\":{\"role\":\"assistant\",\"content\":" + FakeExchange.quoted(so.toString())
                                    + "}");
                } else {
                    delta("{\"content\":" + content + "}", null);
                }
            }
        }

        private void toolCalls() {
            for (int call = 0; call <= random.nextInt(2); call++) {
                delta(
                        "{\"tool_calls\":[{\"index\":" + call + ",\"id\":\"call_" + call
                                + "\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":\"\"}}]}",
                        null);
                for (String piece : List.of("{\\\"city\\\":", "\\\"Rome " + traits.tag + "\\\"", "}")) {
                    delta(
                            "{\"tool_calls\":[{\"index\":" + call + ",\"function\":{\"arguments\":\"" + piece
                                    + "\"}}]}",
                            null);
                }
            }
        }

        private void end(String reason) {
            String usage = "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":5,\"total_tokens\":14}";
            if (dialect == Dialect.COMPACT) {
                event("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + reason + "\"}]," + usage + "}");
            } else {
                event("{\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}");
                event("{\"id\":\"c\",\"choices\":[]," + usage + "}");
            }
            if (random.nextInt(8) != 0) {
                blocks.add(data + "[DONE]" + line + line);
            }
        }

        private void delta(String json, @Nullable String beside) {
            event(
                    "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":"
                            + json + (beside == null ? "" : "," + beside) + ",\"finish_reason\":null}]}");
        }

        private void event(String json) {
            blocks.add(data + json + line + line);
        }
    }
}
