package org.o1api.api.items;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.StoredTurn;
import org.o1api.json.Json;
import org.o1api.json.JsonSlices;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.ToolCall;
import org.o1api.model.TurnId;

/**
 * Converts the messages of a stored turn to items of OpenAI's Conversations and Responses APIs. An item's ID contains the digits of the
 * turn's ID and the item's index in it.
 */
public final class ItemWriter {
    private static final String REASONING = "rs";

    /** The type of parts that have no other form. Texts have the types {@code input_text} and {@code output_text}. */
    private static final String WITHOUT_FORM = "text";

    /** Type, turn and index. */
    private static final Pattern ID = Pattern.compile("[a-z]+_([0-9a-f]{32})_[0-9]{1,9}");

    private final String turn;
    private final List<Item> items = new ArrayList<>();

    /** An item of a turn. */
    public record Item(String id, Json.ValueWriter body) {}

    private ItemWriter(String turn) {
        this.turn = turn;
    }

    /** The items of the messages of a turn, in their order. */
    public static List<Item> items(StoredTurn turn) {
        return items(turn, Map.of());
    }

    /**
     * The same with what the messages do not say.
     *
     * @param details by the index of the message
     */
    public static List<Item> items(StoredTurn turn, Map<Integer, MessageDetails> details) {
        ItemWriter writer = new ItemWriter(TurnId.hex(turn.id()));
        for (int i = 0; i < turn.messages().size(); i++) {
            writer.addMessage(turn.messages().get(i), details.getOrDefault(i, MessageDetails.NONE));
        }
        return writer.items;
    }

    /** The ID of the turn that an item belongs to; null if the item ID is invalid. */
    public static @Nullable String turnId(String item) {
        Matcher parts = ID.matcher(item);
        return parts.matches() ? TurnId.ofHex(parts.group(1)) : null;
    }

    /** Whether an ID is one that the gateway gives to reasoning. */
    public static boolean isReasoningId(String item) {
        return item.startsWith(REASONING + "_") && ID.matcher(item).matches();
    }

