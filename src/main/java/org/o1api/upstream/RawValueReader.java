package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.o1api.model.RawJson;

/** Reads values of the current chunk verbatim. */
final class RawValueReader {
    private byte[] bytes = {};
    private int offset;

    /** Sets the chunk to read from. */
    void startAt(byte[] chunk, int start) {
        bytes = chunk;
        offset = start;
    }

    /** Reads the parser's current value. */
    RawJson read(JsonParser json) throws IOException {
        int start = tokenStart(json);
        json.skipChildren();
        json.finishToken();
        return sliceFrom(start, json);
    }

    /** The position of the parser's current token, in bytes from the start of the chunk. */
    static int tokenStart(JsonParser json) {
        return (int) json.currentTokenLocation().getByteOffset();
    }

    /** The text between a position and the parser's current position. */
    RawJson sliceFrom(int start, JsonParser json) {
        int end = (int) json.currentLocation().getByteOffset();
        return new RawJson(new String(bytes, offset + start, end - start, StandardCharsets.UTF_8));
    }
}
