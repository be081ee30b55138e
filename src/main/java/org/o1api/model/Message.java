package org.o1api.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One message of a prompt.
 *
 * <p>A message keeps its fields as they were received, so that providers and the store get the same bytes. The fields that this
 * gateway understands have accessors in addition. {@code MessageJson} creates messages from their fields.
 */
public sealed interface Message {
    /** The field with the calls of an answer. */
    String TOOL_CALLS = "tool_calls";

    /** The field with the text with which a model refused to answer. */
    String REFUSAL = "refusal";

    /** The field with the ID of the call that a result belongs to. */
    String TOOL_CALL_ID = "tool_call_id";

    Role role();

    /** Null only if an assistant message has no content, for instance because it consists of tool calls. */
    @Nullable
    Content content();

    /**
     * All fields except the role, the content and the reasoning, in their order and byte for byte. Only for code that writes,
     * measures or searches whole messages; everything else uses the accessors.
     */
    Map<String, RawJson> fields();

    /** The fields that no accessor returns, such as {@code name}, in their order. */
    default Map<String, RawJson> unknownFields() {
        return fields();
    }

    /**
     * The reasoning of an earlier answer: in the fields in which the client sent it back, or as {@code reasoning_content} if it
     * comes from a stored conversation. Only some providers accept it. Other messages have none.
     */
    default Map<String, RawJson> reasoning() {
        return Map.of();
    }

    /** Whether this is an assistant message without any content. Many providers reject such a message. */
    default boolean isEmptyAnswer() {
        return false;
    }

    /** Whether this is an assistant message that contains only reasoning. */
    default boolean isOnlyReasoning() {
        return isEmptyAnswer() && !reasoning().isEmpty();
    }

    static System system(String text) {
        return new System(Role.SYSTEM, new Content.Text(text), Map.of());
    }

    static User user(String text) {
        return new User(new Content.Text(text), Map.of());
    }

    static Assistant assistant(String text) {
        return new Assistant(new Content.Text(text), List.of(), null, Map.of(), Map.of());
    }

    /**
     * Instructions for the model.
     *
     * @param role {@code SYSTEM} or {@code DEVELOPER}
     */
    @SuppressWarnings("JavaLangClash") // the role's name; always written as Message.System
    record System(Role role, Content content, Map<String, RawJson> fields) implements Message {
        public System {
            if (!role.isInstruction()) {
                throw new IllegalArgumentException("not a role of instructions: " + role);
            }
            fields = copy(fields);
        }
    }

    /** A message of the user. */
    record User(Content content, Map<String, RawJson> fields) implements Message {
        public User {
            fields = copy(fields);
        }

        @Override
        public Role role() {
            return Role.USER;
        }
    }

    /**
     * An earlier answer of a model.
     *
     * @param toolCalls the calls in the field {@link Message#TOOL_CALLS}
     * @param refusal the text in the field {@link Message#REFUSAL}; null if it is absent or not a string
     */
    record Assistant(
            @Nullable Content content,
            List<ToolCall> toolCalls,
            @Nullable String refusal,
            Map<String, RawJson> fields,
            Map<String, RawJson> reasoning)
            implements Message {
        /** Fields that carry part of an answer in addition to its content, or mark its content as a prefix to continue. */
        private static final Set<String> CONTENT_FIELDS =
                Set.of("function_call", REFUSAL, "audio", "images", "prefix", "partial");

        public Assistant {
            toolCalls = List.copyOf(toolCalls);
            fields = copy(fields);
            reasoning = copy(reasoning);
            RawJson calls = fields.get(TOOL_CALLS);
            if (toolCalls.isEmpty() != (calls == null || calls.isEmptyList())) {
                throw new IllegalArgumentException("the tool calls do not match the field");
            }
            if (refusal != null && !fields.containsKey(REFUSAL)) {
                throw new IllegalArgumentException("the refusal has no field");
            }
        }

        @Override
        public Role role() {
            return Role.ASSISTANT;
        }

        @Override
        public Map<String, RawJson> unknownFields() {
            return without(fields, TOOL_CALLS, refusal == null ? TOOL_CALLS : REFUSAL);
        }

        @Override
        public boolean isEmptyAnswer() {
            boolean blank = content == null
                    || (content instanceof Content.Text simple && simple.text().isBlank());
            return blank
                    && toolCalls.isEmpty()
                    && CONTENT_FIELDS.stream().map(fields::get).allMatch(value -> value == null || value.isEmpty());
        }

        /** The same answer with different content. */
        public Assistant withContent(Content newContent) {
            return new Assistant(newContent, toolCalls, refusal, fields, reasoning);
        }

        /** The same answer with different reasoning. */
        public Assistant withReasoning(Map<String, RawJson> newReasoning) {
            return new Assistant(content, toolCalls, refusal, fields, newReasoning);
        }
    }

    /**
     * The result of a tool call.
     *
     * @param role {@code TOOL}, or {@code FUNCTION} in OpenAI's older API
     * @param callId the ID in the field {@link Message#TOOL_CALL_ID}; null if it is absent
     * @param attachments content parts such as images that belong to the result but that providers do not accept in it; they get
     *     them in a user message after it
     */
    record ToolResult(
            Role role, @Nullable String callId, Content content, Map<String, RawJson> fields, List<RawJson> attachments)
            implements Message {
        /** A result without attachments. */
        public ToolResult(Role role, @Nullable String callId, Content content, Map<String, RawJson> fields) {
            this(role, callId, content, fields, List.of());
        }

        public ToolResult {
            attachments = List.copyOf(attachments);
            if (!role.isToolResult()) {
                throw new IllegalArgumentException("not a role of results: " + role);
            }
            fields = copy(fields);
            if ((callId == null) == fields.containsKey(TOOL_CALL_ID)) {
                throw new IllegalArgumentException("the call ID does not match the field");
            }
        }

        @Override
        public Map<String, RawJson> unknownFields() {
            return without(fields, TOOL_CALL_ID);
        }

        /** The same result with these attachments. */
        public ToolResult withAttachments(List<RawJson> parts) {
            return new ToolResult(role, callId, content, fields, parts);
        }
    }

    private static Map<String, RawJson> copy(Map<String, RawJson> fields) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    private static Map<String, RawJson> without(Map<String, RawJson> fields, String... names) {
        Map<String, RawJson> others = new LinkedHashMap<>(fields);
        others.keySet().removeAll(List.of(names));
        return Collections.unmodifiableMap(others);
    }
}
