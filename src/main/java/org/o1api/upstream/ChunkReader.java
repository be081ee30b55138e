package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.o1api.json.Json;
import org.o1api.json.JsonLimits;
import org.o1api.json.JsonParsers;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.Usage;

/**
 * Reads the chunks of one chat completion; a completion that is not streamed is read as a single chunk. A chunk that differs from
 * the previous one only in its text is read by {@link ChunkTemplate} without a JSON parser.
 */
final class ChunkReader {
    /** Receives the content of chunks. Texts are never empty. */
    interface Sink {
        void text(String text);

        void reasoning(String text);

        void refusal(String text);

        void image(RawJson json);

        /** A piece of a tool call. The id and the name may be in any piece, in several pieces, or missing. */
        void toolCall(Delta.ToolCall piece);

        /** The model is generating, but nothing that can be shown. */
        void activity();

        void usage(Usage usage);

        /** Overrides an earlier reason. */
        void finish(ProviderFinishReason reason);

        /** The provider reports an error. */
        void error(ProviderErrorBody error);
    }

    static final JsonParsers JSON = Json.untrusted(JsonLimits.ofDepth(200));

    private static final int NO_INDEX = -1;

    private final Sink sink;
    private final ChunkTemplate template = new ChunkTemplate();
    private final RawValueReader raw = new RawValueReader();
    private final ChoiceReader choice = new ChoiceReader(raw);
    private final ErrorDetector errorDetector = new ErrorDetector();
    private boolean endsWithUnknownObject;
    /** The index of the choice to read. */
    private int choiceIndex = NO_INDEX;

    // What the current chunk contains besides its choice.
    private @Nullable ProviderFinishReason finish;
    private @Nullable String stopSequence;
    private @Nullable Usage usage;

    ChunkReader(Sink sink) {
        this.sink = sink;
    }

    /**
     * Reads a chunk.
     *
     * @throws IOException if it is not a JSON object
     */
    void read(byte[] bytes, int offset, int length) throws IOException {
        String templateText = template.textOf(bytes, offset, length);
        if (templateText == null) {
            parse(bytes, offset, length);
        } else if (templateText.isEmpty()) {
            // An empty text is ignored, as the parser does.
        } else {
            endsWithUnknownObject = false;
            if (template.isReasoning()) {
                sink.reasoning(templateText);
            } else {
                sink.text(templateText);
            }
        }
    }

