package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Usage;

final class UsageReader {
    private long input;
    private long cached;
    private long cacheWrite;
    private long output;
    private long reasoning;
    private long total;

    private UsageReader() {}

    /** Reads the parser's current object. */
    static Usage read(JsonParser json) throws IOException {
        UsageReader reader = new UsageReader();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            reader.readField(name, json, json.nextToken());
        }
        return reader.toUsage();
    }

    /** Merges two reports on one reply: later numbers win, except that zero does not replace a number. */
    static Usage merge(@Nullable Usage earlier, Usage later) {
        if (earlier == null || earlier.equals(Usage.NONE)) {
            return later;
        }
        long input = nonZero(later.inputTokens(), earlier.inputTokens());
        long output = nonZero(later.outputTokens(), earlier.outputTokens());
        return limited(
                input,
                nonZero(later.cachedTokens(), earlier.cachedTokens()),
                nonZero(later.cacheWriteTokens(), earlier.cacheWriteTokens()),
                output,
                nonZero(later.reasoningTokens(), earlier.reasoningTokens()));
    }

    /** A usage whose parts are limited to their totals. */
    private static Usage limited(long input, long cached, long cacheWrite, long output, long reasoning) {
        long read = Math.min(cached, input);
        return new Usage(input, read, Math.min(cacheWrite, input - read), output, Math.min(reasoning, output));
    }

    private static long nonZero(long later, long earlier) {
        return later == 0 ? earlier : later;
    }

    private void readField(String name, JsonParser json, JsonToken value) throws IOException {
        switch (name) {
            case "prompt_tokens" -> input = tokenCount(json, value);
            case "completion_tokens" -> output = tokenCount(json, value);
            case "total_tokens" -> total = tokenCount(json, value);
            case "prompt_tokens_details", "completion_tokens_details" -> readDetails(json, value);
            default -> readPart(name, json, value);
        }
    }

    /** Reads a part of the prompt or output tokens. Some providers report it in the details, some next to them, some in both. */
    private void readPart(String name, JsonParser json, JsonToken value) throws IOException {
        switch (name) {
            // OpenAI's name and Kimi's; DeepSeek's; Anthropic's, which LiteLLM passes on.
            case "cached_tokens", "prompt_cache_hit_tokens", "cache_read_input_tokens" ->
                cached = Math.max(cached, tokenCount(json, value));
            // OpenAI's name and OpenRouter's; Anthropic's, and Qwen's in the details; LiteLLM's.
            case "cache_write_tokens", "cache_creation_input_tokens", "cache_creation_tokens" ->
                cacheWrite = Math.max(cacheWrite, tokenCount(json, value));
            case "reasoning_tokens" -> reasoning = Math.max(reasoning, tokenCount(json, value));
            default -> json.skipChildren();
        }
    }

    /**
     * Normalizes the counts. Some providers do not include reasoning in {@code completion_tokens}: then the total includes it
     * additionally, or it exceeds the output. Gemini's OpenAI endpoint includes it only in the total. Others, which count like
     * Anthropic, include cache tokens in the total but not in {@code prompt_tokens}: then they exceed the prompt.
     */
    private Usage toUsage() {
        long rest = total - input - output;
        long cache = cached + cacheWrite;
        if (cache > input && rest > 0) {
            input += rest >= cache ? cache : 0;
            rest -= cache;
        }
        if (reasoning > 0 && (reasoning > output || rest == reasoning)) {
            output += reasoning;
        } else if (reasoning == 0 && rest > 0 && input > 0) {
            reasoning = rest;
            output += rest;
        }
        return limited(input, cached, cacheWrite, output, reasoning);
    }

    private void readDetails(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            readPart(name, json, json.nextToken());
        }
    }

    /** A number of tokens; invalid values count as 0, and the limit prevents overflow of sums. */
    private static long tokenCount(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.VALUE_NUMBER_INT && value != JsonToken.VALUE_NUMBER_FLOAT) {
            json.skipChildren();
            return 0;
        }
        double number = json.getDoubleValue();
        return number >= 0 && number <= 1e12 ? (long) number : 0;
    }
}
