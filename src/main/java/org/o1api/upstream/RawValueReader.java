package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.o1api.model.RawJson;

/** Values of the current chunk as they are written there, byte for byte. */
final class RawValueReader {
    private byte[] bytes = {};
    private int offset;

    /** The chunk that the next values are read from begins there. */
    void startAt(byte[] chunk, int start) {
        bytes = chunk;
        offset = start;
    }

    /** Reads the value that the parser has come to. */
    RawJson read(JsonParser json) throws IOException {
        int start = tokenStart(json);
        json.skipChildren();
        json.finishToken();
        return sliceFrom(start, json);
    }

    /** Where the parser's current token begins, counted from the chunk's first byte. */
    static int tokenStart(JsonParser json) {
        return (int) json.currentTokenLocation().getByteOffset();
    }

    /** What lies between such a place and the parser's current one. */
    RawJson sliceFrom(int start, JsonParser json) {
        int end = (int) json.currentLocation().getByteOffset();
        return new RawJson(new String(bytes, offset + start, end - start, StandardCharsets.UTF_8));
    }
}
