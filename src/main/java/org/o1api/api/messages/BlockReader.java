package org.o1api.api.messages;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.api.request.Fields;
import org.o1api.json.JsonSlice;
import org.o1api.json.JsonSlices;
import org.o1api.model.ErrorCode;
import org.o1api.model.RawJson;

/** Converts content blocks to parts of the Chat Completions API. Types that it does not know are left out, as blocks of server tools are. */
final class BlockReader {
    private static final JsonSlice TEXT = JsonSlice.of(new RawJson("\"text\""));

    private BlockReader() {}

    /** The blocks of a content, which is a list of them or a text. */
    static List<Fields> blocks(JsonSlice content, String path) {
        if (content.first() == '"') {
            return List.of(new Fields(Map.of("type", TEXT, "text", content), path));
        }
        RequestException.require(content.first() == '[', path, "a string or a list of content blocks");
        List<Fields> blocks = new ArrayList<>();
        for (JsonSlice element : content.elements()) {
            blocks.add(new Fields(element, path + "[" + blocks.size() + "]"));
        }
        return blocks;
    }

    /** The texts of text blocks. */
    static String text(List<Fields> blocks, String separator) {
        StringJoiner texts = new StringJoiner(separator);
        for (Fields block : blocks) {
            if (block.requiredString("type").equals("text")) {
                String text = block.requiredString("text");
                if (!text.isEmpty()) {
                    texts.add(text);
                }
            }
        }
        return texts.toString();
    }

    /** The parts that a block becomes. */
    static List<Part> parts(Fields block) {
        return switch (block.requiredString("type")) {
            case "text" -> textParts(block.requiredString("text"));
            case "image" -> List.of(image(block));
            case "document" -> document(block);
            case "search_result" -> textParts(searchResult(block));
            case "tool_reference" -> textParts("Tool: " + block.requiredString("tool_name"));
            default -> List.of();
        };
    }

    private static List<Part> textParts(String text) {
        return text.isEmpty() ? List.of() : List.of(new Part.Text(text));
    }

    private static Fields source(Fields block) {
        Fields source = block.fields("source");
        if (source == null) {
            throw RequestException.missing(block.path("source"));
        }
        return source;
    }

    private static Part image(Fields block) {
        Fields source = source(block);
        String url = switch (source.requiredString("type")) {
            case "base64" -> dataUrl(source);
            case "url" -> source.requiredString("url");
            default -> throw unsupported(source, "base64, url");
        };
        return new Part.Other(
                new RawJson("{\"type\":\"image_url\",\"image_url\":{\"url\":" + JsonSlices.quoted(url) + "}}"));
    }

    private static String dataUrl(Fields source) {
        return "data:" + source.requiredString("media_type") + ";base64," + source.requiredString("data");
    }

    private static List<Part> document(Fields block) {
        Fields source = source(block);
        @Nullable String title = block.string("title");
        @Nullable String context = block.string("context");
        List<Part> parts = new ArrayList<>();
        switch (source.requiredString("type")) {
            case "base64" -> {
                parts.addAll(textParts(lines(context)));
                parts.add(new Part.Other(new RawJson("{\"type\":\"file\",\"file\":{\"filename\":"
                        + JsonSlices.quoted(title == null || title.isEmpty() ? "document" : title) + ",\"file_data\":"
                        + JsonSlices.quoted(dataUrl(source)) + "}}")));
            }
            case "text" -> parts.addAll(textParts(lines(title, context, source.requiredString("data"))));
            case "content" -> {
                parts.addAll(textParts(lines(title, context)));
                JsonSlice content = source.slice("content");
                if (content != null) {
                    blocks(content, source.path("content")).forEach(inner -> parts.addAll(parts(inner)));
                }
            }
            default -> throw unsupported(source, "base64, text, content");
        }
        return parts;
    }

    private static String searchResult(Fields block) {
        JsonSlice content = block.slice("content");
        String text = content == null ? "" : text(blocks(content, block.path("content")), "\n");
        return lines(block.string("title"), block.string("source"), text);
    }

    private static String lines(@Nullable String... texts) {
        StringJoiner lines = new StringJoiner("\n");
        for (String text : texts) {
            if (text != null && !text.isEmpty()) {
                lines.add(text);
            }
        }
        return lines.toString();
    }

    private static RequestException unsupported(Fields source, String allowed) {
        return new RequestException(
                ErrorCode.UNSUPPORTED_VALUE,
                source.path("type"),
                "'" + source.path("type") + "' must be one of " + allowed
                        + ": this gateway stores no files, and fetches no documents.");
    }
}
