package org.o1api.api.items;

import static org.o1api.api.RequestException.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.o1api.api.RequestException;
import org.o1api.api.request.Fields;
import org.o1api.json.ContentParts;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.ThinkBlock;
import org.o1api.model.ToolCall;

/** Converts items of a request to messages. Every method throws {@link RequestException} if the item is invalid. */
public final class ItemReader {
    private ItemReader() {}

    /** Reads an item of the type {@code message}. */
    public static Message message(JsonNode item, String path) {
        Role role = role(item, path);
        return MessageJson.message(role, content(item.path("content"), role, path + ".content"), Map.of());
    }

    /** Reads the role of a message. */
    public static Role role(JsonNode item, String path) {
        String name = item.path("role").asText();
        require(
                List.of("user", "assistant", "system", "developer").contains(name),
                path + ".role",
                "one of user, assistant, system, developer");
        return Role.valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Returns a content. A message of a single text is sent as that text, which more providers accept than a list. */
    private static Content content(JsonNode content, Role role, String path) {
        if (content.isTextual()) {
            return new Content.Text(text(content, role));
        }
        require(content.isArray() && !content.isEmpty(), path, "a string or a list of parts");
        List<ObjectNode> parts = new ArrayList<>();
        for (int i = 0; i < content.size(); i++) {
            String partPath = path + "[" + i + "]";
            ObjectNode part = part(content.get(i), partPath);
            JsonNode text = part.path("text");
            if (i == 0 && text.isTextual()) {
                part.put("text", text(text, role));
            }
            require(
                    !role.isInstruction() || text.isTextual(),
                    partPath,
                    "a text part, because instructions can only be text");
            parts.add(part);
        }
        JsonNode first = parts.get(0).path("text");
        return parts.size() == 1 && first.isTextual() && !role.isToolResult()
                ? new Content.Text(first.textValue())
                : ContentParts.list(
                        parts.stream().map(part -> new RawJson(part.toString())).toList());
    }

    /** As in the chat API: reasoning in an earlier answer is not sent to the model again. */
    private static String text(JsonNode text, Role role) {
        return role == Role.ASSISTANT ? ThinkBlock.stripped(text.textValue()) : text.textValue();
    }

    /** Converts a content part to the shape of the chat API. */
    private static ObjectNode part(JsonNode part, String path) {
        ObjectNode chat = JsonNodeFactory.instance.objectNode();
        switch (part.path("type").asText()) {
            case "input_text", "output_text", "text" -> {
                require(part.path("text").isTextual(), path + ".text", "a string");
                chat.put("type", "text").put("text", part.path("text").textValue());
            }
            case "refusal" -> {
                require(part.path("refusal").isTextual(), path + ".refusal", "a string");
                chat.put("type", "refusal").put("refusal", part.path("refusal").textValue());
            }
            case "input_image" -> {
                require(
                        part.path("image_url").isTextual(),
                        path + (part.hasNonNull("file_id") ? ".file_id" : ".image_url"),
                        "sent as a URL in 'image_url': uploaded files are not supported");
                chat.put("type", "image_url")
                        .putObject("image_url")
                        .put("url", part.path("image_url").textValue())
                        .put("detail", part.path("detail").asText("auto"));
            }
            case "input_file" -> {
                ObjectNode file = chat.put("type", "file").putObject("file");
                for (String field : List.of("file_id", "filename", "file_data")) {
                    if (part.path(field).isTextual()) {
                        file.put(field, part.path(field).textValue());
                    }
                }
                require(
                        file.has("file_id") || file.has("file_data"),
                        path + (part.hasNonNull("file_url") ? ".file_url" : ".file_data"),
                        "sent as its content in 'file_data': URLs of files are not supported");
            }
            default ->
                require(
                        false,
                        path + ".type",
                        "one of input_text, output_text, text, refusal, input_image, input_file");
        }
        return chat;
    }

    /**
     * Reads an item of the type {@code function_call}, with what its provider needs back.
     *
     * @param raw the same item
     */
    public static ToolCall toolCall(RawJson raw, JsonNode item, String path) {
        return new ToolCall(
                text(item, "call_id", path),
                text(item, "name", path),
                text(item, "arguments", path),
                new Fields(raw, path).providerFields());
    }

    /** Returns the value of a field that must be a string. */
    public static String text(JsonNode item, String field, String path) {
        require(item.path(field).isTextual(), path + "." + field, "a string");
        return item.path(field).textValue();
    }

    /** Reads an item of the type {@code function_call_output}. */
    public static Message.ToolResult result(JsonNode item, String path) {
        return MessageJson.toolResult(
                text(item, "call_id", path), content(item.path("output"), Role.TOOL, path + ".output"));
    }
}
