package org.o1api.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Creates parsers with the same limits. Created by {@link Json}; may be used by any thread. */
public final class JsonParsers {
    /** Builds trees; the parser brings its own limits. */
    private static final ObjectMapper TREES = new ObjectMapper();

    /** Keeps no names: a sender of many long names could fill the memory. */
    private final JsonFactory ofTexts;

    /** Keeps names, which makes its parsers fast. */
    private final JsonFactory ofChunks;

    JsonParsers(StreamReadConstraints constraints) {
        ofTexts = Json.factory(constraints, false);
        ofChunks = Json.factory(constraints, true);
    }

    /** Creates a parser of a text. */
    public JsonParser of(String text) {
        try {
            return new TextParser(ofTexts.createParser(text), text, 0);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /** Creates a parser of a part of a text, whose locations begin there. */
    JsonParser of(String text, int start, int end) {
        try {
            return new TextParser(ofTexts.createParser(new TextReader(text, start, end)), text, start);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /** Creates a parser of a text in UTF-8. */
    public JsonParser of(byte[] text) {
        try {
            return ofTexts.createParser(text);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /** Creates a parser of a text in UTF-8, a part of an array. Keeps its names, up to 6000: only for texts whose names repeat. */
    public JsonParser of(byte[] bytes, int offset, int length) {
        try {
            return ofChunks.createParser(bytes, offset, length);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /**
     * Parses a text. Content after its first value is ignored.
     *
     * @return a missing node for a text without a value
     * @throws JsonProcessingException if the text is not JSON or exceeds a limit
     */
    public JsonNode tree(String text) throws JsonProcessingException {
        try (JsonParser parser = of(text)) {
            JsonNode tree = TREES.readTree(parser);
            return tree == null ? MissingNode.getInstance() : tree;
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /**
     * Reads the next value of a parser.
     *
     * @return null at the end of the text
     * @throws IOException if the text is not JSON or exceeds a limit
     */
    public @Nullable JsonNode tree(JsonParser parser) throws IOException {
        return TREES.readTree(parser);
    }

    /** Reads a part of a text without copying all of it. */
    private static final class TextReader extends Reader {
        private String text;
        private int next;
        private final int end;

        TextReader(String text, int start, int end) {
            this.text = text;
            this.next = start;
            this.end = end;
        }

        @Override
        public int read(char[] buffer, int offset, int length) {
            int count = Math.min(length, end - next);
            if (count <= 0) {
                return -1;
            }
            text.getChars(next, next + count, buffer, offset);
            next += count;
            return count;
        }

        @Override
        public void close() {
            text = "";
            next = end;
        }
    }
}
