package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.model.RawJson;

/**
 * Reads the content of a chunk's choice from its {@code delta} or {@code message}. A message next to a delta, or after deltas of
 * the same reply, repeats them and is ignored.
 */
final class ChoiceReader {
    private static final String THOUGHT_START = "<thought>";
    private static final String THOUGHT_END = "</thought>";

    private final RawValueReader raw;
    private final ToolCallReader toolCalls;
    private final List<RawJson> images = new ArrayList<>(0);
    /** Whether a delta of this reply had content. */
    private boolean deltaHadContent;

    // The content of the current chunk.
    private @Nullable String text;
    private @Nullable String reasoning;
    private @Nullable String details;
    private @Nullable String refusal;
    private boolean activity;
    private boolean markedAsReasoning;
    // The number of non-empty texts, and the position of the last one including its quotes, in bytes from the start of
    // the chunk.
    private int texts;
    private boolean textIsReasoning;
    private int textStart;
    private int textEnd;

    ChoiceReader(RawValueReader raw) {
        this.raw = raw;
        this.toolCalls = new ToolCallReader(raw);
    }

    /** Resets the state for the next chunk. */
    void reset() {
        text = null;
        reasoning = null;
        details = null;
        refusal = null;
        activity = false;
        markedAsReasoning = false;
        texts = 0;
        images.clear();
        toolCalls.reset();
    }

