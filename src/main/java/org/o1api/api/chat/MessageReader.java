package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.api.Json;
import org.o1api.api.RequestException;
import org.o1api.llm.Content;
import org.o1api.llm.ErrorCode;
import org.o1api.llm.Message;
import org.o1api.llm.RawJson;
import org.o1api.llm.Role;
import org.o1api.llm.ThinkBlock;

/** Reads a request's messages. Types of parts and fields that we do not know pass. */
final class MessageReader {
    /** What an assistant thought earlier: shown to people, not told to the model again. */
    private static final Set<String> EARLIER_REASONING = Set.of("reasoning_content", "reasoning", "reasoning_details");

    private final JsonReader json;
    private final ToolReader tools;
    private final int limit;

    /** The first part of the content at hand that is no text. */
    private @Nullable String otherPart;

    /**
     * A reader of messages.
     *
     * @param limit how many there may be
     */
    MessageReader(JsonReader json, ToolReader tools, int limit) {
        this.json = json;
        this.tools = tools;
        this.limit = limit;
    }

    List<Message> messages(String path) {
        json.require(JsonToken.START_ARRAY, path, "a list of messages");
        List<Message> messages = new ArrayList<>();
        while (json.next() != JsonToken.END_ARRAY) {
            if (messages.size() == limit) {
                throw new RequestException(
                        ErrorCode.INVALID_REQUEST,
                        path,
                        "'" + path + "' has more than " + limit
                                + " entries, the most that this gateway takes (limits.messages).");
            }
            messages.add(message(path + "[" + messages.size() + "]"));
        }
        return messages;
    }

    private Message message(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object");
        @Nullable Role role = null;
        @Nullable Content content = null;
        Map<String, RawJson> fields = new LinkedHashMap<>();
        otherPart = null;
        for (String field = json.nextGiven(); field != null; field = json.nextGiven()) {
            String at = path + "." + field;
            switch (field) {
                case "role" -> role = json.word(at, Role.values(), Role::wireName);
                case "content" -> content = content(at);
                case "name" -> {
                    json.name(at);
                    fields.put(field, json.raw());
                }
                case "tool_call_id" -> {
                    json.string(at);
                    fields.put(field, json.raw());
                }
                case "tool_calls" -> fields.put(field, tools.calls(at));
                default -> fields.put(field, json.raw());
            }
        }
        if (role == null) {
            throw RequestException.missing(path + ".role");
        }
        if (role == Role.ASSISTANT) {
            fields.keySet().removeAll(EARLIER_REASONING);
            content = withoutThinking(content);
        } else if (content == null) {
            throw RequestException.missing(path + ".content");
        }
        if (role == Role.TOOL && !fields.containsKey("tool_call_id")) {
            throw RequestException.missing(path + ".tool_call_id");
        }
        if (role.instructs() && otherPart != null) { // instructions join our own in one text
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    otherPart,
                    "'" + otherPart + "' must be a text part: instructions are text.");
        }
        return new Message(role, content, fields);
    }

    /** What an assistant thought earlier is taken off where it stands in the content. */
    private static @Nullable Content withoutThinking(@Nullable Content content) {
        if (content instanceof Content.Text said) {
            return new Content.Text(ThinkBlock.takenOff(said.text()));
        }
        if (content instanceof Content.Parts parts
                && Json.tree(parts.json()) instanceof ArrayNode all
                && all.path(0) instanceof ObjectNode first
                && first.path("text").isTextual()) {
            String text = first.path("text").textValue();
            String kept = ThinkBlock.takenOff(text);
            if (!kept.equals(text)) {
                first.put("text", kept);
                return new Content.Parts(new RawJson(all.toString()));
            }
        }
        return content;
    }

    private Content content(String path) {
        if (json.current() == JsonToken.VALUE_STRING) {
            return new Content.Text(json.text());
        }
        json.require(JsonToken.START_ARRAY, path, "a string or a list of parts");
        int start = json.start();
        for (int i = 0; json.next() != JsonToken.END_ARRAY; i++) {
            String part = path + "[" + i + "]";
            boolean text = part(part);
            otherPart = text || otherPart != null ? otherPart : part;
        }
        return new Content.Parts(json.since(start));
    }

    /** Checks a part, and tells whether it has a text. */
    private boolean part(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object");
        String type = null;
        @Nullable RequestException wrongText = null;
        boolean text = false;
        for (String field = json.nextGiven(); field != null; field = json.nextGiven()) {
            if (field.equals("type")) {
                type = json.string(path + ".type");
            } else if (field.equals("text")) {
                text = json.current() == JsonToken.VALUE_STRING;
                wrongText = text ? null : json.wrongType(path + ".text", "a string");
            }
            json.skip();
        }
        if (type == null) {
            throw RequestException.missing(path + ".type");
        }
        if (type.equals("text") && !text) {
            throw wrongText == null ? RequestException.missing(path + ".text") : wrongText;
        }
        return text;
    }
}
