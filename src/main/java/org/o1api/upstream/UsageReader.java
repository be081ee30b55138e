package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.o1api.llm.Usage;

/** Reads a chunk's {@code usage}. */
final class UsageReader {
    private UsageReader() {}

    /** Reads the object that the parser has come to. */
    static Usage read(JsonParser json) throws IOException {
        long input = 0;
        long cached = 0;
        long hit = 0;
        long output = 0;
        long thought = 0;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken field = json.nextToken();
            switch (name) {
                case "prompt_tokens" -> input = count(json, field);
                case "completion_tokens" -> output = count(json, field);
                case "prompt_tokens_details" -> cached = detail(json, field, "cached_tokens");
                case "prompt_cache_hit_tokens" -> hit = count(json, field); // DeepSeek's word for it
                case "completion_tokens_details" -> thought = detail(json, field, "reasoning_tokens");
                default -> json.skipChildren();
            }
        }
        return new Usage(input, Math.min(Math.max(cached, hit), input), output, Math.min(thought, output));
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
