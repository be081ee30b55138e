package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonToken;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.llm.Content;
import org.o1api.llm.ErrorCode;
import org.o1api.llm.Message;
import org.o1api.llm.RawJson;
import org.o1api.llm.Role;
import org.o1api.llm.ThinkBlock;

/**
 * Reads a request's messages. Types of parts and fields that we do not know pass; a field that is an empty list counts as absent,
 * since many providers refuse one.
 */
final class MessageReader {
    /** The reasoning of an earlier answer: shown to people, and sent only to models that want it back. */
    private static final List<String> EARLIER_REASONING =
            List.of("reasoning_content", "reasoning", "reasoning_details");

    private final JsonReader json;
    private final ToolReader tools;
    private final int limit;

    /** The first part of the content at hand that is no text. */
    private @Nullable String otherPart;

    /** The text of the first part of the content at hand; null if it has none. */
    private @Nullable PartText firstText;

    /** Where the parts of the content at hand begin and end. */
    private int contentStart;

    private int contentEnd;

    /**
     * A text within the request.
     *
     * @param start where its JSON string begins
     * @param end where that ends
     */
    private record PartText(String text, int start, int end) {}

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
        Map<String, RawJson> reasoning = new LinkedHashMap<>(0);
        otherPart = null;
        firstText = null;
        for (String field = json.nextGiven(); field != null; field = json.nextGiven()) {
            String at = path + "." + field;
            switch (field) {
                case "role" -> role = json.word(at, Role.values(), Role::wireName);
                case "content" -> content = content(at);
                case "name" -> {
                    if (!json.name(at).isEmpty()) {
                        fields.put(field, json.raw());
                    }
                }
                case "tool_call_id" -> {
                    json.string(at);
                    fields.put(field, json.raw());
                }
                case "tool_calls" -> putUnlessEmpty(fields, field, tools.calls(at));
                default -> putUnlessEmpty(fields, field, json.raw());
            }
        }
        if (role == null) {
            throw RequestException.missing(path + ".role");
        }
        if (role == Role.ASSISTANT) {
            for (String name : EARLIER_REASONING) {
                RawJson value = fields.remove(name);
                if (value != null && !value.text().equals("\"\"")) {
                    reasoning.put(name, value);
                }
            }
            content = isNoContent(content) && fields.containsKey("tool_calls") ? null : withoutThinking(content);
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
        return new Message(role, isNoContent(content) ? new Content.Text("") : content, fields, reasoning);
    }

    private static void putUnlessEmpty(Map<String, RawJson> fields, String name, RawJson value) {
        if (value.isEmptyList()) {
            fields.remove(name); // of two values the last one counts
        } else {
            fields.put(name, value);
        }
    }

    /** Whether a content is a list without parts, which says as little as an empty text. */
    private static boolean isNoContent(@Nullable Content content) {
        return content instanceof Content.Parts parts && parts.json().isEmptyList();
    }

    /** Removes a think block from the front of an assistant's content, and leaves the rest of it byte for byte. */
    private @Nullable Content withoutThinking(@Nullable Content content) {
        if (content instanceof Content.Text said) {
            return new Content.Text(ThinkBlock.takenOff(said.text()));
        }
        if (firstText != null) {
            int kept = ThinkBlock.takenOff(firstText.text).length();
            if (kept < firstText.text.length()) {
                return new Content.Parts(withoutBeginning(firstText, firstText.text.length() - kept));
            }
        }
        return content;
    }

    /** The content at hand without the first characters of a text in it. */
    private RawJson withoutBeginning(PartText text, int characters) {
        int at = text.start + 1;
        for (int i = 0; i < characters; i++) {
            at += json.charAt(at) != '\\' ? 1 : json.charAt(at + 1) == 'u' ? 6 : 2;
        }
        return new RawJson(json.slice(contentStart, text.start + 1) + json.slice(at, contentEnd));
    }

    private Content content(String path) {
        if (json.current() == JsonToken.VALUE_STRING) {
            return new Content.Text(json.text());
        }
        json.require(JsonToken.START_ARRAY, path, "a string or a list of parts");
        contentStart = json.start();
        firstText = null;
        for (int i = 0; json.next() != JsonToken.END_ARRAY; i++) {
            String part = path + "[" + i + "]";
            PartText text = part(part);
            firstText = i == 0 ? text : firstText;
            otherPart = text != null || otherPart != null ? otherPart : part;
        }
        contentEnd = json.end();
        return new Content.Parts(json.since(contentStart));
    }

    /** Checks a part. Returns its text, null if it has none. */
    private @Nullable PartText part(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object");
        String type = null;
        @Nullable RequestException wrongText = null;
        @Nullable PartText text = null;
        for (String field = json.nextGiven(); field != null; field = json.nextGiven()) {
            if (field.equals("type")) {
                type = json.string(path + ".type");
            } else if (field.equals("text") && json.current() == JsonToken.VALUE_STRING) {
                text = new PartText(json.text(), json.start(), json.end());
            } else if (field.equals("text")) {
                text = null;
                wrongText = json.wrongType(path + ".text", "a string");
            }
            json.skip();
        }
        if (type == null) {
            throw RequestException.missing(path + ".type");
        }
        if (type.equals("text") && text == null) {
            throw wrongText == null ? RequestException.missing(path + ".text") : wrongText;
        }
        return text;
    }
}
