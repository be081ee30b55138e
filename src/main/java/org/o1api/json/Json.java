package org.o1api.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.o1api.model.RawJson;

/**
 * Reads and writes JSON. Output is always a single line, without any character that some client treats as a line break.
 */
public final class Json {
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .characterEscapes(new LineBreakEscapes())
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            // thread-local buffers do not help virtual threads
            .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
            .build();

    /** For JSON that was validated when it was received: size limits do not apply again. */
    private static final ObjectMapper TRUSTED_MAPPER = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNestingDepth(2000)
                    .build())
            .build());

    private Json() {}

    /** Writes one JSON value. */
    @FunctionalInterface
    public interface ValueWriter {
        void write(JsonGenerator json) throws IOException;
    }

    /** Returns one value as UTF-8. An unpaired surrogate becomes a question mark. */
    public static byte[] bytes(ValueWriter writer) {
        ByteArrayBuilder out = new ByteArrayBuilder(256);
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            writer.write(json);
        } catch (JacksonException e) { // an unpaired surrogate, which some clients send
            return toText(writer).getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return out.toByteArray();
    }

    private static String toText(ValueWriter writer) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            writer.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.toString();
    }

    /** Returns a parser of JSON that was validated before. */
    public static JsonParser parser(byte[] json) {
        try {
            return TRUSTED_MAPPER.createParser(json);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /** Parses a value that was validated before. */
    public static JsonNode tree(RawJson value) {
        try {
            return TRUSTED_MAPPER.readTree(value.text());
        } catch (IOException e) {
            throw new UncheckedIOException("validated JSON", e);
        }
    }

    /** Writes a value unmodified, except for its line breaks. */
    public static void writeRaw(JsonGenerator json, RawJson value) throws IOException {
        json.writeRawValue(onOneLine(value.text()));
    }

    /**
     * Replaces line breaks, which are white space outside of strings, and escapes the characters that are allowed
     * inside strings but that some clients treat as line breaks.
     */
    private static String onOneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n', '\r' -> line.append(' ');
                case '\u0085' -> line.append("\\u0085");
                case '\u2028' -> line.append("\\u2028");
                case '\u2029' -> line.append("\\u2029");
                default -> line.append(c);
            }
        }
        return line.toString();
    }

    /**
     * Escapes the characters that the line readers of some clients (Python's {@code splitlines}) treat as line breaks.
     */
    private static final class LineBreakEscapes extends CharacterEscapes {
        private static final long serialVersionUID = 1;
        private static final int[] ASCII = standardAsciiEscapesForJSON();

        @Override
        public int[] getEscapeCodesForAscii() {
            return ASCII;
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int c) {
            return switch (c) {
                case 0x85 -> new SerializedString("\\u0085");
                case 0x2028 -> new SerializedString("\\u2028");
                case 0x2029 -> new SerializedString("\\u2029");
                default -> null;
            };
        }
    }
}
