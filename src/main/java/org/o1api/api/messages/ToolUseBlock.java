package org.o1api.api.messages;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.o1api.api.GrowingText;
import org.o1api.json.Json;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.ToolCall;

/** A call of a tool. Its input is an object. */
final class ToolUseBlock extends Block {
    private final String id;
    private final String name;
    private final GrowingText arguments = new GrowingText();
    private final Map<String, RawJson> additions = new LinkedHashMap<>(0);

    ToolUseBlock(String id, String name) {
        this.id = id;
        this.name = name;
    }

    void append(Delta.ToolCall piece) {
        arguments.append(piece.arguments());
        additions.putAll(ToolCall.providerFields(piece.fields()));
    }

    /** Pieces of calls may alternate: only complete arguments end a call before the message ends. */
    @Override
    boolean isComplete() {
        return hasEnded() || (isFollowed() && arguments.isObjectOrArray());
    }

    /** Until the first argument the call may be one that is cut and left out. */
    @Override
    boolean canStart() {
        return !arguments.isEmpty() || (isComplete() && isIncluded());
    }

    /**
     * Whether the call has its arguments. A tool without parameters may have none, unless the model was stopped: it may have begun all
     * calls before their arguments.
     */
    @Override
    boolean isIncluded() {
        return arguments.isEmpty() ? !isCut() : isObject();
    }

    @Override
    void check() {
        if (!isIncluded() && !isCut()) {
            throw new InvalidCallException();
        }
    }

    private boolean isObject() {
        return arguments.isObjectOrArray()
                && arguments.toString().stripLeading().startsWith("{");
    }

    @Override
    void takeDeltas(Consumer<Json.ValueWriter> deltas) {
        if (arguments.hasUnsent()) {
            String piece = arguments.takeUnsent();
            deltas.accept(json -> {
                json.writeStringField("type", "input_json_delta");
                json.writeStringField("partial_json", piece);
            });
        }
    }

    @Override
    void writeStart(JsonGenerator json) throws IOException {
        write(json, "{}");
    }

    @Override
    void write(JsonGenerator json) throws IOException {
        write(json, arguments.isEmpty() ? "{}" : arguments.toString());
    }

    private void write(JsonGenerator json, String input) throws IOException {
        json.writeStringField("type", "tool_use");
        json.writeStringField("id", id);
        json.writeStringField("name", name);
        json.writeFieldName("input");
        Json.writeRaw(json, new RawJson(input));
        for (Map.Entry<String, RawJson> addition : additions.entrySet()) {
            json.writeFieldName(addition.getKey());
            Json.writeRaw(json, addition.getValue());
        }
    }
}
