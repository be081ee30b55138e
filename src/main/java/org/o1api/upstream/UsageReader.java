package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.Usage;

/** Reads a chunk's {@code usage}. */
final class UsageReader {
    private long input;
    private long cached;
    private long output;
    private long reasoning;
    private long total;

    private UsageReader() {}

    /** Reads the object that the parser has come to. */
    static Usage read(JsonParser json) throws IOException {
        UsageReader reader = new UsageReader();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            reader.field(name, json, json.nextToken());
        }
        return reader.usage();
    }

    /** Two reports on one reply: the later numbers count, but no zero replaces a number. */
    static Usage merge(@Nullable Usage earlier, Usage later) {
        if (earlier == null || earlier.equals(Usage.NONE)) {
            return later;
        }
        long input = known(later.inputTokens(), earlier.inputTokens());
        long output = known(later.outputTokens(), earlier.outputTokens());
        return new Usage(
                input,
                Math.min(known(later.cachedTokens(), earlier.cachedTokens()), input),
                output,
                Math.min(known(later.reasoningTokens(), earlier.reasoningTokens()), output));
    }

    private static long known(long later, long earlier) {
        return later == 0 ? earlier : later;
    }

    private void field(String name, JsonParser json, JsonToken value) throws IOException {
        switch (name) {
            case "prompt_tokens" -> input = count(json, value);
            case "completion_tokens" -> output = count(json, value);
            case "total_tokens" -> total = count(json, value);
            case "prompt_tokens_details" -> cached = Math.max(cached, detail(json, value, "cached_tokens"));
            case "completion_tokens_details" ->
                reasoning = Math.max(reasoning, detail(json, value, "reasoning_tokens"));
            // DeepSeek's and Kimi's words for it; Perplexity's.
            case "prompt_cache_hit_tokens", "cached_tokens" -> cached = Math.max(cached, count(json, value));
            case "reasoning_tokens" -> reasoning = Math.max(reasoning, count(json, value));
            default -> json.skipChildren();
        }
    }

    /**
     * Some providers count reasoning beside {@code completion_tokens}: the total contains it once more then, or there is more
     * of it than of the output. Gemini's OpenAI endpoint shows it in the total only.
     */
    private Usage usage() {
        long rest = total - input - output;
        if (reasoning > 0 && (reasoning > output || rest == reasoning)) {
            output += reasoning;
        } else if (reasoning == 0 && rest > 0 && input > 0) {
            reasoning = rest;
            output += rest;
        }
        return new Usage(input, Math.min(cached, input), output, Math.min(reasoning, output));
    }

    private static long detail(JsonParser json, JsonToken value, String wanted) throws IOException {
        long count = 0;
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return count;
        }
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken field = json.nextToken();
            if (name.equals(wanted)) {
                count = count(json, field);
            } else {
                json.skipChildren();
            }
        }
        return count;
    }

    /** A number of tokens: nonsense counts as none, and no sum of them overflows. */
    private static long count(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.VALUE_NUMBER_INT && value != JsonToken.VALUE_NUMBER_FLOAT) {
            json.skipChildren();
            return 0;
        }
        double number = json.getDoubleValue();
        return number >= 0 && number <= 1e12 ? (long) number : 0;
    }
}
