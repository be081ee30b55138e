package org.o1api.eval;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.o1api.json.Json;
import org.o1api.json.JsonLimits;
import org.o1api.json.JsonParsers;

/** A result as one line of JSON. */
final class TrialJson {
    private static final JsonParsers PARSERS = Json.untrusted(JsonLimits.ofDepth(16));

    private TrialJson() {}

    static byte[] bytes(TrialResult result) {
        return Json.bytes(json -> write(json, result));
    }

    static void write(JsonGenerator json, TrialResult result) throws IOException {
        json.writeStartObject();
        json.writeStringField("preset", result.trial().preset());
        json.writeStringField("question", result.trial().question());
        json.writeNumberField("repetition", result.trial().repetition());
        json.writeBooleanField("correct", result.correct());
        json.writeStringField("answer", result.answer());
        json.writeStringField("said", result.said());
        json.writeStringField("failure", result.failure());
        json.writeStringField("ended_by", result.endedBy());
        json.writeNumberField("calls", result.calls());
        json.writeNumberField("samples", result.samples());
        json.writeNumberField("input_tokens", result.inputTokens());
        json.writeNumberField("output_tokens", result.outputTokens());
        json.writeFieldName("cost");
        if (result.cost() == null) {
            json.writeNull();
        } else {
            json.writeNumber(result.cost());
        }
        json.writeNumberField("seconds", result.seconds());
        json.writeEndObject();
    }

    /** Reads a line; empty if it is not a complete result. */
    static Optional<TrialResult> read(String line) {
        JsonNode tree;
        try {
            tree = PARSERS.tree(line);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
        if (!tree.path("preset").isTextual() || !tree.path("question").isTextual() || !tree.has("seconds")) {
            return Optional.empty();
        }
        return Optional.of(new TrialResult(
                new Trial.Key(
                        tree.path("preset").textValue(),
                        tree.path("question").textValue(),
                        tree.path("repetition").intValue()),
                tree.path("correct").booleanValue(),
                tree.path("answer").asText(),
                string(tree, "said"),
                string(tree, "failure"),
                string(tree, "ended_by"),
                tree.path("calls").intValue(),
                tree.path("samples").intValue(),
                tree.path("input_tokens").longValue(),
                tree.path("output_tokens").longValue(),
                tree.path("cost").isNumber() ? new BigDecimal(tree.path("cost").asText()) : null,
                tree.path("seconds").doubleValue()));
    }

    private static @Nullable String string(JsonNode tree, String field) {
        return tree.path(field).textValue();
    }
}