    private void parse(byte[] bytes, int offset, int length) throws IOException {
        reset();
        raw.startAt(bytes, offset);
        boolean isChunk = false;
        try (JsonParser json = JSON.of(bytes, offset, length)) {
            JsonToken first = json.nextToken();
            if (first == JsonToken.START_ARRAY) {
                readList(json, bytes, offset, length);
                return;
            }
            if (first != JsonToken.START_OBJECT) {
                throw new IOException("a chunk that is not a JSON object");
            }
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                JsonToken value = json.nextToken();
                isChunk |= (name.equals("choices") && value == JsonToken.START_ARRAY)
                        || (name.equals("usage") && value == JsonToken.START_OBJECT);
                readField(name, json, value);
            }
            throwIfMore(json);
        }
        ProviderErrorBody error = errorDetector.detectedError(isChunk, bytes, offset, length);
        updateTemplate(bytes, offset, length, error != null);
        if (choice.hasContent()) {
            endsWithUnknownObject = false;
        } else if (!isChunk && !errorDetector.isPing()) {
            endsWithUnknownObject = true;
        }
        emit(error);
    }

    private static void throwIfMore(JsonParser json) throws IOException {
        if (json.nextToken() != null) {
            throw new IOException("more than one JSON value in a chunk");
        }
    }

    /** Reads a list: Gemini reports errors as one. Other lists are invalid. */
    private void readList(JsonParser json, byte[] bytes, int offset, int length) throws IOException {
        boolean isError = false;
        if (json.nextToken() == JsonToken.START_OBJECT) {
            String name = json.nextFieldName();
            while (name != null) {
                isError |= json.nextToken() != JsonToken.VALUE_NULL && name.equals("error");
                json.skipChildren();
                name = json.nextFieldName();
            }
        }
        if (!isError) {
            throw new IOException("a chunk that is not a JSON object");
        }
        sink.error(ProviderErrorBody.of(bytes, offset, length));
    }

    private void updateTemplate(byte[] bytes, int offset, int length, boolean failed) {
        if (choice.isSingleText() && finish == null && usage == null && !failed) {
            choice.updateTemplate(template, bytes, offset, length);
        } else {
            template.clear();
        }
    }

    /**
     * Whether an object that is not a chunk came after the last text. Without a finish reason it may report a failure in an unknown
     * format.
     */
    boolean endsWithUnknownObject() {
        return endsWithUnknownObject;
    }

    /** Reads the data of an event named {@code error}, in any format. */
    void readErrorEvent(byte[] bytes, int offset, int length) {
        sink.error(ErrorDetector.ofErrorEvent(bytes, offset, length));
    }

    private void reset() {
        choice.reset();
        errorDetector.reset();
        finish = null;
        stopSequence = null;
        usage = null;
    }

    private void emit(@Nullable ProviderErrorBody error) {
        choice.emitTo(sink);
        if (usage != null) {
            sink.usage(usage);
        }
        if (error != null) {
            sink.error(error); // takes precedence over a finish reason in the same chunk
        }
        if (finish != null) {
            sink.finish(finish.at(stopSequence));
        }
    }

    private void readField(String name, JsonParser json, JsonToken value) throws IOException {
        switch (name) {
            case "choices" -> readChoices(json, value);
            case "usage" -> readUsage(json, value);
            case "error" -> errorDetector.readErrorField(json, value);
            case "base_resp" -> errorDetector.readBaseResponse(json, value);
            case "x_groq" -> readGroq(json, value);
            default -> errorDetector.readTopLevelField(name, json, value);
        }
    }

    private void readChoices(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        boolean first = true;
        for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
            if (first && item == JsonToken.START_OBJECT) {
                readChoice(json);
            } else {
                json.skipChildren();
            }
            first = false;
        }
    }

    /**
     * Reads a choice. Only one is requested, so the index of the first one that arrives is used, and choices with another index are
     * skipped.
     */
    private void readChoice(JsonParser json) throws IOException {
        ProviderFinishReason finishBefore = finish;
        boolean hasDelta = false;
        boolean skipped = false;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            switch (name) {
                case "index" -> skipped = hasOtherIndex(json, value);
                case "delta" -> hasDelta |= choice.readDelta(json, value);
                case "message" -> choice.readMessage(json, value, hasDelta);
                case "usage" -> readUsage(json, value);
                case "error" -> errorDetector.readErrorField(json, value);
                case "finish_reason" -> readFinishReason(json, value);
                case "stop_reason", "matched_stop" -> readStopSequence(json, value);
                default -> json.skipChildren();
            }
        }
        if (skipped) {
            choice.reset();
            finish = finishBefore;
            stopSequence = null;
        }
    }

    private boolean hasOtherIndex(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.VALUE_NUMBER_INT) {
            json.skipChildren();
            return false;
        }
        int index = json.getValueAsInt(NO_INDEX);
        choiceIndex = choiceIndex == NO_INDEX ? index : choiceIndex;
        return index != choiceIndex;
    }

    private void readFinishReason(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING && !json.getText().isBlank()) {
            finish = ProviderFinishReason.of(json.getText());
        }
        json.skipChildren();
    }

    /** In {@code stop_reason} of vLLM, {@code matched_stop} of SGLang. Their other values are IDs of tokens. */
    private void readStopSequence(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            stopSequence = json.getText();
        }
        json.skipChildren();
    }

    private void readUsage(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.START_OBJECT) {
            usage = UsageReader.merge(usage, UsageReader.read(json));
        } else {
            json.skipChildren();
        }
    }

    private void readGroq(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken field = json.nextToken();
            switch (name) {
                case "usage" -> readUsage(json, field);
                case "error" -> errorDetector.readErrorField(json, field);
                default -> json.skipChildren();
            }
        }
    }
}