    /** Whether a message or an output has parts that this API has no form for, so that they are shown as text. */
    public static boolean hasPartsWithoutForm(JsonNode item) {
        for (String parts : List.of("content", "output")) {
            for (JsonNode part : item.path(parts)) {
                if (part.path("type").asText().equals(WITHOUT_FORM)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The number of items that messages of a request are. */
    public static int count(List<Message> messages) {
        ItemWriter writer = new ItemWriter("");
        messages.forEach(message -> writer.addMessage(message, MessageDetails.NONE));
        return writer.items.size();
    }

    private void add(String prefix, String type, Json.ValueWriter fields) {
        String id = prefix + "_" + turn + "_" + items.size();
        items.add(new Item(id, json -> {
            json.writeStartObject();
            json.writeStringField("type", type);
            json.writeStringField("id", id);
            json.writeStringField("status", "completed");
            fields.write(json);
            json.writeEndObject();
        }));
    }

    private void addMessage(Message message, MessageDetails details) {
        if (message instanceof Message.ToolResult result) {
            addToolResult(result, details.isCustomOutput());
            return;
        }
        Content content = message.content();
        if (content != null) {
            boolean isOutput = message.role() == Role.ASSISTANT;
            add("msg", "message", json -> {
                json.writeStringField("role", message.role().wireName());
                json.writeFieldName("content");
                write(content, isOutput, json);
                if (details.phase() != null) {
                    json.writeStringField("phase", details.phase());
                }
            });
        }
        if (message instanceof Message.Assistant answer) {
            for (int i = 0; i < answer.toolCalls().size(); i++) {
                addToolCall(answer.toolCalls().get(i), details.tools().get(i));
            }
        }
    }

    private void addToolResult(Message.ToolResult message, boolean isCustom) {
        String callId = message.callId();
        add("fco", isCustom ? "custom_tool_call_output" : "function_call_output", json -> {
            if (callId != null) {
                json.writeStringField("call_id", callId);
            }
            json.writeFieldName("output");
            if (!message.attachments().isEmpty()) {
                writeWithAttachments(message, json);
            } else if (message.content() instanceof Content.Parts parts) {
                write(parts, false, json);
            } else {
                json.writeString(message.content() instanceof Content.Text textContent ? textContent.text() : "");
            }
        });
    }

    private static void writeWithAttachments(Message.ToolResult message, JsonGenerator json) throws IOException {
        json.writeStartArray();
        if (message.content() instanceof Content.Text text && !text.text().isEmpty()) {
            text(text.text(), false, json);
        }
        for (RawJson part : message.attachments()) {
            part(part, false, json);
        }
        json.writeEndArray();
    }

    /** Adds a call. If its tool is not known, the call is from the Chat Completions API, where a call of a custom tool has no arguments. */
    private void addToolCall(ToolCall call, @Nullable CalledTool known) {
        RawJson custom = call.fields().get("custom");
        if (known != null) {
            addToolCall(call, known, call.arguments());
        } else if (custom == null) {
            addToolCall(call, new CalledTool(false, null, call.name()), call.arguments());
        } else {
            JsonNode fields = Json.tree(custom);
            String input = fields.path(CalledTool.INPUT).asText("");
            addToolCall(call, new CalledTool(true, null, fields.path("name").asText("")), CalledTool.arguments(input));
        }
    }

    private void addToolCall(ToolCall call, CalledTool tool, String arguments) {
        String prefix = tool.isCustom() ? "ctc" : "fc";
        add(prefix, tool.isCustom() ? "custom_tool_call" : "function_call", json -> {
            json.writeStringField("call_id", call.id());
            json.writeStringField("name", tool.name());
            if (tool.isCustom()) {
                json.writeStringField("input", CalledTool.input(arguments));
            } else {
                json.writeStringField("arguments", arguments);
            }
            if (tool.namespace() != null) {
                json.writeStringField("namespace", tool.namespace());
            }
            for (Map.Entry<String, RawJson> field :
                    ToolCall.providerFields(call.fields()).entrySet()) {
                json.writeFieldName(field.getKey());
                Json.writeRaw(json, field.getValue());
            }
        });
    }

    private static void write(Content content, boolean isOutput, JsonGenerator json) throws IOException {
        json.writeStartArray();
        if (content instanceof Content.Text textContent) {
            text(textContent.text(), isOutput, json);
        } else if (content instanceof Content.Parts parts) {
            for (RawJson part : JsonSlices.elements(parts.json())) {
                part(part, isOutput, json);
            }
        }
        json.writeEndArray();
    }

    private static void text(String text, boolean isOutput, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", isOutput ? "output_text" : "input_text");
        json.writeStringField("text", text);
        if (isOutput) {
            json.writeArrayFieldStart("annotations");
            json.writeEndArray();
            json.writeArrayFieldStart("logprobs");
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static void refusal(String text, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "refusal");
        json.writeStringField("refusal", text);
        json.writeEndObject();
    }

    /**
     * Writes a content part of the chat API. A part that the Conversations API has no shape for is written as text, its
     * JSON.
     */
    private static void part(RawJson raw, boolean isOutput, JsonGenerator json) throws IOException {
        JsonNode part = Json.tree(raw);
        switch (part.path("type").asText()) {
            case "text" -> text(part.path("text").asText(), isOutput, json);
            case "refusal" -> refusal(part.path("refusal").asText(), json);
            case "image_url" -> {
                JsonNode image = part.path("image_url");
                json.writeStartObject();
                json.writeStringField("type", "input_image");
                json.writeStringField("image_url", image.path("url").asText());
                json.writeStringField("detail", image.path("detail").asText("auto"));
                json.writeEndObject();
            }
            case "file" -> {
                json.writeStartObject();
                json.writeStringField("type", "input_file");
                for (String field : List.of("file_id", "filename", "file_data")) {
                    JsonNode value = part.path("file").path(field);
                    if (value.isTextual()) {
                        json.writeStringField(field, value.textValue());
                    }
                }
                json.writeEndObject();
            }
            default -> {
                json.writeStartObject();
                json.writeStringField("type", WITHOUT_FORM);
                json.writeStringField("text", raw.text());
                json.writeEndObject();
            }
        }
    }
}
