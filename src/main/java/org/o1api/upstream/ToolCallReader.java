package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.json.Json;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;

/** Reads the pieces of tool calls in chunks. */
final class ToolCallReader {
    /**
     * A piece of a tool call.
     *
     * @param index the provider's index, or {@link #NO_INDEX}
     * @param id never empty
     * @param name never empty
     * @param fields fields that are not in OpenAI's API
     */
    record Piece(
            int index, @Nullable String id, @Nullable String name, String arguments, Map<String, RawJson> fields) {}

    static final int NO_INDEX = -1;
    private static final int MAX_INDEX = 1024;

    private final RawValueReader raw;
    private final ToolCallMatcher matcher = new ToolCallMatcher();
    private final List<Piece> pieces = new ArrayList<>();

    private int index;
    private @Nullable String id;
    private @Nullable String name;
    private String arguments = "";
    private Map<String, RawJson> fields = Map.of();

    ToolCallReader(RawValueReader raw) {
        this.raw = raw;
    }

    void read(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
            if (item == JsonToken.START_OBJECT) {
                readCall(json);
            } else {
                json.skipChildren();
            }
        }
    }

    private void readCall(JsonParser json) throws IOException {
        index = NO_INDEX;
        id = null;
        name = null;
        arguments = "";
        fields = Map.of();
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            switch (key) {
                case "index" -> index = readIndex(json, value);
                case "id" -> id = nonEmpty(json, value);
                case "type" -> json.skipChildren();
                case "function" -> readFunction(json, value);
                default -> readExtraField(key, json, value);
            }
        }
        pieces.add(new Piece(index, id, name, arguments, fields));
    }

    private void readFunction(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        StringBuilder extraFields = new StringBuilder();
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            int start = RawValueReader.tokenStart(json);
            JsonToken part = json.nextToken();
            switch (key) {
                case "name" -> name = nonEmpty(json, part);
                case "arguments" -> arguments = readArguments(json, part);
                default -> {
                    json.skipChildren();
                    json.finishToken();
                    if (part != JsonToken.VALUE_NULL) {
                        extraFields.append(extraFields.isEmpty() ? '{' : ',').append(raw.sliceFrom(start, json));
                    }
                }
            }
        }
        if (!extraFields.isEmpty()) {
            putField(
                    Delta.ToolCall.FUNCTION, new RawJson(extraFields.append('}').toString()));
        }
    }

    private void readExtraField(String key, JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        putField(key, raw.read(json));
    }

    private void putField(String key, RawJson value) {
        if (fields.isEmpty()) {
            fields = new LinkedHashMap<>();
        }
        fields.put(key, value);
    }

    private static int readIndex(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.VALUE_NUMBER_INT) {
            json.skipChildren();
            return NO_INDEX;
        }
        int number = json.getValueAsInt(NO_INDEX);
        return number >= 0 && number < MAX_INDEX ? number : NO_INDEX;
    }

    private static @Nullable String nonEmpty(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING && !json.getText().isEmpty()) {
            return json.getText();
        }
        json.skipChildren();
        return null;
    }

    /** The text of the arguments; some servers send an object instead of a string. */
    private static String readArguments(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            return json.getText();
        }
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return "";
        }
        StringWriter text = new StringWriter();
        try (JsonGenerator copy = Json.generator(text)) {
            copy.copyCurrentStructure(json);
        }
        return text.toString();
    }

    /** Whether the current chunk contains no pieces. */
    boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** Sends the pieces of the current chunk to the sink. */
    void emitTo(ChunkReader.Sink sink) {
        for (int position = 0; position < pieces.size(); position++) {
            Piece piece = pieces.get(position);
            int call = matcher.match(piece, pieces.size() > 1 ? position : ToolCallMatcher.SINGLE);
            if (call != ToolCallMatcher.DUPLICATE) {
                String callName = piece.name() == null ? matcher.takeInheritedName(call) : piece.name();
                sink.toolCall(new Delta.ToolCall(call, piece.id(), callName, piece.arguments(), piece.fields()));
            }
        }
    }

    /** Discards the pieces of the current chunk. */
    void reset() {
        pieces.clear();
    }
}
