package org.o1api.upstream.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.json.Json;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.upstream.CallRequest;

/** A request to the demo model. */
public final class DemoRequest {
    private final CallRequest request;
    private final int number;

    DemoRequest(CallRequest request, int number) {
        this.request = request;
        this.number = number;
    }

    /** The number of the call in its turn, from 0. */
    public int number() {
        return number;
    }

    /** The number of messages. */
    public int size() {
        return request.messages().size();
    }

    /** The role of a message. */
    public Role role(int index) {
        return request.messages().get(index).role();
    }

    /** The text of a message, without images. */
    public String text(int index) {
        return text(request.messages().get(index).content());
    }

    /** The text of the last user message; empty if there is none. */
    public String lastUserText() {
        for (int i = size() - 1; i >= 0; i--) {
            if (role(i) == Role.USER) {
                return text(i);
            }
        }
        return "";
    }

    /** The JSON of a field; null if the request does not have it. */
    public @Nullable String field(String name) {
        RawJson value = request.fields().get(name);
        return value == null ? null : value.text();
    }

    /** Whether the reply must be JSON. */
    public boolean requiresJson() {
        RawJson format = request.fields().get("response_format");
        return format != null && !"text".equals(Json.tree(format).path("type").asText());
    }

    /** The limit of output tokens. */
    long maxTokens() {
        for (String field : List.of("max_completion_tokens", "max_tokens")) {
            RawJson limit = request.fields().get(field);
            if (limit != null) {
                return Json.tree(limit).asLong(Long.MAX_VALUE);
            }
        }
        return Long.MAX_VALUE;
    }

    /** The length of the prompt. */
    long characters() {
        return request.messages().stream()
                .map(Message::content)
                .mapToLong(content -> text(content).length())
                .sum();
    }

    private static String text(@Nullable Content content) {
        if (content instanceof Content.Text text) {
            return text.text();
        }
        return content instanceof Content.Parts parts ? text(parts) : "";
    }

    private static String text(Content.Parts parts) {
        StringBuilder texts = new StringBuilder();
        for (JsonNode part : Json.tree(parts.json())) {
            texts.append(part.path("text").asText());
        }
        return texts.toString();
    }
}
