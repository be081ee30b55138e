package org.o1api.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One message of a prompt.
 *
 * @param content null if an assistant message contains only tool calls
 * @param fields all other fields ({@code name}, {@code tool_calls}, {@code tool_call_id}, ...), in their order
 * @param reasoning the reasoning of an earlier answer: in the fields in which the client sent it back, or as {@code
 *     reasoning_content} if it comes from a stored conversation. Only some providers accept it
 */
public record Message(
        Role role, @Nullable Content content, Map<String, RawJson> fields, Map<String, RawJson> reasoning) {
    /** Fields that carry part of an assistant's answer in addition to its content, or mark its content as a prefix to continue. */
    private static final Set<String> CONTENT_FIELDS =
            Set.of("tool_calls", "function_call", "refusal", "audio", "images", "prefix", "partial");

    public Message {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        reasoning = Collections.unmodifiableMap(new LinkedHashMap<>(reasoning));
    }

    /** A message without earlier reasoning. */
    public Message(Role role, @Nullable Content content, Map<String, RawJson> fields) {
        this(role, content, fields, Map.of());
    }

    /** Whether this is an assistant message without any content. Many providers reject such a message. */
    public boolean isEmptyAnswer() {
        boolean blank = content == null
                || (content instanceof Content.Text simple && simple.text().isBlank());
        return role == Role.ASSISTANT
                && blank
                && CONTENT_FIELDS.stream().map(fields::get).allMatch(value -> value == null || value.isEmpty());
    }

    /** Whether this is an assistant message that contains only reasoning. */
    public boolean isOnlyReasoning() {
        return isEmptyAnswer() && !reasoning.isEmpty();
    }

    public static Message system(String text) {
        return of(Role.SYSTEM, text);
    }

    public static Message user(String text) {
        return of(Role.USER, text);
    }

    public static Message assistant(String text) {
        return of(Role.ASSISTANT, text);
    }

    private static Message of(Role role, String text) {
        return new Message(role, new Content.Text(text), Map.of());
    }
}
