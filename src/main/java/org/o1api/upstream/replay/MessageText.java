package org.o1api.upstream.replay;

import com.fasterxml.jackson.databind.JsonNode;
import org.o1api.json.Json;
import org.o1api.model.Content;
import org.o1api.model.Message;

/** The text of a message, without images. */
final class MessageText {
    private MessageText() {}

    static String of(Message message) {
        Content content = message.content();
        if (content instanceof Content.Text text) {
            return text.text();
        }
        StringBuilder texts = new StringBuilder();
        if (content instanceof Content.Parts parts) {
            for (JsonNode part : Json.tree(parts.json())) {
                texts.append(part.path("text").asText());
            }
        }
        return texts.toString();
    }
}
