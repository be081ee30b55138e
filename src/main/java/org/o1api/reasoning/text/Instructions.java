package org.o1api.reasoning.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.o1api.json.JsonSlices;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;

/**
 * Merges the gateway's instructions and the caller's leading system and developer messages into one system message. Its content is
 * plain text unless a content part of the caller has other fields than its text (such as {@code cache_control}). In that case
 * the content is a list of parts: the gateway's instructions, then the caller's parts byte for byte. Other fields of the caller's
 * messages are kept; of fields with the same name the last one wins.
 */
public final class Instructions {
    private static final Set<String> TEXT_PART_FIELDS = Set.of("type", "text");

    private Instructions() {}

    /**
     * Merges the messages.
     *
     * @param ours the gateway's instructions
     */
    public static Message merge(String ours, List<Message> callerMessages) {
        Map<String, RawJson> fields = new LinkedHashMap<>();
        boolean plain = true;
        for (Message message : callerMessages) {
            fields.putAll(message.fields());
            plain &= !(message.content() instanceof Content.Parts parts) || isPlainText(parts);
        }
        return new Message.System(
                Role.SYSTEM, plain ? joinedText(ours, callerMessages) : joinedParts(ours, callerMessages), fields);
    }

    private static boolean isPlainText(Content.Parts parts) {
        return JsonSlices.elements(parts.json()).stream()
                .flatMap(part -> JsonSlices.members(part).stream())
                .allMatch(member -> TEXT_PART_FIELDS.contains(member.name())
                        || member.value().text().equals("null"));
    }

    private static Content joinedText(String ours, List<Message> callerMessages) {
        StringBuilder all = new StringBuilder(ours);
        for (Message message : callerMessages) {
            String text = "";
            if (message.content() instanceof Content.Text plain) {
                text = plain.text();
            } else if (message.content() instanceof Content.Parts parts) {
                text = joinedText(parts);
            }
            if (!text.isBlank()) {
                all.append("\n\n").append(text);
            }
        }
        return new Content.Text(all.toString());
    }

    private static String joinedText(Content.Parts parts) {
        List<String> texts = new ArrayList<>();
        for (RawJson part : JsonSlices.elements(parts.json())) {
            String text = null;
            for (JsonSlices.Member member : JsonSlices.members(part)) {
                text = member.name().equals("text") ? JsonSlices.string(member.value()) : text;
            }
            if (text != null) {
                texts.add(text);
            }
        }
        return String.join("\n", texts);
    }

    private static Content joinedParts(String ours, List<Message> callerMessages) {
        List<String> all = new ArrayList<>();
        all.add(textPart(ours));
        for (Message message : callerMessages) {
            if (message.content() instanceof Content.Text plain && !plain.text().isBlank()) {
                all.add(textPart(plain.text()));
            } else if (message.content() instanceof Content.Parts parts) {
                JsonSlices.elements(parts.json()).forEach(part -> all.add(part.text()));
            }
        }
        return new Content.Parts(new RawJson("[" + String.join(",", all) + "]"));
    }

    private static String textPart(String text) {
        return "{\"type\":\"text\",\"text\":" + JsonSlices.quoted(text) + "}";
    }
}
