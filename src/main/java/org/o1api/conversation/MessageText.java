package org.o1api.conversation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.Content;
import org.o1api.llm.Message;
import org.o1api.llm.RawJson;
import org.o1api.llm.Role;

/**
 * What a message says, whatever way its client writes it: text alone is the same as one part of text, nothing the same as
 * empty, and white space around it does not count. Two messages that are equal so are one message, sent again.
 */
record MessageText(
        Role role,
        @Nullable String text,
        @Nullable JsonNode parts,
        List<Called> calls,
        @Nullable String callId) {
    /** For what an image or a file counts, since its JSON says nothing of it. */
    private static final int TOKENS_OF_A_PART = 1000;

    /** What chat models are told around each message, by OpenAI's cookbook on counting tokens, and its role. */
    private static final int TOKENS_AROUND = 4;

    /** A call of a tool; its arguments as a tree, since clients write them anew, or as text where they are no JSON. */
    record Called(
            String id, String name, String text, @Nullable JsonNode tree) {
        static Called of(String id, String name, String arguments) {
            JsonNode tree = TurnJson.treeOrNull(arguments);
            return new Called(id, name, tree == null ? arguments : "", tree);
        }

        String arguments() {
            return tree == null ? text : tree.toString();
        }
    }

    static MessageText of(Message message) {
        Content content = message.content();
        String text = null;
        JsonNode parts = null;
        if (content instanceof Content.Text said) {
            text = said.text();
        } else if (content instanceof Content.Parts several) {
            parts = withoutDefaults(TurnJson.tree(several.json().text()));
            text = onlyText(parts);
        }
        if ((text == null || text.isBlank()) && parts == null) {
            text = refusal(message.fields().get("refusal"));
        }
        RawJson callId = message.fields().get("tool_call_id");
        return new MessageText(
                message.role() == Role.DEVELOPER ? Role.SYSTEM : message.role(),
                text == null || text.isBlank() ? null : text.strip(),
                text == null ? parts : null,
                calls(message.fields().get("tool_calls")),
                callId == null ? null : TurnJson.tree(callId.text()).asText());
    }

    /** A client may say what another leaves out. */
    private static JsonNode withoutDefaults(JsonNode parts) {
        for (JsonNode part : parts) {
            if (part.path("image_url") instanceof ObjectNode image
                    && image.path("detail").asText().equals("auto")) {
                image.remove("detail");
            }
        }
        return parts;
    }

    /** Why an assistant does not answer stands beside its content; null where it does. */
    private static @Nullable String refusal(@Nullable RawJson refusal) {
        return refusal == null ? null : TurnJson.tree(refusal.text()).textValue();
    }

    /** The text of parts that are nothing but text; null where they are more. */
    private static @Nullable String onlyText(JsonNode parts) {
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

    /** Characters of it, images and files included. */
    long length() {
        long[] length = {parts == null ? 0 : parts.toString().length()};
        if (parts == null) {
            each(piece -> length[0] += piece.length());
        }
        return length[0];
    }

    private static List<Called> calls(@Nullable RawJson toolCalls) {
        List<Called> calls = new ArrayList<>();
        if (toolCalls != null) {
            for (JsonNode call : TurnJson.tree(toolCalls.text())) {
                JsonNode function = call.path("function");
                calls.add(Called.of(
                        call.path("id").asText(),
                        function.path("name").asText(),
                        function.path("arguments").asText()));
            }
        }
        return calls;
    }

    /** How many tokens it has at most: no token is shorter than a byte of UTF-8. */
    long mostTokens() {
        return count(MessageText::utf8Length);
    }

    /** How many tokens it has. */
    long tokens(Tokenizer tokenizer) {
        return count(tokenizer);
    }

    private long count(Tokenizer tokenizer) {
        long[] tokens = {TOKENS_AROUND + otherParts() * TOKENS_OF_A_PART};
        each(piece -> tokens[0] += tokenizer.tokens(piece));
        return tokens[0];
    }

    private static long utf8Length(String text) {
        long length = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            length += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
        }
        return length;
    }

    private void each(Consumer<String> consumer) {
        if (text != null) {
            consumer.accept(text);
        }
        if (parts != null) {
            for (JsonNode part : parts) {
                if (part.path("text").isTextual()) {
                    consumer.accept(part.path("text").textValue());
                }
            }
        }
        for (Called call : calls) {
            consumer.accept(call.name());
            consumer.accept(call.arguments());
        }
    }

    private long otherParts() {
        long count = 0;
        if (parts != null) {
            for (JsonNode part : parts) {
                count += part.path("text").isTextual() ? 0 : 1;
            }
        }
        return count;
    }
}
