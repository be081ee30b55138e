package org.o1api.conversation;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.o1api.json.CanonicalJson;
import org.o1api.json.Json;
import org.o1api.json.JsonSlices;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;

/** The record of a stored turn without its echo, as JSON. Values that came as JSON, such as content parts and tool calls, are stored and read byte for byte. */
final class TurnJson {
    static final RawJson EMPTY_LIST = new RawJson("[]");

    private TurnJson() {}

    static String write(StoredTurn turn) {
        StringWriter text = new StringWriter(1024 + length(turn)); // growing would need twice the memory
        try (JsonGenerator json = Json.generator(text)) {
            json.writeStartObject();
            json.writeNumberField("created", turn.created());
            json.writeStringField("model", turn.model());
            json.writeArrayFieldStart("messages");
            for (Message message : turn.messages()) {
                write(message, json);
            }
            json.writeEndArray();
            ResentReasoning.write(turn.messages(), json);
            Attachments.write(turn.messages(), json);
            StoredTurn.Answer answer = turn.answer();
            if (answer != null) {
                EventJson.write(answer.events(), json);
                if (answer.sentContent() != null) {
                    json.writeStringField("sent", answer.sentContent());
                }
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter does not fail
        }
        return Json.escapeUnpairedSurrogates(text.toString());
    }

    /** The approximate length of a turn as JSON, without its echo. */
    static int length(StoredTurn turn) {
        long length = 0;
        for (Message message : turn.messages()) {
            if (message.content() instanceof Content.Text content) {
                length += content.text().length();
            } else if (message.content() instanceof Content.Parts parts) {
                length += parts.json().text().length();
            }
            length += length(message.fields().values())
                    + length(message.reasoning().values());
            if (message instanceof Message.ToolResult result) {
                length += length(result.attachments());
            }
        }
        StoredTurn.Answer answer = turn.answer();
        if (answer != null) {
            length += Stream.of(answer.content(), answer.refusal(), answer.sentContent())
                    .filter(Objects::nonNull)
                    .mapToLong(String::length)
                    .sum();
            length += length(Stream.of(answer.toolCalls(), answer.images())
                    .filter(Objects::nonNull)
                    .toList());
            length += answer.reasoning().stream()
                    .mapToLong(step -> step.text().length())
                    .sum();
        }
        return (int) Math.min(length, Integer.MAX_VALUE / 2);
    }

    private static long length(Collection<RawJson> values) {
        return values.stream().mapToLong(value -> value.text().length()).sum();
    }

    private static void write(Message message, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("role", message.role().wireName());
        if (message.content() instanceof Content.Text textContent) {
            json.writeStringField("content", textContent.text());
        } else if (message.content() instanceof Content.Parts parts) {
            json.writeFieldName("content");
            json.writeRawValue(parts.json().text());
        }
        for (Map.Entry<String, RawJson> field : message.fields().entrySet()) {
            json.writeFieldName(field.getKey());
            json.writeRawValue(field.getValue().text());
        }
        json.writeEndObject();
    }

    static StoredTurn read(String id, String text) {
        Map<String, RawJson> turn = members(new RawJson(text));
        RawJson events = turn.get(EventJson.KEY);
        return read(
                id,
                turn,
                events == null ? null : new StoredTurn.Answer(EventJson.read(events), text(turn.get("sent"))));
    }

    /** A turn of any format, whose answer has been read. */
    static StoredTurn read(String id, Map<String, RawJson> turn, StoredTurn.@Nullable Answer answer) {
        Map<String, RawJson> reasoning = ResentReasoning.read(turn);
        Map<String, RawJson> attachments = Attachments.read(turn);
        List<Message> messages = new ArrayList<>();
        for (RawJson message : JsonSlices.elements(turn.getOrDefault("messages", EMPTY_LIST))) {
            String index = Integer.toString(messages.size());
            RawJson messageReasoning = reasoning.get(index);
            Message read = message(message, messageReasoning == null ? Map.of() : members(messageReasoning));
            messages.add(Attachments.attach(read, attachments.get(index)));
        }
        return new StoredTurn(id, number(turn.get("created")), string(turn.get("model")), messages, answer);
    }

    /** The members of an object, in document order. */
    static Map<String, RawJson> members(RawJson object) {
        Map<String, RawJson> members = new LinkedHashMap<>();
        JsonSlices.members(object).forEach(member -> members.put(member.name(), member.value()));
        return members;
    }

    static String string(@Nullable RawJson value) {
        return value == null ? "" : JsonSlices.string(value);
    }

    static long number(@Nullable RawJson value) {
        return value == null ? 0 : Long.parseLong(value.text());
    }

    static JsonNode tree(String text) {
        try {
            return CanonicalJson.tree(text);
        } catch (IOException e) {
            throw new UncheckedIOException("invalid JSON in a message or a stored turn", e);
        }
    }

    static String canonical(String text) {
        return CanonicalJson.of(text);
    }

    static String canonical(JsonNode tree) {
        return CanonicalJson.of(tree);
    }

    static RawJson quoted(String text) {
        return new RawJson(TextNode.valueOf(text).toString());
    }

    private static Message message(RawJson json, Map<String, RawJson> reasoning) {
        Map<String, RawJson> fields = members(json);
        Role role = Role.valueOf(string(fields.remove("role")).toUpperCase(Locale.ROOT));
        RawJson contentJson = fields.remove("content");
        Content content = contentJson == null
                ? null
                : contentJson.text().startsWith("\"")
                        ? new Content.Text(string(contentJson))
                        : new Content.Parts(contentJson);
        return MessageJson.message(role, content, fields, reasoning);
    }

    static @Nullable String text(@Nullable RawJson value) {
        return value == null ? null : string(value);
    }
}
