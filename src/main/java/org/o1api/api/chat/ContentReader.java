package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.api.request.JsonReader;
import org.o1api.json.JsonSlices;
import org.o1api.model.Content;
import org.o1api.model.RawJson;
import org.o1api.model.ThinkBlock;

/**
 * Reads the contents of messages, one after the other, and separates the reasoning that clients send in the content of
 * earlier answers.
 */
final class ContentReader {
    /**
     * The types of reasoning parts: of Anthropic and Mistral, of the AI SDK and LangChain, of LangChain for Bedrock.
     */
    private static final Set<String> REASONING_TYPES =
            Set.of("thinking", "redacted_thinking", "reasoning", "reasoning_content");

    /** The fields of a reasoning part that contain its text. Other fields are encrypted data or signatures. */
    private static final Set<String> REASONING_TEXT_FIELDS =
            Set.of("thinking", "reasoning", "reasoning_content", "text", "summary", "content");

    private final JsonReader json;
    private final List<Part> parts = new ArrayList<>();
    private @Nullable Content content;
    private @Nullable String nonTextPart;
    private int start;
    private int end;

    /**
     * A part of the current content.
     *
     * @param text null: the part has no text
     * @param start where the JSON of the part starts
     * @param end where it ends
     */
    private record Part(String type, @Nullable PartText text, int start, int end) {
        boolean isReasoning() {
            return REASONING_TYPES.contains(type);
        }

        /** Whether the part is a text that consists of a think block. */
        boolean isOnlyThinkBlock() {
            return type.equals("text")
                    && text != null
                    && ThinkBlock.reasoning(text.text) != null
                    && ThinkBlock.stripped(text.text).isBlank();
        }

        /** Returns the reasoning in the think block at the start; empty if there is none. */
        String thinkBlockReasoning() {
            String reasoning = text == null ? null : ThinkBlock.reasoning(text.text);
            return reasoning == null ? "" : reasoning;
        }
    }

    /**
     * A text in the request.
     *
     * @param start where the JSON string starts
     * @param end where it ends
     */
    private record PartText(String text, int start, int end) {}

    /**
     * The content of an assistant message, without its reasoning.
     *
     * @param content null: none
     * @param reasoning null: none
     */
    record AnswerContent(
            @Nullable Content content, @Nullable String reasoning) {}

    ContentReader(JsonReader json) {
        this.json = json;
    }

    /** Discards the current content, before the next message is read. */
    void reset() {
        parts.clear();
        content = null;
        nonTextPart = null;
    }

    /** Reads the current JSON value. */
    void read(String path) {
        reset();
        if (json.current() == JsonToken.VALUE_STRING) {
            content = new Content.Text(json.text());
            return;
        }
        json.require(JsonToken.START_ARRAY, path, "a string or a list of parts");
        start = json.start();
        for (int i = 0; json.next() != JsonToken.END_ARRAY; i++) {
            Part part = readPart(path + "[" + i + "]");
            parts.add(part);
            nonTextPart = part.text != null || nonTextPart != null ? nonTextPart : path + "[" + i + "]";
        }
        end = json.end();
        content = new Content.Parts(json.rawFrom(start));
    }

    /** Returns the unmodified content; null if there is none. An empty list of parts is returned as an empty text. */
    @Nullable
    Content content() {
        return isEmptyList() ? new Content.Text("") : content;
    }

    boolean isEmptyList() {
        return content instanceof Content.Parts && parts.isEmpty();
    }

    /** Returns the path of the first part that is not text; null if there is none. */
    @Nullable
    String firstNonTextPart() {
        return nonTextPart;
    }

