package org.o1api.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * JSON in canonical form: sorted keys, because their order differs between clients, and no white space. Numbers keep all their
 * digits, because numbers that are equal as doubles may differ.
 */
public final class CanonicalJson {
    private static final ObjectMapper MAPPER = new ObjectMapper(
                    Json.factory(JsonLimits.ofDepth(Json.MAX_DEPTH).constraints(), false))
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private static final ObjectWriter WRITER = MAPPER.writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED);

    private CanonicalJson() {}

    /**
     * Parses a text for comparisons.
     *
     * @throws JsonProcessingException if the text is not JSON or is nested deeper than {@link Json#MAX_DEPTH}
     */
    public static JsonNode tree(String text) throws JsonProcessingException {
        return MAPPER.readTree(text);
    }

    /** Returns a text in canonical form; unchanged if it is not JSON, or is nested too deeply. */
    public static String of(String text) {
        try {
            JsonNode tree = tree(text);
            return tree.isMissingNode() ? text : WRITER.writeValueAsString(tree);
        } catch (JacksonException e) {
            return text;
        }
    }

    /** Returns an object or array in canonical form; null if the text is neither, or is nested too deeply. */
    public static @Nullable String ofContainer(String text) {
        if (!text.startsWith("{") && !text.startsWith("[")) {
            return null;
        }
        try {
            JsonNode tree = tree(text);
            return tree.isContainerNode() ? WRITER.writeValueAsString(tree) : null;
        } catch (JacksonException e) {
            return null;
        }
    }

    public static String of(JsonNode tree) {
        try {
            return WRITER.writeValueAsString(tree);
        } catch (JacksonException e) {
            throw new UncheckedIOException("could not write a JSON tree", e);
        }
    }
}
