package org.o1api.api.messages;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.api.request.Fields;
import org.o1api.json.JsonSlice;
import org.o1api.json.JsonSlices;
import org.o1api.json.MessageJson;
import org.o1api.json.ToolCallJson;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.ToolCall;

/** Converts the system prompt and the messages of a request to messages of the Chat Completions API. */
final class MessagesReader {
    private static final String REASONING = ReasoningFormat.REASONING_CONTENT.wireName();

    private final Function<List<String>, Map<String, String>> signatures;
    private final List<String> instructions = new ArrayList<>();
    private final List<Message> messages = new ArrayList<>();
    /** The signatures of the thinking blocks of answers, by the index of the message. */
    private final Map<Integer, List<String>> signed = new TreeMap<>();

    /**
     * Creates a reader.
     *
     * @param signatures opens the signatures of thinking blocks, if they are of the gateway for this caller
     */
    MessagesReader(Function<List<String>, Map<String, String>> signatures) {
        this.signatures = signatures;
    }

    /**
     * Converts messages. System messages before the first answer belong to the system prompt: many models accept one at the beginning only.
     *
     * @param system a text, or text blocks; null: none
     * @throws RequestException if one is invalid
     */
    List<Message> read(@Nullable JsonSlice system, List<JsonSlice> list) {
        if (system != null) {
            readInstructions(system, "system");
        }
        for (int i = 0; i < list.size(); i++) {
            readMessage(new Fields(list.get(i), "messages[" + i + "]"));
        }
        attachReasoning();
        messages.removeIf(message ->
                message instanceof Message.Assistant answer && answer.isEmptyAnswer() && !answer.isOnlyReasoning());
        if (!instructions.isEmpty()) {
            messages.add(0, Message.system(String.join("\n\n", instructions)));
        }
        return messages;
    }

    private void readMessage(Fields message) {
        String role = message.requiredString("role");
        JsonSlice content = message.slice("content");
        if (content == null) {
            throw RequestException.missing(message.path("content"));
        }
        String path = message.path("content");
        switch (role) {
            case "user" -> readUser(content, path);
            case "assistant" -> readAnswer(content, path);
            case "system" -> {
                if (messages.stream().noneMatch(Message.Assistant.class::isInstance)) {
                    readInstructions(content, path);
                } else {
                    String text = BlockReader.text(BlockReader.blocks(content, path), "\n\n");
                    if (!text.isEmpty()) {
                        messages.add(Message.system(text));
                    }
                }
            }
            default ->
                throw new RequestException(
                        ErrorCode.INVALID_REQUEST,
                        message.path("role"),
                        "'" + message.path("role") + "' must be one of user, assistant, system.");
        }
    }

    private void readInstructions(JsonSlice content, String path) {
        String text = BlockReader.text(BlockReader.blocks(content, path), "\n\n");
        if (!text.isEmpty()) {
            instructions.add(text);
        }
    }

    /** The results of calls come first: in the Chat Completions API they follow the calls. */
    private void readUser(JsonSlice content, String path) {
        List<Part> parts = new ArrayList<>();
        for (Fields block : BlockReader.blocks(content, path)) {
            if (block.requiredString("type").equals("tool_result")) {
                messages.add(ToolResultReader.read(block));
            } else {
                parts.addAll(BlockReader.parts(block));
            }
        }
        if (!parts.isEmpty()) {
            messages.add(new Message.User(Part.content(parts), Map.of()));
        }
    }

    private void readAnswer(JsonSlice content, String path) {
        List<Part> parts = new ArrayList<>();
        List<ToolCall> calls = new ArrayList<>();
        List<String> given = new ArrayList<>();
        for (Fields block : BlockReader.blocks(content, path)) {
            switch (block.requiredString("type")) {
                case "tool_use" -> calls.add(call(block));
                case "thinking" -> {
                    String signature = block.string("signature");
                    if (signature != null) {
                        given.add(signature);
                    }
                }
                case "redacted_thinking" -> {} // another provider's
                default -> parts.addAll(BlockReader.parts(block));
            }
        }
        Map<String, RawJson> fields =
                calls.isEmpty() ? Map.of() : Map.of(Message.TOOL_CALLS, ToolCallJson.write(calls));
        if (!given.isEmpty()) {
            signed.put(messages.size(), given);
        }
        messages.add(MessageJson.assistant(parts.isEmpty() ? null : Part.content(parts), fields, Map.of()));
    }

    private void attachReasoning() {
        if (signed.isEmpty()) {
            return;
        }
        Map<String, String> opened =
                signatures.apply(signed.values().stream().flatMap(List::stream).toList());
        signed.forEach((index, given) -> {
            List<String> reasoning =
                    given.stream().map(opened::get).filter(Objects::nonNull).toList();
            if (!reasoning.isEmpty() && messages.get(index) instanceof Message.Assistant answer) {
                RawJson all = new RawJson(JsonSlices.quoted(String.join("\n\n", reasoning)));
                messages.set(index, answer.withReasoning(Map.of(REASONING, all)));
            }
        });
    }

    private static ToolCall call(Fields block) {
        RawJson input = block.object("input");
        return new ToolCall(
                block.requiredString("id"),
                block.requiredName("name"),
                input == null ? "{}" : input.text(),
                block.providerFields());
    }
}
