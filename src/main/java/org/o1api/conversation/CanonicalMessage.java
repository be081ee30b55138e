package org.o1api.conversation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.o1api.json.ContentParts;
import org.o1api.json.JsonSlices;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.ToolCall;

/**
 * A message in canonical form, for recognizing resent messages. Text is the same as a single text part, missing content
 * the same as empty content, and surrounding white space is ignored. Equal canonical messages are the same message.
 *
 * @param toolCallId of a tool result
 */
record CanonicalMessage(
        Role role,
        @Nullable String text,
        @Nullable Parts parts,
        List<CanonicalToolCall> toolCalls,
        @Nullable String toolCallId) {
    /** Token estimate of an image or a file, whose JSON does not show it. */
    private static final int TOKENS_PER_NON_TEXT_PART = 1000;

    /** Tokens that chat models add for each message and its role, according to OpenAI's cookbook on counting tokens. */
    private static final int TOKENS_PER_MESSAGE = 4;

    /**
     * A tool call.
     *
     * @param arguments canonical JSON, since clients format it differently; any other text is unchanged
     */
    record CanonicalToolCall(String id, String name, String arguments) {}

    /**
     * Content with parts other than text.
     *
     * @param json in canonical form
     * @param texts of the text parts
     * @param nonTextParts number of the other parts
     */
    record Parts(String json, List<String> texts, int nonTextParts) {
        static Parts of(JsonNode parts) {
            List<String> texts = new ArrayList<>();
            for (JsonNode part : parts) {
                if (part.path("text").isTextual()) {
                    texts.add(part.path("text").textValue());
                }
            }
            return new Parts(TurnJson.canonical(parts), texts, parts.size() - texts.size());
        }
    }

    static CanonicalMessage of(Message message) {
        Content content = withAttachments(message);
        String text = null;
        Parts parts = null;
        if (content instanceof Content.Text textContent) {
            text = textContent.text();
        } else if (content instanceof Content.Parts partsContent) {
            JsonNode tree = withoutDefaults(TurnJson.tree(partsContent.json().text()));
            text = joinedText(tree);
            parts = text == null ? Parts.of(tree) : null;
        }
        if ((text == null || text.isBlank()) && !(content instanceof Content.Parts)) {
            text = message instanceof Message.Assistant answer ? answer.refusal() : null;
        }
        return new CanonicalMessage(
                message.role() == Role.DEVELOPER ? Role.SYSTEM : message.role(),
                text == null || text.isBlank() ? null : text.strip(),
                parts,
                message instanceof Message.Assistant answer ? canonicalToolCalls(answer.toolCalls()) : List.of(),
                message instanceof Message.ToolResult result ? result.callId() : null);
    }

    /** The content of a message, with the attachments of a result as further parts. */
    private static @Nullable Content withAttachments(Message message) {
        Content content = message.content();
        if (!(message instanceof Message.ToolResult result)
                || result.attachments().isEmpty()) {
            return content;
        }
        List<RawJson> parts = new ArrayList<>();
        if (content instanceof Content.Parts ofResult) {
            parts.addAll(JsonSlices.elements(ofResult.json()));
        } else if (content instanceof Content.Text text && !text.text().isBlank()) {
            parts.add(ContentParts.text(text.text()));
        }
        parts.addAll(result.attachments());
        return ContentParts.list(parts);
    }

    /** The same message with different text. */
    CanonicalMessage withText(String newText) {
        return new CanonicalMessage(role, newText.isBlank() ? null : newText.strip(), null, toolCalls, toolCallId);
    }

    /** Removes values that are the default, which some clients send and others do not. */
    private static JsonNode withoutDefaults(JsonNode parts) {
        for (JsonNode part : parts) {
            if (part.path("image_url") instanceof ObjectNode image
                    && image.path("detail").asText().equals("auto")) {
                image.remove("detail");
            }
        }
        return parts;
    }

    /** The text of parts that are all text; null if there are others. */
    private static @Nullable String joinedText(JsonNode parts) {
        List<String> texts = new ArrayList<>();
        for (JsonNode part : parts) {
            String type = part.path("type").asText();
            if (!type.equals("text") && !type.equals("refusal")) {
                return null;
            }
            texts.add(part.path(type).asText());
        }
        return String.join("\n", texts);
    }

    /** The length in characters, including images and files. */
    long length() {
        long[] length = {parts == null ? 0 : parts.json.length()};
        if (parts == null) {
            forEachText(piece -> length[0] += piece.length());
        }
        return length[0];
    }

    private static List<CanonicalToolCall> canonicalToolCalls(List<ToolCall> calls) {
        return calls.stream()
                .map(call -> new CanonicalToolCall(call.id(), call.name(), TurnJson.canonical(call.arguments())))
                .toList();
    }

    /** Upper limit of the token count: a token has at least one byte of UTF-8. */
    long maxTokens() {
        return count(Utf8::length);
    }

    long countTokens(Tokenizer tokenizer) {
        return count(tokenizer);
    }

    private long count(Tokenizer tokenizer) {
        long[] tokens = {TOKENS_PER_MESSAGE + (parts == null ? 0 : (long) parts.nonTextParts * TOKENS_PER_NON_TEXT_PART)
        };
        forEachText(piece -> tokens[0] += tokenizer.countTokens(piece));
        return tokens[0];
    }

    private void forEachText(Consumer<String> consumer) {
        if (text != null) {
            consumer.accept(text);
        }
        if (parts != null) {
            parts.texts.forEach(consumer);
        }
        for (CanonicalToolCall call : toolCalls) {
            consumer.accept(call.name());
            consumer.accept(call.arguments());
        }
    }
}
