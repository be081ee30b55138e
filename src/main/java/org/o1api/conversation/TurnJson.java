package org.o1api.conversation;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
import org.o1api.llm.Content;
import org.o1api.llm.FinishReason;
import org.o1api.llm.Message;
import org.o1api.llm.RawJson;
import org.o1api.llm.Role;
import org.o1api.llm.Usage;

/** A turn as the JSON of its row. */
final class TurnJson {
    /**
     * How deep JSON may be nested here, for reading and for writing: no less than the largest {@code limits.depth}. Text that is
     * nested deeper, such as the arguments of a tool call, is no JSON for us but a text.
     */
    static final int MAX_DEPTH = 1000;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE) // it was within the limits of a request when it came
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .streamWriteConstraints(StreamWriteConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .build();

    /** Writes keys in one order, since clients may have another. */
    private static final ObjectWriter CANONICAL = JSON.writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED);

    private TurnJson() {}

    static String write(StoredTurn turn) {
        StringWriter text = new StringWriter(1024);
        try (JsonGenerator json = JSON.getFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("created", turn.created());
            json.writeStringField("model", turn.model());
            json.writeArrayFieldStart("messages");
            for (Message message : turn.messages()) {
                write(message, json);
            }
            json.writeEndArray();
            if (turn.answer() != null) {
                write(turn.answer(), json);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // no writer into memory fails
        }
        return text.toString();
    }

    private static void write(Message message, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("role", message.role().wireName());
        if (message.content() instanceof Content.Text said) {
            json.writeStringField("content", said.text());
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
        if (answer.sent() != null) {
            json.writeStringField("sent", answer.sent());
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
        Usage usage = answer.usage();
        json.writeArrayFieldStart("usage");
        json.writeNumber(usage.inputTokens());
        json.writeNumber(usage.cachedTokens());
        json.writeNumber(usage.outputTokens());
        json.writeNumber(usage.reasoningTokens());
        json.writeEndArray();
        json.writeEndObject();
    }

    static StoredTurn read(String id, String text) {
        JsonNode turn = tree(text);
        List<Message> messages = new ArrayList<>();
        turn.path("messages").forEach(message -> messages.add(message(message)));
        JsonNode answer = turn.get("answer");
        return new StoredTurn(
                id,
                turn.path("created").longValue(),
                turn.path("model").asText(),
                messages,
                answer == null ? null : answer(answer));
    }

    static JsonNode tree(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException("a stored turn that is no JSON", e);
        }
    }

    /** JSON in one way of writing it: keys in order, no white space. A text that is no JSON, or nested too deeply, stays as it is. */
    static String canonical(String text) {
        try {
            JsonNode tree = JSON.readTree(text);
            return tree.isMissingNode() ? text : CANONICAL.writeValueAsString(tree);
        } catch (JacksonException e) {
            return text;
        }
    }

    /** The same of a tree. */
    static String canonical(JsonNode tree) {
        try {
            return CANONICAL.writeValueAsString(tree);
        } catch (JacksonException e) {
            throw new UncheckedIOException("a tree that was read here", e);
        }
    }

    /** A tree that was read here as text. */
    private static RawJson raw(JsonNode tree) {
        try {
            return new RawJson(JSON.writeValueAsString(tree));
        } catch (JacksonException e) {
            throw new UncheckedIOException("a tree that was read here", e);
        }
    }

    static RawJson string(String text) {
        return new RawJson(TextNode.valueOf(text).toString());
    }

    private static Message message(JsonNode node) {
        Role role = Role.valueOf(node.path("role").asText().toUpperCase(Locale.ROOT));
        JsonNode said = node.get("content");
        Content content = said == null
                ? null
                : said.isTextual() ? new Content.Text(said.textValue()) : new Content.Parts(raw(said));
        Map<String, RawJson> fields = new LinkedHashMap<>();
        node.properties().forEach(field -> {
            if (!field.getKey().equals("role") && !field.getKey().equals("content")) {
                fields.put(field.getKey(), raw(field.getValue()));
            }
        });
        return new Message(role, content, fields);
    }

    private static StoredTurn.Answer answer(JsonNode node) {
        List<StoredTurn.Step> reasoning = new ArrayList<>();
        node.path("reasoning")
                .forEach(step -> reasoning.add(
                        new StoredTurn.Step(step.path(0).asText(), step.path(1).asText())));
        JsonNode toolCalls = node.get("tool_calls");
        JsonNode images = node.get("images");
        JsonNode usage = node.path("usage");
        return new StoredTurn.Answer(
                text(node.get("content")),
                text(node.get("refusal")),
                text(node.get("sent")),
                toolCalls == null ? null : raw(toolCalls),
                images == null ? null : raw(images),
                reasoning,
                FinishReason.ofWire(node.path("finish_reason").asText()),
                new Usage(
                        usage.path(0).longValue(),
                        usage.path(1).longValue(),
                        usage.path(2).longValue(),
                        usage.path(3).longValue()));
    }

    private static @Nullable String text(@Nullable JsonNode node) {
        return node == null ? null : node.textValue();
    }
}
