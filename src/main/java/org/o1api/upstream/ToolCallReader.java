package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pieces of tool calls that chunks bring, each counted to its call, whatever the provider makes of ids and indexes. */
final class ToolCallReader {
    private record Piece(
            int index, @Nullable String id, @Nullable String name, String arguments) {}

    private static final int NO_INDEX = -1;
    private static final int MAX_INDEX = 1024;

    // Of each call so far: its id, empty where it has none, and the index that the provider gave it.
    private final List<String> ids = new ArrayList<>();
    private final List<Integer> indexes = new ArrayList<>();
    private int last;

    /** What the chunk at hand brings. */
    private final List<Piece> pieces = new ArrayList<>();

    /** Reads the {@code tool_calls} of a chunk. */
    void read(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
            if (item == JsonToken.START_OBJECT) {
                call(json);
            } else {
                json.skipChildren();
            }
        }
    }

    private void call(JsonParser json) throws IOException {
        int index = NO_INDEX;
        String id = null;
        String function = null;
        String arguments = "";
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            if (name.equals("index") && value == JsonToken.VALUE_NUMBER_INT) {
                int number = json.getValueAsInt(NO_INDEX);
                index = number >= 0 && number < MAX_INDEX ? number : NO_INDEX;
            } else if (name.equals("id")) {
                id = nonEmpty(json, value);
            } else if (name.equals("function") && value == JsonToken.START_OBJECT) {
                for (String part = json.nextFieldName(); part != null; part = json.nextFieldName()) {
                    JsonToken content = json.nextToken();
                    if (part.equals("name")) {
                        function = nonEmpty(json, content);
                    } else if (part.equals("arguments")) {
                        arguments = arguments(json, content);
                    } else {
                        json.skipChildren();
                    }
                }
            } else {
                json.skipChildren();
            }
        }
        pieces.add(new Piece(index, id, function, arguments));
    }

    private static @Nullable String nonEmpty(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING && !json.getText().isEmpty()) {
            return json.getText();
        }
        json.skipChildren();
        return null;
    }

    /** The arguments' text; some servers send the object itself. */
    private static String arguments(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            return json.getText();
        }
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return "";
        }
        StringWriter text = new StringWriter();
        try (JsonGenerator copy = ChunkReader.JSON.createGenerator(text)) {
            copy.copyCurrentStructure(json);
        }
        return text.toString();
    }

    /** Whether the chunk at hand has none. */
    boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** Tells what the chunk at hand brings. */
    void tell(ChunkReader.Sink sink) {
        for (int position = 0; position < pieces.size(); position++) {
            Piece piece = pieces.get(position);
            sink.toolCall(indexOf(piece, position), piece.id(), piece.name(), piece.arguments());
        }
    }

    /** The next chunk begins. */
    void forget() {
        pieces.clear();
    }

    /**
     * Which tool call a piece belongs to, counted from 0: the one of its id, else the last one of its index, unless the piece
     * begins another there. Without either it begins one where it has a name.
     */
    private int indexOf(Piece piece, int position) {
        int known = piece.id() == null ? NO_INDEX : ids.indexOf(piece.id());
        if (known < 0 && piece.index() != NO_INDEX) {
            known = indexes.lastIndexOf(piece.index());
            boolean another = known >= 0
                    && piece.id() != null
                    && piece.name() != null
                    && !ids.get(known).isEmpty();
            known = another ? NO_INDEX : known; // some providers give all calls the same index
        } else if (known < 0 && piece.id() == null && piece.name() == null) {
            known = pieces.size() > 1 ? position : last;
        }
        if (known < 0 || known >= ids.size()) {
            known = ids.size();
            ids.add(piece.id() == null ? "" : piece.id()); // no id is empty
            indexes.add(piece.index());
        }
        last = known;
        return known;
    }
}