    /** Reads the value of {@code delta} and returns whether it is an object. */
    boolean readDelta(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return false;
        }
        reset(); // discards a message before it
        readObject(json);
        deltaHadContent |= hasContent();
        return true;
    }

    void readMessage(JsonParser json, JsonToken value, boolean afterDelta) throws IOException {
        if (value != JsonToken.START_OBJECT || afterDelta || deltaHadContent) {
            json.skipChildren();
            return;
        }
        readObject(json);
    }

    /** Whether the current chunk has content that reaches the client as answer or reasoning. */
    boolean hasContent() {
        return texts > 0 || details != null || refusal != null || !images.isEmpty() || !toolCalls.isEmpty();
    }

    /** Whether the current chunk contains exactly one text and nothing else. */
    boolean isSingleText() {
        return texts == 1
                && details == null
                && refusal == null
                && !activity
                && !markedAsReasoning
                && images.isEmpty()
                && toolCalls.isEmpty();
    }

    /** Makes the current chunk, which contains exactly one text, the template of the next ones. */
    void updateTemplate(ChunkTemplate template, byte[] bytes, int offset, int length) {
        template.learn(bytes, offset, length, textStart, textEnd, textIsReasoning);
    }

    void emitTo(ChunkReader.Sink sink) {
        String shownReasoning = reasoning == null || reasoning.isEmpty() ? details : reasoning;
        if (shownReasoning != null && !shownReasoning.isEmpty()) {
            sink.reasoning(shownReasoning);
        }
        if (text != null && !text.isEmpty()) {
            sink.text(text);
        }
        if (refusal != null && !refusal.isEmpty()) {
            sink.refusal(refusal);
        }
        images.forEach(sink::image);
        toolCalls.emitTo(sink);
        if (activity) {
            sink.activity();
        }
    }

    private void readObject(JsonParser json) throws IOException {
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken field = json.nextToken();
            switch (name) {
                case "content" -> readContent(json, field);
                case "refusal" -> readRefusal(json, field);
                case "reasoning_content", "reasoning" -> readReasoning(json, field);
                case "reasoning_details" -> readDetails(json, field);
                case "images" -> readImages(json, field);
                case "tool_calls" -> toolCalls.read(json, field);
                case "extra_content" -> readExtraContent(json, field);
                default -> json.skipChildren();
            }
        }
        if (markedAsReasoning && text != null) {
            reasoning = concat(reasoning, text.replace(THOUGHT_START, "").replace(THOUGHT_END, ""));
            text = null;
        }
    }

    private void readContent(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.START_ARRAY) {
            StringBuilder textPieces = new StringBuilder();
            StringBuilder reasoningPieces = new StringBuilder();
            readParts(json, false, textPieces, reasoningPieces);
            text = concat(text, textPieces);
            reasoning = concat(reasoning, reasoningPieces);
        } else if (value == JsonToken.VALUE_STRING) {
            text = concat(text, readString(json, false));
        } else {
            json.skipChildren();
        }
    }

    private void readRefusal(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            refusal = json.getText();
        } else {
            json.skipChildren();
        }
    }

    /** Providers that send both fields send the same text in both. */
    private void readReasoning(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            String piece = readString(json, true);
            if (reasoning == null || reasoning.isEmpty()) {
                reasoning = piece;
            }
        } else {
            json.skipChildren();
        }
    }

    /** OpenRouter's list of texts, summaries and encrypted data. Encrypted data is not shown; it counts as activity only. */
    private void readDetails(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        StringBuilder pieces = new StringBuilder();
        for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
            if (item != JsonToken.START_OBJECT) {
                json.skipChildren();
                continue;
            }
            activity = true;
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                JsonToken field = json.nextToken();
                if (field == JsonToken.VALUE_STRING && (name.equals("text") || name.equals("summary"))) {
                    pieces.append(json.getText());
                } else {
                    json.skipChildren();
                }
            }
        }
        details = concat(details, pieces);
    }

    private void readImages(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
            if (item == JsonToken.START_OBJECT) {
                images.add(raw.read(json));
            } else {
                json.skipChildren();
            }
        }
    }

    /** Gemini marks a text as reasoning with {@code extra_content.google.thought}. */
    private void readExtraContent(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        for (String vendor = json.nextFieldName(); vendor != null; vendor = json.nextFieldName()) {
            if (json.nextToken() != JsonToken.START_OBJECT || !vendor.equals("google")) {
                json.skipChildren();
                continue;
            }
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                JsonToken field = json.nextToken();
                markedAsReasoning |= name.equals("thought") && field == JsonToken.VALUE_TRUE;
                json.skipChildren();
            }
        }
    }

    /** A list of text parts, {@code thinking} parts with nested texts, and images. */
    private void readParts(
            JsonParser json, boolean inThinkingPart, StringBuilder textPieces, StringBuilder reasoningPieces)
            throws IOException {
        texts += 2; // a list never becomes a template
        for (JsonToken part = json.nextToken(); part != JsonToken.END_ARRAY; part = json.nextToken()) {
            if (part != JsonToken.START_OBJECT) {
                json.skipChildren();
                continue;
            }
            int start = RawValueReader.tokenStart(json);
            boolean image = false;
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                JsonToken value = json.nextToken();
                boolean isReasoning = inThinkingPart || name.equals("thinking");
                if (value == JsonToken.VALUE_STRING && (name.equals("text") || name.equals("thinking"))) {
                    (isReasoning ? reasoningPieces : textPieces).append(json.getText());
                } else if (value == JsonToken.START_ARRAY && name.equals("thinking")) {
                    readParts(json, true, textPieces, reasoningPieces);
                } else {
                    image |= name.equals("image_url") && value != JsonToken.VALUE_NULL;
                    json.skipChildren();
                }
            }
            if (image) {
                images.add(raw.sliceFrom(start, json));
            }
        }
    }

    private String readString(JsonParser json, boolean isReasoning) throws IOException {
        int start = RawValueReader.tokenStart(json);
        String string = json.getText(); // getText reads to the end of the token
        if (!string.isEmpty()) {
            texts++;
            textStart = start;
            textEnd = (int) json.currentLocation().getByteOffset();
            textIsReasoning = isReasoning;
        }
        return string;
    }

    /** Concatenates both texts; null if both are missing. */
    private static @Nullable String concat(@Nullable String first, CharSequence second) {
        if (second.isEmpty()) {
            return first;
        }
        return first == null ? second.toString() : first + second;
    }
}
