package org.o1api.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.core.util.RecyclerPool;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.o1api.model.RawJson;
import org.o1api.model.SurrogateGuard;

/**
 * Reads and writes JSON. The only class that configures Jackson. Output for clients and providers is a single line, without any character
 * that some client treats as a line break.
 */
public final class Json {
    /**
     * The maximum nesting depth for writing, and for reading what was stored or what clients and models nest in strings; at
     * least the maximum of {@code limits.depth}.
     */
    public static final int MAX_DEPTH = 1000;

    /** Thread-local buffers do not help virtual threads. */
    private static final RecyclerPool<BufferRecycler> BUFFERS = JsonRecyclerPools.sharedConcurrentDequePool();

    private static final JsonFactory ONE_LINE = new JsonFactoryBuilder()
            .characterEscapes(new LineBreakEscapes())
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .recyclerPool(BUFFERS)
            .build();

    private static final JsonFactory PLAIN =
            JsonFactory.builder().recyclerPool(BUFFERS).build();

    private static final JsonParsers TRUSTED = new JsonParsers(StreamReadConstraints.builder()
            .maxStringLength(Integer.MAX_VALUE)
            .maxNumberLength(Integer.MAX_VALUE)
            .maxNameLength(Integer.MAX_VALUE)
            .maxNestingDepth(Integer.MAX_VALUE)
            .build());

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** Limits come from the configuration and from constants, so there are few. */
    private static final Map<JsonLimits, JsonParsers> UNTRUSTED = new ConcurrentHashMap<>();

    private Json() {}

    /** Writes one JSON value. It may be called twice, and must then write the same value again. */
    @FunctionalInterface
    public interface ValueWriter {
        void write(JsonGenerator json) throws IOException;
    }

    /** Returns one value as UTF-8. An unpaired surrogate becomes U+FFFD. */
    public static byte[] bytes(ValueWriter writer) {
        ByteArrayBuilder out = new ByteArrayBuilder(256);
        try (JsonGenerator json = ONE_LINE.createGenerator(out)) {
            writer.write(json);
        } catch (JacksonException e) { // an unpaired surrogate in a raw value; those in strings are escaped
            return SurrogateEscapes.replaceUnpaired(SurrogateGuard.replaceUnpaired(toText(writer)))
                    .getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return SurrogateEscapes.replaceUnpaired(out.toByteArray());
    }

    private static String toText(ValueWriter writer) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = ONE_LINE.createGenerator(text)) {
            writer.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.toString();
    }

    /** Returns the parsers of JSON that was validated before, when it was received: they have no limits. */
    public static JsonParsers trusted() {
        return TRUSTED;
    }

    /** Returns the parsers of JSON that was not validated before. Equal limits have the same parsers. */
    public static JsonParsers untrusted(JsonLimits limits) {
        return UNTRUSTED.computeIfAbsent(limits, some -> new JsonParsers(some.constraints()));
    }

    /**
     * Creates a factory of parsers.
     *
     * @param keepsNames whether names are kept for later texts
     */
    static JsonFactory factory(StreamReadConstraints constraints, boolean keepsNames) {
        return JsonFactory.builder()
                .streamReadConstraints(constraints)
                .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, keepsNames)
                .recyclerPool(BUFFERS)
                .build();
    }

    /** Parses a value that was validated before. */
    public static JsonNode tree(RawJson value) {
        try {
            return TRUSTED.tree(value.text());
        } catch (IOException e) {
            throw new UncheckedIOException("validated JSON", e);
        }
    }

    /**
     * Returns a generator for JSON that no client's line reader gets: line breaks of other alphabets and lone surrogates are
     * written unchanged.
     */
    public static JsonGenerator generator(Writer out) {
        try {
            return PLAIN.createGenerator(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
    }

    /**
     * Escapes the unpaired surrogates in a JSON text, which UTF-8 cannot encode and a database would replace. They occur only
     * inside strings.
     */
    public static String escapeUnpairedSurrogates(String json) {
        int at = SurrogateGuard.indexOfUnpaired(json, 0, json.length());
        if (at < 0) {
            return json;
        }
        StringBuilder escaped = new StringBuilder(json.length() + 1024);
        int copied = 0;
        while (at >= 0) {
            escaped.append(json, copied, at).append("\\u").append(HEX.toHexDigits(json.charAt(at)));
            copied = at + 1;
            at = SurrogateGuard.indexOfUnpaired(json, copied, json.length());
        }
        return escaped.append(json, copied, json.length()).toString();
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
