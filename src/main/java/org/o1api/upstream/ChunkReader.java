package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
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

    private record Piece(
            int index, @Nullable String id, @Nullable String name, String arguments) {}

    private static final int NO_INDEX = -1;
    private static final int MAX_TOOL_CALLS = 1024;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(200).build())
            .build();

    private final Sink sink;
    private final ChunkTemplate template = new ChunkTemplate();
    // Of each tool call so far: its id, empty where it has none, and the index that the provider gave it.
    private final List<String> toolCallIds = new ArrayList<>();
    private final List<Integer> toolCallIndexes = new ArrayList<>();
    private int lastToolCall;
    private boolean endsInSomethingElse;

    // What the chunk at hand tells.
    private @Nullable String text;
    private @Nullable String reasoning;
    private @Nullable String refusal;
    private @Nullable FinishReason finish;
    private @Nullable Usage usage;
    private final List<Piece> pieces = new ArrayList<>();
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
                texts == 1 && refusal == null && finish == null && usage == null && pieces.isEmpty() && !failed;
        if (onlyText) {
            template.learn(bytes, offset, length, textStart, textEnd, textIsReasoning);
        } else {
            template.forget();
        }
        if (!known) {
            endsInSomethingElse = true;
        } else if (texts > 0 || refusal != null || !pieces.isEmpty()) {
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
        pieces.clear();
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
        for (int position = 0; position < pieces.size(); position++) {
            Piece piece = pieces.get(position);
            sink.toolCall(indexOf(piece, position), piece.id(), piece.name(), piece.arguments());
        }
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

    /**
     * Which tool call a piece belongs to, counted from 0: the one of its id, else the last one of its index, unless the piece
     * begins another there. Without either it begins one where it has a name.
     */
    private int indexOf(Piece piece, int position) {
        int known = piece.id() == null ? NO_INDEX : toolCallIds.indexOf(piece.id());
        if (known < 0 && piece.index() != NO_INDEX) {
            known = toolCallIndexes.lastIndexOf(piece.index());
            boolean another = known >= 0
                    && piece.id() != null
                    && piece.name() != null
                    && !toolCallIds.get(known).isEmpty();
            known = another ? NO_INDEX : known; // some providers give all calls the same index
        } else if (known < 0 && piece.id() == null && piece.name() == null) {
            known = pieces.size() > 1 ? position : lastToolCall;
        }
        if (known < 0 || known >= toolCallIds.size()) {
            known = toolCallIds.size();
            toolCallIds.add(piece.id() == null ? "" : piece.id()); // no id is empty
            toolCallIndexes.add(piece.index());
        }
        lastToolCall = known;
        return known;
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
                case "tool_calls" -> toolCalls(json, field);
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

    private void toolCalls(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
            if (item == JsonToken.START_OBJECT) {
                toolCall(json);
            } else {
                json.skipChildren();
            }
        }
    }

    private void toolCall(JsonParser json) throws IOException {
        int index = NO_INDEX;
        String id = null;
        String function = null;
        String arguments = "";
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            if (name.equals("index") && value == JsonToken.VALUE_NUMBER_INT) {
                int number = json.getValueAsInt(NO_INDEX);
                index = number >= 0 && number < MAX_TOOL_CALLS ? number : NO_INDEX;
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
        try (JsonGenerator copy = JSON.createGenerator(text)) {
            copy.copyCurrentStructure(json);
        }
        return text.toString();
    }

    private void usage(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        long input = 0;
        long cached = 0;
        long hit = 0;
        long output = 0;
        long thought = 0;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken field = json.nextToken();
            switch (name) {
                case "prompt_tokens" -> input = count(json, field);
                case "completion_tokens" -> output = count(json, field);
                case "prompt_tokens_details" -> cached = detail(json, field, "cached_tokens");
                case "prompt_cache_hit_tokens" -> hit = count(json, field); // DeepSeek's word for it
                case "completion_tokens_details" -> thought = detail(json, field, "reasoning_tokens");
                default -> json.skipChildren();
            }
        }
        usage = new Usage(input, Math.min(Math.max(cached, hit), input), output, Math.min(thought, output));
    }

    private static long detail(JsonParser json, JsonToken value, String wanted) throws IOException {
        long count = 0;
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return count;
        }
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken field = json.nextToken();
            if (name.equals(wanted)) {
                count = count(json, field);
            } else {
                json.skipChildren();
            }
        }
        return count;
    }

    /** A number of tokens: nonsense counts as none, and no sum of them overflows. */
    private static long count(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.VALUE_NUMBER_INT && value != JsonToken.VALUE_NUMBER_FLOAT) {
            json.skipChildren();
            return 0;
        }
        double number = json.getDoubleValue();
        return number >= 0 && number <= 1e12 ? (long) number : 0;
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
