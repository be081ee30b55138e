package org.o1api.json;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Content;

/** The text of a message's content. */
public final class ContentText {
    private ContentText() {}

    /** Returns the texts of all parts, without images; empty if there is no content. */
    public static String of(@Nullable Content content) {
        StringBuilder texts = new StringBuilder();
        if (content instanceof Content.Text text) {
            texts.append(text.text());
        } else if (content instanceof Content.Parts parts) {
            for (JsonNode part : Json.tree(parts.json())) {
                texts.append(part.path("text").asText());
            }
        }
        return texts.toString();
    }

    /** Returns the number of parts that are no text: images, files and sound. */
    public static int otherParts(Content.Parts parts) {
        int others = 0;
        for (JsonNode part : Json.tree(parts.json())) {
            others += part.path("text").isTextual() || part.path("refusal").isTextual() ? 0 : 1;
        }
        return others;
    }
}
