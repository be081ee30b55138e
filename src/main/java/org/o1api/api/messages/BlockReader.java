package org.o1api.api.messages;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.api.request.Fields;
import org.o1api.json.Json;
import org.o1api.json.JsonSlices;
import org.o1api.model.Content;
import org.o1api.model.ErrorCode;
import org.o1api.model.RawJson;

/** Converts content blocks to parts of the Chat Completions API. Types that it does not know are left out, as blocks of server tools are. */
final class BlockReader {
    private static final String TEXT_PART = "{\"type\":\"text\",\"text\":";

    private BlockReader() {}

    /** The blocks of a content, which is a list of them or a text. */
    static List<Fields> blocks(RawJson content, String path) {
        if (content.text().startsWith("\"")) {
            return List.of(new Fields(new RawJson(TEXT_PART + content + "}"), path));
        }
        RequestException.require(content.text().startsWith("["), path, "a string or a list of content blocks");
        List<Fields> blocks = new ArrayList<>();
        for (RawJson element : JsonSlices.elements(content)) {
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

    /** The content of a message with these parts. Parts that are all text become one text, which more models accept than parts. */
    static Content content(List<RawJson> parts) {
        StringJoiner texts = new StringJoiner("\n\n");
        for (RawJson part : parts) {
            if (!part.text().startsWith(TEXT_PART)) {
                return new Content.Parts(new RawJson("[" + String.join(",", texts(parts)) + "]"));
            }
            texts.add(Json.tree(part).path("text").textValue());
        }
        return new Content.Text(texts.toString());
    }

    private static List<String> texts(List<RawJson> parts) {
        return parts.stream().map(RawJson::text).toList();
    }

    /** Whether a part is a text. */
    static boolean isText(RawJson part) {
        return part.text().startsWith(TEXT_PART);
    }

    /** The parts that a block becomes. */
    static List<RawJson> parts(Fields block) {
        return switch (block.requiredString("type")) {
            case "text" -> textParts(block.requiredString("text"));
            case "image" -> List.of(image(block));
            case "document" -> document(block);
            case "search_result" -> textParts(searchResult(block));
            case "tool_reference" -> textParts("Tool: " + block.requiredString("tool_name"));
            default -> List.of();
        };
    }

    private static List<RawJson> textParts(String text) {
        return text.isEmpty() ? List.of() : List.of(new RawJson(TEXT_PART + JsonSlices.quoted(text) + "}"));
    }

    private static Fields source(Fields block) {
        RawJson source = block.object("source");
        if (source == null) {
            throw RequestException.missing(block.path("source"));
        }
        return new Fields(source, block.path("source"));
    }

    private static RawJson image(Fields block) {
        Fields source = source(block);
        String url = switch (source.requiredString("type")) {
            case "base64" -> dataUrl(source);
            case "url" -> source.requiredString("url");
            default -> throw unsupported(source, "base64, url");
        };
        return new RawJson("{\"type\":\"image_url\",\"image_url\":{\"url\":" + JsonSlices.quoted(url) + "}}");
    }

    private static String dataUrl(Fields source) {
        return "data:" + source.requiredString("media_type") + ";base64," + source.requiredString("data");
    }

    private static List<RawJson> document(Fields block) {
        Fields source = source(block);
        @Nullable String title = block.string("title");
        @Nullable String context = block.string("context");
        List<RawJson> parts = new ArrayList<>();
        switch (source.requiredString("type")) {
            case "base64" -> {
                parts.addAll(textParts(lines(context)));
                parts.add(new RawJson("{\"type\":\"file\",\"file\":{\"filename\":"
                        + JsonSlices.quoted(title == null || title.isEmpty() ? "document" : title) + ",\"file_data\":"
                        + JsonSlices.quoted(dataUrl(source)) + "}}"));
            }
            case "text" -> parts.addAll(textParts(lines(title, context, source.requiredString("data"))));
            case "content" -> {
                parts.addAll(textParts(lines(title, context)));
                RawJson content = source.get("content");
                if (content != null) {
                    blocks(content, source.path("content")).forEach(inner -> parts.addAll(parts(inner)));
                }
            }
            default -> throw unsupported(source, "base64, text, content");
        }
        return parts;
    }

    private static String searchResult(Fields block) {
        RawJson content = block.get("content");
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
