package org.o1api.api.responses;

import static org.o1api.api.RequestException.require;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.o1api.api.RequestException;
import org.o1api.api.items.CalledTool;
import org.o1api.api.items.ItemMessages;
import org.o1api.api.items.ItemReader;
import org.o1api.api.items.MessageDetails;
import org.o1api.api.request.Fields;
import org.o1api.api.request.JsonReader;
import org.o1api.json.Json;
import org.o1api.json.JsonSlices;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.ThinkBlock;
import org.o1api.model.ToolCall;

/**
 * Converts the items of an input to messages of the Chat Completions API. Reasoning and calls belong to the answer that they follow or
 * precede there.
 */
final class InputReader {
    static final String REFERENCE = "item_reference";

    private final ToolNames tools;
    private final EarlierItems earlier;
    private InputReferences references = InputReferences.NONE;
    private final ItemMessages messages = new ItemMessages();
    /** The number of items that the messages are, as the store counts them. */
    private int items;

    /** By the index of the message. */
    private final Map<Integer, MessageDetails> details = new LinkedHashMap<>(0);

    InputReader(ToolNames tools, EarlierItems earlier) {
        this.tools = tools;
        this.earlier = earlier;
    }

    /**
     * Converts items.
     *
     * @throws RequestException if one is invalid
     */
    List<Message> read(List<RawJson> items, String path) {
        references = InputReferences.of(items, earlier);
        for (int i = 0; i < items.size(); i++) {
            readItem(items.get(i), path + "[" + i + "]");
        }
        return messages.messages();
    }

    /** Returns what the messages of the items that were read do not say. */
    InputDetails details() {
        return new InputDetails(items, details);
    }

    /** Returns the type of an item. Messages and references may have none. */
    static String type(JsonNode item) {
        String type = item.path("type").asText("");
        if (!type.isEmpty()) {
            return type;
        }
        return item.has("id") && !item.has("role") ? REFERENCE : "message";
    }

    private void readItem(RawJson raw, String path) {
        JsonNode item = Json.tree(raw);
        require(item.isObject(), path, "an object");
        String type = type(item);
        switch (type) {
            case "message" -> readMessage(item, path);
            case "function_call" -> addCall(functionCall(raw, item, path), called(item, path));
            case "custom_tool_call" -> addCall(customCall(raw, item, path), called(item, path));
            case "function_call_output", "custom_tool_call_output" -> readOutput(item, path);
            case "reasoning" -> readReasoning(item, path);
            case "additional_tools", // read before, with the other tools
                    "image_generation_call" -> {} // images that a model generated are not sent to it again
            case REFERENCE -> readItem(references.item(item, path), path);
            default ->
                throw new RequestException(
                        ErrorCode.INVALID_REQUEST,
                        path + ".type",
                        "'" + path
                                + ".type' must be one of message, function_call, function_call_output, custom_tool_call,"
                                + " custom_tool_call_output, reasoning, item_reference, additional_tools, image_generation_call.");
        }
    }

    private void readMessage(JsonNode item, String path) {
        Role role = ItemReader.role(item, path);
        JsonNode content = item.path("content");
        boolean isEmpty =
                content.isArray() ? content.isEmpty() : content.asText("").isEmpty();
        if (role != Role.ASSISTANT) {
            messages.add(ItemReader.message(item, path));
            countMessage(item, path);
            return;
        }
        if (isEmpty) {
            return; // an answer that consists of calls
        }
        Message answer = ItemReader.message(item, path);
        String text = content.isTextual()
                ? content.textValue()
                : content.path(0).path("text").asText("");
        String thoughts = ThinkBlock.reasoning(text);
        if (thoughts != null) {
            messages.addReasoning(thoughts);
        }
        if (answer.content() instanceof Content.Text simple && simple.text().isBlank()) {
            return;
        }
        messages.add(answer);
        countMessage(item, path);
    }

    private void countMessage(JsonNode item, String path) {
        if (item.path("phase").isTextual()) {
            String phase = JsonReader.requireNameLength(item.path("phase").textValue(), path + ".phase");
            addDetails(new MessageDetails(phase, false, Map.of()));
        }
        items++;
    }

    /** Adds details of the last message. */
    private void addDetails(MessageDetails added) {
        details.merge(messages.lastIndex(), added, (before, more) -> {
            Map<Integer, CalledTool> tools = new LinkedHashMap<>(before.tools());
            tools.putAll(more.tools());
            return new MessageDetails(before.phase(), before.isCustomOutput(), tools);
        });
    }

    private static boolean isText(JsonNode part) {
        return part.path("type").asText().equals("text");
    }

    private ToolCall functionCall(RawJson raw, JsonNode item, String path) {
        ToolCall call = ItemReader.toolCall(raw, item, path);
        return new ToolCall(call.id(), providerName(item, path), call.arguments(), call.fields());
    }

    private ToolCall customCall(RawJson raw, JsonNode item, String path) {
        return new ToolCall(
                ItemReader.text(item, "call_id", path),
                providerName(item, path),
                CalledTool.arguments(ItemReader.text(item, CalledTool.INPUT, path)),
                new Fields(raw, path).providerFields());
    }

    private static CalledTool called(JsonNode item, String path) {
        return new CalledTool(
                type(item).equals("custom_tool_call"),
                item.hasNonNull("namespace") ? name(item, "namespace", path) : null,
                name(item, "name", path));
    }

    private static String name(JsonNode item, String field, String path) {
        return JsonReader.requireNameLength(ItemReader.text(item, field, path), path + "." + field);
    }

    private String providerName(JsonNode item, String path) {
        CalledTool tool = called(item, path);
        return tools.providerName(tool.namespace(), tool.name());
    }

    private void addCall(ToolCall call, CalledTool tool) {
        int index = messages.addCall(call);
        items++;
        if (tool.isCustom() || tool.namespace() != null) {
            addDetails(new MessageDetails(null, false, Map.of(index, tool)));
        }
    }

    private void readOutput(JsonNode item, String path) {
        items++;
        String callId = ItemReader.text(item, "call_id", path);
        messages.add(result(item, callId, path));
        if (type(item).equals("custom_tool_call_output")) {
            addDetails(new MessageDetails(null, true, Map.of()));
        }
    }

    private static Message result(JsonNode item, String callId, String path) {
        JsonNode output = item.path("output");
        if (output.isArray() && output.isEmpty()) {
            return MessageJson.toolResult(callId, new Content.Text(""));
        }
        Message.ToolResult result = ItemReader.result(item, path);
        if (!(result.content() instanceof Content.Parts parts)) {
            return result;
        }
        StringJoiner texts = new StringJoiner("\n");
        List<RawJson> others = new ArrayList<>();
        for (RawJson part : JsonSlices.elements(parts.json())) {
            JsonNode tree = Json.tree(part);
            if (isText(tree)) {
                texts.add(tree.path("text").textValue());
            } else {
                others.add(part);
            }
        }
        return MessageJson.toolResult(callId, new Content.Text(texts.toString()))
                .withAttachments(others);
    }

    /** Only reasoning that the gateway itself has sent continues. It can be decrypted, or is not encrypted and recognized by its ID. */
    private void readReasoning(JsonNode item, String path) {
        if (InputReferences.isEncrypted(item)) {
            references.reasoning(item).ifPresent(messages::addReasoning);
            return;
        }
        messages.addSummary(item, path);
    }
}
