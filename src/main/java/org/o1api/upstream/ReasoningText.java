package org.o1api.upstream;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.json.JsonSlices;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/** Converts the earlier reasoning of a message to text, whatever fields it is in. */
final class ReasoningText {
    private static final Set<String> TEXT_KEYS = Set.of("text", "summary", "thinking");

    private ReasoningText() {}

    /**
     * The text of the first field that contains any.
     *
     * @param reasoning {@link org.o1api.model.Message#reasoning}
     * @return empty if there is none; encrypted reasoning has no text
     */
    static String of(Map<String, RawJson> reasoning) {
        for (String name : ReasoningFields.NAMES) {
            RawJson value = reasoning.get(name);
            String text = value == null ? "" : text(value);
            if (!text.isBlank()) {
                return text;
            }
        }
        return "";
    }

    /** The content of a message with its reasoning and a blank line in front; the content alone if there is no reasoning. */
    static @Nullable Content prependTo(Message message) {
        Content content = message.content();
        String text = of(message.reasoning());
        if (text.isEmpty()) {
            return content;
        }
        if (content instanceof Content.Parts parts && !parts.json().isEmptyList()) {
            String part = "{\"type\":\"text\",\"text\":" + JsonSlices.quoted(text + "\n\n") + "}";
            String rest = parts.json().text();
            return new Content.Parts(new RawJson("[" + part + "," + rest.substring(rest.indexOf('[') + 1)));
        }
        String contentText = content instanceof Content.Text answer ? answer.text() : "";
        return new Content.Text(contentText.isEmpty() ? text : text + "\n\n" + contentText);
    }

    private static String text(RawJson value) {
        return switch (value.text().charAt(0)) {
            case '"' -> JsonSlices.string(value);
            case '[' -> ofDetails(value);
            default -> "";
        };
    }

    /** The text of a list of details or blocks. Pieces with the same index form one text. */
    private static String ofDetails(RawJson details) {
        StringBuilder text = new StringBuilder();
        @Nullable String last = null;
        for (RawJson detail : JsonSlices.elements(details)) {
            String piece = "";
            @Nullable String index = null;
            for (JsonSlices.Member member : JsonSlices.members(detail)) {
                if (TEXT_KEYS.contains(member.name()) && member.value().text().startsWith("\"")) {
                    piece = JsonSlices.string(member.value());
                } else if (member.name().equals("index")) {
                    index = member.value().text();
                }
            }
            if (!piece.isEmpty()) {
                boolean continues = index != null && index.equals(last);
                text.append(text.isEmpty() || continues ? "" : "\n\n").append(piece);
                last = index;
            }
        }
        return text.toString();
    }
}