    /**
     * Returns the content of an assistant message without reasoning: without the think block at its start, and without
     * reasoning parts. The rest stays byte for byte; if only white space is left, it is replaced by an empty text.
     */
    AnswerContent withoutReasoning() {
        if (content instanceof Content.Text text) {
            return new AnswerContent(
                    new Content.Text(ThinkBlock.stripped(text.text())), ThinkBlock.reasoning(text.text()));
        }
        List<Part> kept = parts.stream().filter(part -> !part.isReasoning()).toList();
        List<String> blocks = new ArrayList<>();
        while (!kept.isEmpty() && kept.get(0).isOnlyThinkBlock()) { // providers reject a part with an empty text
            blocks.add(kept.get(0).thinkBlockReasoning());
            kept = kept.subList(1, kept.size());
        }
        PartText first = kept.isEmpty() ? null : kept.get(0).text;
        String block = first == null ? null : ThinkBlock.reasoning(first.text);
        if (kept.size() == parts.size() && block == null) {
            return new AnswerContent(content(), null);
        }
        blocks.add(block == null ? "" : block);
        boolean blank = kept.stream()
                .allMatch(part -> part.type.equals("text")
                        && part.text != null
                        && ThinkBlock.stripped(part.text.text).isBlank());
        return new AnswerContent(
                blank ? new Content.Text("") : new Content.Parts(withoutThinkBlock(kept, first)),
                joinReasoning(blocks));
    }

    private String joinReasoning(List<String> blocks) {
        List<String> texts = new ArrayList<>();
        parts.stream()
                .filter(Part::isReasoning)
                .forEach(part -> collectTexts(new RawJson(json.slice(part.start, part.end)), texts));
        texts.addAll(blocks);
        return String.join(
                "\n\n", texts.stream().filter(text -> !text.isBlank()).toList());
    }

    /** Collects the texts of a reasoning part, or of a value in it. */
    private static void collectTexts(RawJson value, List<String> texts) {
        switch (value.text().charAt(0)) {
            case '"' -> texts.add(JsonSlices.string(value));
            case '[' -> JsonSlices.elements(value).forEach(element -> collectTexts(element, texts));
            case '{' ->
                JsonSlices.members(value).stream()
                        .filter(member -> REASONING_TEXT_FIELDS.contains(member.name()))
                        .forEach(member -> collectTexts(member.value(), texts));
            default -> {} // numbers, booleans and null have no text
        }
    }

    /** Returns a list of the given parts, without the think block at the start of the first one's text. */
    private RawJson withoutThinkBlock(List<Part> kept, @Nullable PartText first) {
        String open;
        int from;
        if (first == null) {
            from = kept.get(0).start;
            open = "";
        } else {
            from = indexAfter(
                    first, first.text.length() - ThinkBlock.stripped(first.text).length());
            open = json.slice(kept.get(0).start, first.start + 1);
        }
        if (kept.size() == parts.size()) {
            return new RawJson(json.slice(start, kept.get(0).start) + open + json.slice(from, end));
        }
        StringBuilder list = new StringBuilder("[").append(open).append(json.slice(from, kept.get(0).end));
        kept.stream().skip(1).forEach(part -> list.append(',').append(json.slice(part.start, part.end)));
        return new RawJson(list.append(']').toString());
    }

    /** Returns the index in the JSON after the first characters of a text. */
    private int indexAfter(PartText text, int characters) {
        int at = text.start + 1;
        for (int i = 0; i < characters; i++) {
            at += json.charAt(at) != '\\' ? 1 : json.charAt(at + 1) == 'u' ? 6 : 2;
        }
        return at;
    }

    private Part readPart(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object");
        int from = json.start();
        String type = null;
        @Nullable RequestException textError = null;
        @Nullable PartText text = null;
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            if (field.equals("type")) {
                type = json.string(path + ".type");
            } else if (field.equals("text") && json.current() == JsonToken.VALUE_STRING) {
                text = new PartText(json.text(), json.start(), json.end());
            } else if (field.equals("text")) {
                text = null;
                textError = json.wrongType(path + ".text", "a string");
            }
            json.skip();
        }
        if (type == null) {
            throw RequestException.missing(path + ".type");
        }
        if (type.equals("text") && text == null) {
            throw textError == null ? RequestException.missing(path + ".text") : textError;
        }
        return new Part(type, text, from, json.end());
    }
}
