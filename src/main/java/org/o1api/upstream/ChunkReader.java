package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.FinishReason;
import org.o1api.llm.Usage;

/**
 * The chunks of one chat completion, read as JSON; a whole completion counts as one chunk. Where a chunk equals the one
 * before but for its text, the {@link ChunkTemplate} reads it.
 */
final class ChunkReader {
    /** What chunks tell; no text is empty. */
    interface Sink {
        void text(String text);

        void reasoning(String text);

        void refusal(String text);

        void toolCall(int index, @Nullable String id, @Nullable String name, String arguments);

        void usage(Usage usage);

        void finish(FinishReason reason);

        /** The upstream failed. */
        void error(@Nullable String code, @Nullable String message);
    }

    static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(200).build())
            .build();

    private final Sink sink;
    private final ChunkTemplate template = new ChunkTemplate();
    private final ToolCallReader toolCalls = new ToolCallReader();
    private boolean endsInSomethingElse;

    // What the chunk at hand tells.
    private @Nullable String text;
    private @Nullable String reasoning;
    private @Nullable String refusal;
    private @Nullable FinishReason finish;
    private @Nullable Usage usage;
    private boolean failed;
    private @Nullable String errorCode;
    private @Nullable String errorMessage;
    // How many texts that are not empty; and where the last one lies, quotes included, counted from the chunk's first
    // byte.
    private int texts;
    private boolean textIsReasoning;
    private int textStart;
    private int textEnd;

    ChunkReader(Sink sink) {
        this.sink = sink;
    }

    /**
     * Reads a chunk.
     *
     * @throws IOException when it is no JSON object
     */
    void read(byte[] bytes, int offset, int length) throws IOException {
        String plain = template.textOf(bytes, offset, length);
        if (plain == null) {
            parse(bytes, offset, length);
        } else if (plain.isEmpty()) {
            // Nothing is told, as by the parser.
        } else if (template.isReasoning()) {
            sink.reasoning(plain);
        } else {
            sink.text(plain);
        }
    }

    private void parse(byte[] bytes, int offset, int length) throws IOException {
        forget();
        boolean known = false;
        try (JsonParser json = JSON.createParser(bytes, offset, length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("a chunk that is no JSON object");
            }
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                JsonToken value = json.nextToken();
                known |= name.equals("choices") || name.equals("usage") || name.equals("error");
                switch (name) {
                    case "choices" -> choices(json, value);
                    case "usage" -> usage(json, value);
                    case "error" -> error(json, value);
                    default -> json.skipChildren();
                }
            }
            if (json.nextToken() != null) {
                throw new IOException("more than one JSON value in a chunk");
            }
        }
        boolean onlyText =
                texts == 1 && refusal == null && finish == null && usage == null && toolCalls.isEmpty() && !failed;
        if (onlyText) {
            template.learn(bytes, offset, length, textStart, textEnd, textIsReasoning);
        } else {
            template.forget();
        }
        if (!known) {
            endsInSomethingElse = true;
        } else if (texts > 0 || refusal != null || !toolCalls.isEmpty()) {
            endsInSomethingElse = false;
        }
        tell();
    }

    /** Whether an object that is no chunk came after the last text: without a finish reason it may be how a failure is told. */
    boolean endsInSomethingElse() {
        return endsInSomethingElse;
    }

    /** Reads the data of an event that is an error by its name, whatever it is: the message in it, where there is one. */
    void readError(byte[] bytes, int offset, int length) {
        forget();
        try (JsonParser json = JSON.createParser(bytes, offset, length)) {
            if (json.nextToken() != null) {
                error(json, json.currentToken());
            }
        } catch (IOException e) {
            // It is an error all the same.
        }
        sink.error(errorCode, errorMessage);
    }

    private void forget() {
        text = null;
        reasoning = null;
        refusal = null;
        finish = null;
        usage = null;
        toolCalls.forget();
        failed = false;
        errorCode = null;
        errorMessage = null;
        texts = 0;
    }

    private void tell() {
        if (reasoning != null && !reasoning.isEmpty()) {
            sink.reasoning(reasoning);
        }
        if (text != null && !text.isEmpty()) {
            sink.text(text);
        }
        if (refusal != null && !refusal.isEmpty()) {
            sink.refusal(refusal);
        }
        toolCalls.tell(sink);
        if (usage != null) {
            sink.usage(usage);
        }
        if (finish != null) {
            sink.finish(finish);
        }
        if (failed) {
            sink.error(errorCode, errorMessage);
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

    private void choice(JsonParser json) throws IOException {
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            switch (name) {
                case "delta", "message" -> delta(json, value);
                case "usage" -> usage(json, value);
                case "finish_reason" -> {
                    if (value == JsonToken.VALUE_STRING && !json.getText().isEmpty()) {
                        finish = FinishReason.ofWire(json.getText());
                    }
                    json.skipChildren();
                }
                default -> json.skipChildren();
            }
        }
    }

    private void delta(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken field = json.nextToken();
            switch (name) {
                case "content" -> content(json, field);
                case "refusal" -> refusal(json, field);
                case "reasoning_content", "reasoning" -> reasoning(json, field);
                case "tool_calls" -> toolCalls.read(json, field);
                default -> json.skipChildren();
            }
        }
    }

    private void content(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.START_ARRAY) {
            parts(json, false);
        } else if (value == JsonToken.VALUE_STRING) {
            text = joined(text, string(json, false));
        } else {
            json.skipChildren();
        }
    }

    private void refusal(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            refusal = json.getText();
        } else {
            json.skipChildren();
        }
    }

    /** Providers that send both names say the same in both. */
    private void reasoning(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            String said = string(json, true);
            if (reasoning == null || reasoning.isEmpty()) {
                reasoning = said;
            }
        } else {
            json.skipChildren();
        }
    }

    /** A list of text parts, and of parts that think, in which texts lie deeper. */
    private void parts(JsonParser json, boolean thinking) throws IOException {
        texts += 2; // never a template
        for (JsonToken part = json.nextToken(); part != JsonToken.END_ARRAY; part = json.nextToken()) {
            if (part != JsonToken.START_OBJECT) {
                json.skipChildren();
                continue;
            }
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                JsonToken value = json.nextToken();
                boolean thought = thinking || name.equals("thinking");
                if (value == JsonToken.VALUE_STRING && (name.equals("text") || name.equals("thinking"))) {
                    if (thought) {
                        reasoning = joined(reasoning, json.getText());
                    } else {
                        text = joined(text, json.getText());
                    }
                } else if (value == JsonToken.START_ARRAY && name.equals("thinking")) {
                    parts(json, true);
                } else {
                    json.skipChildren();
                }
            }
        }
    }

    private String string(JsonParser json, boolean isReasoning) throws IOException {
        int start = (int) json.currentTokenLocation().getByteOffset();
        String string = json.getText(); // reads to the token's end
        if (!string.isEmpty()) {
            texts++;
            textStart = start;
            textEnd = (int) json.currentLocation().getByteOffset();
            textIsReasoning = isReasoning;
        }
        return string;
    }

    private static String joined(@Nullable String first, String second) {
        return first == null ? second : first + second;
    }

    private void usage(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.START_OBJECT) {
            usage = UsageReader.read(json);
        } else {
            json.skipChildren();
        }
    }

    private void error(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        failed = true;
        if (value == JsonToken.VALUE_STRING) {
            errorMessage = json.getText();
        } else if (value == JsonToken.START_OBJECT) {
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                JsonToken field = json.nextToken();
                if (name.equals("message") && field == JsonToken.VALUE_STRING) {
                    errorMessage = json.getText();
                } else if (name.equals("error") && errorMessage == null) {
                    error(json, field);
                } else if (name.equals("code") && field.isScalarValue() && field != JsonToken.VALUE_NULL) {
                    errorCode = json.getText();
                } else {
                    json.skipChildren();
                }
            }
        } else {
            json.skipChildren();
        }
    }
}
