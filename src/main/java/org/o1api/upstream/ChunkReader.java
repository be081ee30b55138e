package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.Usage;

/**
 * Reads the chunks of one chat completion; a whole completion counts as one chunk. A chunk that equals the one before except for
 * its text is read by the {@link ChunkTemplate}.
 */
final class ChunkReader {
    /** Receives what chunks say; no text is empty. */
    interface Sink {
        void text(String text);

        void reasoning(String text);

        void refusal(String text);

        void image(RawJson json);

        /** A piece of a tool call. The id and the name may be in any piece, or in several, or missing. */
        void toolCall(Delta.ToolCall piece);

        /** The model is at work, though it says nothing that can be shown. */
        void activity();

        void usage(Usage usage);

        /** A later reason replaces an earlier one. */
        void finish(ProviderFinishReason reason);

        /** The provider reports a failure. */
        void error(ProviderErrorBody error);
    }

    /** The limit on events bounds a string, too. */
    static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(200)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final int NO_INDEX = -1;

    private final Sink sink;
    private final ChunkTemplate template = new ChunkTemplate();
    private final RawValueReader raw = new RawValueReader();
    private final ChoiceReader choice = new ChoiceReader(raw);
    private final ErrorDetector errors = new ErrorDetector();
    private boolean endsInSomethingElse;
    /** The index of the choice that is read. */
    private int index = NO_INDEX;

    // What the current chunk says beside its choice.
    private @Nullable ProviderFinishReason finish;
    private @Nullable Usage usage;

    ChunkReader(Sink sink) {
        this.sink = sink;
    }

    /**
     * Reads a chunk.
     *
     * @throws IOException if it is no JSON object
     */
    void read(byte[] bytes, int offset, int length) throws IOException {
        String plain = template.textOf(bytes, offset, length);
        if (plain == null) {
            parse(bytes, offset, length);
        } else if (plain.isEmpty()) {
            // Nothing is said, as by the parser.
        } else {
            endsInSomethingElse = false;
            if (template.isReasoning()) {
                sink.reasoning(plain);
            } else {
                sink.text(plain);
            }
        }
    }

    private void parse(byte[] bytes, int offset, int length) throws IOException {
        forget();
        raw.startAt(bytes, offset);
        boolean isChunk = false;
        try (JsonParser json = JSON.createParser(bytes, offset, length)) {
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
                field(name, json, value);
            }
            throwIfMore(json);
        }
        ProviderErrorBody error = errors.detectedError(isChunk, bytes, offset, length);
        learn(bytes, offset, length, error != null);
        if (choice.hasContent()) {
            endsInSomethingElse = false;
        } else if (!isChunk && !errors.isPing()) {
            endsInSomethingElse = true;
        }
        report(error);
    }

    private static void throwIfMore(JsonParser json) throws IOException {
        if (json.nextToken() != null) {
            throw new IOException("more than one JSON value in a chunk");
        }
    }

    /** A list is how Gemini reports an error; there is no other. */
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

    private void learn(byte[] bytes, int offset, int length, boolean failed) {
        if (choice.isSingleText() && finish == null && usage == null && !failed) {
            choice.updateTemplate(template, bytes, offset, length);
        } else {
            template.clear();
        }
    }

    /**
     * Whether something that is no chunk came after the last text: without a finish reason it may be how a failure is reported.
     */
    boolean endsWithUnknownObject() {
        return endsInSomethingElse;
    }

    /** Reads the data of an event that is an error by its name, whatever they are. */
    void readErrorEvent(byte[] bytes, int offset, int length) {
        sink.error(ErrorDetector.ofErrorEvent(bytes, offset, length));
    }

    private void forget() {
        choice.reset();
        errors.reset();
        finish = null;
        usage = null;
    }

    private void report(@Nullable ProviderErrorBody error) {
        choice.emitTo(sink);
        if (usage != null) {
            sink.usage(usage);
        }
        if (error != null) {
            sink.error(error); // says more than a finish reason beside it
        }
        if (finish != null) {
            sink.finish(finish);
        }
    }

    private void field(String name, JsonParser json, JsonToken value) throws IOException {
        switch (name) {
            case "choices" -> choices(json, value);
            case "usage" -> usage(json, value);
            case "error" -> errors.readErrorField(json, value);
            case "base_resp" -> errors.readBaseResponse(json, value);
            case "x_groq" -> groq(json, value);
            default -> errors.readTopLevelField(name, json, value);
        }
    }

    private void choices(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        boolean first = true;
        for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
            if (first && item == JsonToken.START_OBJECT) {
                choice(json);
            } else {
                json.skipChildren();
            }
            first = false;
        }
    }

    /** Reads a choice. One is requested, so the first index that arrives is its index, and choices of others are left out. */
    private void choice(JsonParser json) throws IOException {
        ProviderFinishReason finishBefore = finish;
        boolean hasDelta = false;
        boolean isOther = false;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            switch (name) {
                case "index" -> isOther = isOther(json, value);
                case "delta" -> hasDelta |= choice.readDelta(json, value);
                case "message" -> choice.readMessage(json, value, hasDelta);
                case "usage" -> usage(json, value);
                case "error" -> errors.readErrorField(json, value);
                case "finish_reason" -> finish(json, value);
                default -> json.skipChildren();
            }
        }
        if (isOther) {
            choice.reset();
            finish = finishBefore;
        }
    }

    private boolean isOther(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.VALUE_NUMBER_INT) {
            json.skipChildren();
            return false;
        }
        int given = json.getValueAsInt(NO_INDEX);
        index = index == NO_INDEX ? given : index;
        return given != index;
    }

    private void finish(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING && !json.getText().isBlank()) {
            finish = ProviderFinishReason.of(json.getText());
        }
        json.skipChildren();
    }

    private void usage(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.START_OBJECT) {
            usage = UsageReader.merge(usage, UsageReader.read(json));
        } else {
            json.skipChildren();
        }
    }

    private void groq(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken field = json.nextToken();
            switch (name) {
                case "usage" -> usage(json, field);
                case "error" -> errors.readErrorField(json, field);
                default -> json.skipChildren();
            }
        }
    }
}
