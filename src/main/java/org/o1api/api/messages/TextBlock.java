package org.o1api.api.messages;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.function.Consumer;
import org.o1api.api.GrowingText;
import org.o1api.json.Json;

/** A text of the answer. */
final class TextBlock extends Block {
    private final GrowingText text = new GrowingText();

    void append(String piece) {
        text.append(piece);
    }

    @Override
    void takeDeltas(Consumer<Json.ValueWriter> deltas) {
        if (text.hasUnsent()) {
            String piece = text.takeUnsent();
            deltas.accept(json -> {
                json.writeStringField("type", "text_delta");
                json.writeStringField("text", piece);
            });
        }
    }

    @Override
    void writeStart(JsonGenerator json) throws IOException {
        write(json, "");
    }

    @Override
    void write(JsonGenerator json) throws IOException {
        write(json, text.toString());
    }

    private static void write(JsonGenerator json, String content) throws IOException {
        json.writeStringField("type", "text");
        json.writeStringField("text", content);
        json.writeNullField("citations");
    }
}
