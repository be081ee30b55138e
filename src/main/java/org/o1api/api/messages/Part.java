package org.o1api.api.messages;

import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.o1api.json.ContentParts;
import org.o1api.model.Content;
import org.o1api.model.RawJson;

/** A part of a message that content blocks become. */
sealed interface Part {
    /** A text, which is not empty. */
    record Text(String text) implements Part {}

    /** An image or a file, as the Chat Completions API has it. */
    record Other(RawJson json) implements Part {}

    /** The content with these parts. Parts that are all text become one text, which more models accept than parts. */
    static Content content(List<Part> parts) {
        String text = text(parts);
        return text == null ? ContentParts.list(parts.stream().map(Part::json).toList()) : new Content.Text(text);
    }

    /** The text of parts that are all text; null if one is not. */
    private static @Nullable String text(List<Part> parts) {
        if (parts.size() == 1) { // joining would copy it
            return parts.get(0) instanceof Text text ? text.text : null;
        }
        StringJoiner texts = new StringJoiner("\n\n");
        for (Part part : parts) {
            if (!(part instanceof Text text)) {
                return null;
            }
            texts.add(text.text);
        }
        return texts.toString();
    }

    private static RawJson json(Part part) {
        return part instanceof Text text ? ContentParts.text(text.text) : ((Other) part).json;
    }
}
