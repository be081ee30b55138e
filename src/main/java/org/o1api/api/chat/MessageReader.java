package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonToken;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.api.request.JsonReader;
import org.o1api.json.JsonSlices;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;

/**
 * Reads the messages of a request. Unknown fields and part types are passed on. Fields that are empty lists count as
 * absent, because many providers reject them.
 */
final class MessageReader {
    /** The fields with the reasoning of an earlier answer. They are only sent to models that need them. */
    private static final List<String> REASONING_FIELDS =
            List.of("reasoning_content", "reasoning", "reasoning_details", "thinking_blocks");

    private final JsonReader json;
    private final ToolReader tools;
    private final ContentReader content;
    private final int limit;

    /**
     * Creates a reader.
     *
     * @param limit the maximum number of messages
     */
    MessageReader(JsonReader json, ToolReader tools, int limit) {
        this.json = json;
        this.tools = tools;
        this.limit = limit;
        content = new ContentReader(json);
    }

    List<Message> messages(String path) {
        json.require(JsonToken.START_ARRAY, path, "a list of messages");
        List<Message> messages = new ArrayList<>();
        while (json.next() != JsonToken.END_ARRAY) {
            if (messages.size() == limit) {
                throw RequestException.tooManyMessages(path, limit);
            }
            messages.add(message(path + "[" + messages.size() + "]"));
        }
        return messages;
    }

    private Message message(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object");
        @Nullable Role role = null;
        Map<String, RawJson> fields = new LinkedHashMap<>();
        content.reset();
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            String at = path + "." + field;
            switch (field) {
                case "role" -> role = json.enumValue(at, Role.values(), Role::wireName);
                case "content" -> content.read(at);
                case "name" -> {
                    if (!json.name(at).isEmpty()) {
                        fields.put(field, json.raw());
                    }
                }
                case Message.TOOL_CALL_ID -> {
                    json.string(at);
                    fields.put(field, json.raw());
                }
                case Message.TOOL_CALLS -> putUnlessEmpty(fields, field, tools.calls(at));
                default -> putUnlessEmpty(fields, field, json.raw());
            }
        }
        if (role == null) {
            throw RequestException.missing(path + ".role");
        }
        if (role == Role.ASSISTANT) {
            return assistantMessage(fields);
        }
        Content value = content.content();
        if (value == null) {
            throw RequestException.missing(path + ".content");
        }
        if (role == Role.TOOL && !fields.containsKey(Message.TOOL_CALL_ID)) {
            throw RequestException.missing(path + "." + Message.TOOL_CALL_ID);
        }
        String nonTextPart = content.firstNonTextPart();
        if (role.isInstruction() && nonTextPart != null) {
            // instructions are merged with the gateway's own instructions into one text
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    nonTextPart,
                    "'" + nonTextPart + "' must be a text part: system and developer messages can only contain text.");
        }
        return MessageJson.message(role, value, fields);
    }

    /**
     * Creates the message of an earlier answer, with its reasoning separated from its content, wherever the client has
     * put it.
     */
    private Message assistantMessage(Map<String, RawJson> fields) {
        Map<String, RawJson> reasoning = new LinkedHashMap<>(0);
        for (String name : REASONING_FIELDS) {
            RawJson value = fields.remove(name);
            if (value != null && !value.text().equals("\"\"")) {
                reasoning.put(name, value);
            }
        }
        ContentReader.AnswerContent answer = content.withoutReasoning();
        String separatedReasoning = answer.reasoning();
        boolean nothingLeft = content.isEmptyList()
                || (separatedReasoning != null
                        && answer.content() instanceof Content.Text text
                        && text.text().isBlank());
        boolean hasCalls = fields.containsKey(Message.TOOL_CALLS);
        Message.Assistant message =
                MessageJson.assistant(nothingLeft && hasCalls ? null : answer.content(), fields, reasoning);
        // An empty think block contains no reasoning, but distinguishes an answer with only reasoning from an
        // empty answer.
        if (separatedReasoning != null
                && reasoning.isEmpty()
                && (!separatedReasoning.isEmpty() || message.isEmptyAnswer())) {
            return message.withReasoning(
                    Map.of(REASONING_FIELDS.get(0), new RawJson(JsonSlices.quoted(separatedReasoning))));
        }
        return message;
    }

    private static void putUnlessEmpty(Map<String, RawJson> fields, String name, RawJson value) {
        if (value.isEmptyList()) {
            fields.remove(name); // the last one of duplicate fields counts
        } else {
            fields.put(name, value);
        }
    }
}
