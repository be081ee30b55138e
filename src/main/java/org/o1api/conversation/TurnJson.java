package org.o1api.conversation;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.json.CanonicalJson;
import org.o1api.json.Json;
import org.o1api.json.JsonSlices;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.TurnUsage;
import org.o1api.model.Usage;

/** JSON of a stored turn. Values that came as JSON, such as content parts and tool calls, are stored and read byte for byte. */
final class TurnJson {
    private static final RawJson EMPTY_LIST = new RawJson("[]");

    private TurnJson() {}

    static String write(StoredTurn turn) {
        StringWriter text = new StringWriter(1024);
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
            if (turn.answer() != null) {
                write(turn.answer(), json);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter does not fail
        }
        return Json.escapeUnpairedSurrogates(text.toString());
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

    private static void write(StoredTurn.Answer answer, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("answer");
        if (answer.content() != null) {
            json.writeStringField("content", answer.content());
        }
        if (answer.refusal() != null) {
            json.writeStringField("refusal", answer.refusal());
        }
        if (answer.sentContent() != null) {
            json.writeStringField("sent", answer.sentContent());
        }
        if (answer.toolCalls() != null) {
            json.writeFieldName("tool_calls");
            json.writeRawValue(answer.toolCalls().text());
        }
        if (answer.images() != null) {
            json.writeFieldName("images");
            json.writeRawValue(answer.images().text());
        }
        json.writeArrayFieldStart("reasoning");
        for (StoredTurn.Step step : answer.reasoning()) {
            json.writeStartArray();
            json.writeString(step.title());
            json.writeString(step.text());
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeStringField("finish_reason", answer.finishReason().wireName());
        TurnUsage usage = answer.usage();
        json.writeArrayFieldStart("usage");
        write(usage.answer(), json);
        json.writeEndArray();
        json.writeArrayFieldStart("total");
        write(usage.total(), json);
        json.writeNumber(usage.calls());
        json.writeNumber(usage.attempts());
        json.writeEndArray();
        json.writeEndObject();
    }

    /** Writes five numbers. Earlier versions wrote, and read, only the first four. */
    private static void write(Usage usage, JsonGenerator json) throws IOException {
        json.writeNumber(usage.inputTokens());
        json.writeNumber(usage.cachedTokens());
        json.writeNumber(usage.outputTokens());
        json.writeNumber(usage.reasoningTokens());
        json.writeNumber(usage.cacheWriteTokens());
    }

    static StoredTurn read(String id, String text) {
        Map<String, RawJson> turn = members(new RawJson(text));
        Map<String, RawJson> reasoning = ResentReasoning.read(turn);
        List<Message> messages = new ArrayList<>();
        RawJson answer = turn.get("answer");
        for (RawJson message : JsonSlices.elements(turn.getOrDefault("messages", EMPTY_LIST))) {
            RawJson messageReasoning = reasoning.get(Integer.toString(messages.size()));
            messages.add(message(message, messageReasoning == null ? Map.of() : members(messageReasoning)));
        }
        return new StoredTurn(
                id,
                number(turn.get("created")),
                string(turn.get("model")),
                messages,
                answer == null ? null : answer(members(answer)));
    }

    /** The members of an object, in document order. */
    static Map<String, RawJson> members(RawJson object) {
        Map<String, RawJson> members = new LinkedHashMap<>();
        JsonSlices.members(object).forEach(member -> members.put(member.name(), member.value()));
        return members;
    }

    private static String string(@Nullable RawJson value) {
        return value == null ? "" : JsonSlices.string(value);
    }

    private static long number(@Nullable RawJson value) {
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

    private static StoredTurn.Answer answer(Map<String, RawJson> answer) {
        List<StoredTurn.Step> reasoning = new ArrayList<>();
        for (RawJson step : JsonSlices.elements(answer.getOrDefault("reasoning", EMPTY_LIST))) {
            List<RawJson> titleAndText = JsonSlices.elements(step);
            reasoning.add(new StoredTurn.Step(string(titleAndText.get(0)), string(titleAndText.get(1))));
        }
        return Format1.answer(
                text(answer.get("content")),
                text(answer.get("refusal")),
                text(answer.get("sent")),
                answer.get("tool_calls"),
                answer.get("images"),
                reasoning,
                FinishReason.fromWireName(string(answer.get("finish_reason"))),
                usage(numbers(answer.get("usage")), numbers(answer.get("total"))));
    }

    /** Earlier versions stored only the totals of all calls, not the number of calls. */
    private static TurnUsage usage(List<Long> reply, List<Long> total) {
        Usage answer = usage(reply);
        return total.isEmpty()
                ? new TurnUsage(answer, answer, 0, 0)
                : new TurnUsage(
                        answer,
                        usage(total),
                        total.get(5).intValue(),
                        total.get(6).intValue());
    }

    private static Usage usage(List<Long> numbers) {
        long cacheWrite = numbers.size() > 4 ? numbers.get(4) : 0;
        return new Usage(numbers.get(0), numbers.get(1), cacheWrite, numbers.get(2), numbers.get(3));
    }

    private static List<Long> numbers(@Nullable RawJson list) {
        return JsonSlices.elements(list == null ? EMPTY_LIST : list).stream()
                .map(TurnJson::number)
                .toList();
    }

    private static @Nullable String text(@Nullable RawJson value) {
        return value == null ? null : string(value);
    }
}
