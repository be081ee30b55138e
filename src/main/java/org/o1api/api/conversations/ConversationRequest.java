package org.o1api.api.conversations;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestException;
import org.o1api.api.RequestJson;
import org.o1api.json.Json;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.SurrogateGuard;
import org.o1api.model.ThinkBlock;
import org.o1api.model.ToolCall;

/**
 * The body of a request for a conversation.
 *
 * @param metadata null if the body has none
 * @param messages the messages in {@code items}
 */
record ConversationRequest(@Nullable RawJson metadata, List<Message> messages) {
    private static final int MAX_ITEMS = 20;
    private static final int MAX_METADATA_ENTRIES = 16;
    private static final int MAX_METADATA_KEY_LENGTH = 64;
    private static final int MAX_METADATA_VALUE_LENGTH = 512;

    /**
     * Reads a body, which may be empty.
     *
     * @throws RequestException if it is malformed
     */
    static ConversationRequest read(byte[] body, ApiSettings.RequestLimits limits) {
        JsonNode json = tree(body, limits);
        requireNoUnpairedSurrogates(json);
        JsonNode metadata = json.path("metadata");
        List<Message> messages = new ArrayList<>();
        JsonNode items = json.path("items");
        if (isPresent(items)) {
            require(items.isArray() && items.size() <= MAX_ITEMS, "items", "a list of at most " + MAX_ITEMS + " items");
            for (int i = 0; i < items.size(); i++) {
                item(items.get(i), "items[" + i + "]", messages);
            }
        }
        return new ConversationRequest(isPresent(metadata) ? metadata(metadata) : null, messages);
    }

    private static JsonNode tree(byte[] body, ApiSettings.RequestLimits limits) {
        try (JsonParser parser = RequestJson.parser(RequestJson.text(body), limits)) {
            JsonNode json = Json.trusted().tree(parser);
            if (json == null) {
                return MissingNode.getInstance();
            }
            if (!json.isObject()) {
                throw RequestJson.notAnObject();
            }
            if (parser.nextToken() != null) {
                throw RequestJson.trailingContent();
            }
            return json;
        } catch (IOException e) {
            throw RequestJson.malformed(e);
        }
    }

    private static boolean isPresent(JsonNode node) {
        return !node.isMissingNode() && !node.isNull();
    }

    private static void require(boolean valid, String param, String expected) {
        if (!valid) {
            throw new RequestException(ErrorCode.INVALID_REQUEST, param, "'" + param + "' must be " + expected + ".");
        }
    }

    /** Rejects unpaired surrogates. JSON can escape them, but UTF-8 cannot encode them, so they could not be stored. */
    private static void requireNoUnpairedSurrogates(JsonNode body) {
        String path = pathOfUnpairedSurrogate(body);
        if (path != null) {
            String param = path.replaceFirst("^\\.", "");
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    param.isEmpty() ? null : param,
                    (param.isEmpty() ? "A key" : "'" + param + "'")
                            + " contains an unpaired surrogate (\\uD800 to \\uDFFF). Send valid Unicode.");
        }
    }

    /** The path of the first text with an unpaired surrogate, relative to {@code node}; null if there is none. */
    private static @Nullable String pathOfUnpairedSurrogate(JsonNode node) {
        if (node.isTextual()) {
            return SurrogateGuard.isWellFormed(node.textValue()) ? null : "";
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            String path = pathOfUnpairedSurrogate(node.get(i));
            if (path != null) {
                return "[" + i + "]" + path;
            }
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String path = pathOfUnpairedSurrogate(field.getValue());
            if (path != null || !SurrogateGuard.isWellFormed(field.getKey())) {
                return path == null ? "" : "." + field.getKey() + path;
            }
        }
        return null;
    }

    private static RawJson metadata(JsonNode metadata) {
        require(
                metadata.isObject() && metadata.size() <= MAX_METADATA_ENTRIES,
                "metadata",
                "an object with at most " + MAX_METADATA_ENTRIES + " string values");
        for (Map.Entry<String, JsonNode> entry : metadata.properties()) {
            require(
                    entry.getKey().length() <= MAX_METADATA_KEY_LENGTH,
                    "metadata",
                    "an object with keys of at most " + MAX_METADATA_KEY_LENGTH + " characters");
            require(
                    entry.getValue().isTextual() && entry.getValue().textValue().length() <= MAX_METADATA_VALUE_LENGTH,
                    "metadata." + entry.getKey(),
                    "a string of at most " + MAX_METADATA_VALUE_LENGTH + " characters");
        }
        return new RawJson(metadata.toString());
    }

    private static void item(JsonNode item, String path, List<Message> messages) {
        require(item.isObject(), path, "an object");
        String type = item.path("type").asText("message");
        switch (type) {
            case "message" -> messages.add(message(item, path));
            case "function_call" -> addToolCall(item, path, messages);
            case "function_call_output" -> messages.add(result(item, path));
            case "reasoning" -> {} // only for display; not sent to the model
            default -> require(false, path + ".type", "one of message, function_call, function_call_output, reasoning");
        }
    }

    private static Message message(JsonNode item, String path) {
        String name = item.path("role").asText();
        require(
                List.of("user", "assistant", "system", "developer").contains(name),
                path + ".role",
                "one of user, assistant, system, developer");
        Role role = Role.valueOf(name.toUpperCase(Locale.ROOT));
        return MessageJson.message(role, content(item.path("content"), role, path + ".content"), Map.of());
    }

    private static Content content(JsonNode content, Role role, String path) {
        if (content.isTextual()) {
            return new Content.Text(text(content, role));
        }
        require(content.isArray() && !content.isEmpty(), path, "a string or a list of parts");
        List<String> parts = new ArrayList<>();
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
            parts.add(part.toString());
        }
        return new Content.Parts(new RawJson("[" + String.join(",", parts) + "]"));
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
                        path + ".image_url",
                        "a URL, because uploaded files are not supported");
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
            }
            default ->
                require(
                        false,
                        path + ".type",
                        "one of input_text, output_text, text, refusal, input_image, input_file");
        }
        return chat;
    }

    /** Adds a tool call to the assistant message before it, or to a new one. */
    private static void addToolCall(JsonNode item, String path, List<Message> messages) {
        for (String field : List.of("call_id", "name", "arguments")) {
            require(item.path(field).isTextual(), path + "." + field, "a string");
        }
        ToolCall call = new ToolCall(
                item.path("call_id").textValue(),
                item.path("name").textValue(),
                item.path("arguments").textValue());
        int last = messages.size() - 1;
        if (last >= 0 && messages.get(last) instanceof Message.Assistant answer) {
            messages.set(last, MessageJson.withToolCall(answer, call));
        } else {
            messages.add(MessageJson.withToolCall(MessageJson.assistant(null, Map.of(), Map.of()), call));
        }
    }

    private static Message result(JsonNode item, String path) {
        JsonNode id = item.path("call_id");
        require(id.isTextual(), path + ".call_id", "a string");
        return MessageJson.toolResult(id.textValue(), content(item.path("output"), Role.TOOL, path + ".output"));
    }
}
