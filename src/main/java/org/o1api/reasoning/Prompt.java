package org.o1api.reasoning;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/**
 * What the caller sends to the model.
 *
 * @param messages the caller's messages, oldest first; at least one
 * @param fields sent with every call: sampling parameters and fields that are passed through
 * @param tools sent with every call; null: none
 * @param closingFields sent with the closing call only: {@code stop}, {@code response_format}, {@code tool_choice}, ...
 * @param maxTokens limits the output of the whole turn; null: the caller set no limit
 */
public record Prompt(
        List<Message> messages,
        Map<String, RawJson> fields,
        @Nullable RawJson tools,
        Map<String, RawJson> closingFields,
        @Nullable MaxTokens maxTokens) {
    /** Closing fields that make the answer JSON, in the APIs of OpenAI, vLLM, llama.cpp and Ollama. */
    private static final Set<String> JSON_FORMATS = Set.of("response_format", "guided_json", "json_schema", "format");

    private static final Pattern STRUCTURED_JSON = Pattern.compile("\"json(?:_object)?\"\\s*:");

    private static final String TOOL_CHOICE = "tool_choice";

    /** Closing fields that do not constrain the text, or that constrain all text alike. */
    public static final Set<String> UNCONSTRAINING = Set.of(
            TOOL_CHOICE,
            "parallel_tool_calls",
            "modalities",
            "image_config",
            "verbosity",
            "skip_special_tokens",
            "spaces_between_special_tokens");

    /** Closing fields that prescribe the form of the answer and are not JSON formats, besides {@code guided_...}. */
    private static final Set<String> OTHER_FORMS = Set.of(
            "structured_outputs",
            "structural_tag",
            "regex",
            "regex_pattern",
            "ebnf",
            "grammar",
            "grammar_string",
            "nvext");

    private static final String GUIDED = "guided_";

    private static final RawJson NO_TOOL = new RawJson("\"none\"");

    public Prompt {
        messages = List.copyOf(messages);
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        closingFields = Collections.unmodifiableMap(new LinkedHashMap<>(closingFields));
    }

    /** Whether the answer must be JSON. */
    public boolean requiresJson() {
        return requiresJson(closingFields);
    }

    /** Whether closing fields require an answer in JSON. */
    public static boolean requiresJson(Map<String, RawJson> closingFields) {
        RawJson structured = closingFields.get("structured_outputs");
        return JSON_FORMATS.stream().anyMatch(closingFields::containsKey)
                || (structured != null
                        && STRUCTURED_JSON.matcher(structured.text()).find());
    }

    /** Whether the model may answer with a tool call. */
    public boolean allowsToolCalls() {
        return tools != null && !NO_TOOL.equals(closingFields.get(TOOL_CHOICE));
    }

    /** Whether the answer must be a tool call. */
    public boolean requiresToolCall() {
        RawJson choice = closingFields.get(TOOL_CHOICE);
        if (tools == null || choice == null) {
            return false;
        }
        return switch (choice.text()) {
            case "\"auto\"", "\"none\"", "null" -> false;
            default -> !choice.text().contains("\"auto\""); // OpenAI's allowed_tools contains a mode
        };
    }

    /**
     * Whether closing fields constrain the answer in a way that text before the answer would break: a format, stop words, a required
     * tool call. Then a call that both reasons and answers cannot carry them.
     */
    public boolean constrainsAnswer() {
        return requiresToolCall() || !UNCONSTRAINING.containsAll(closingFields.keySet());
    }

    /**
     * Whether closing fields prescribe what the answer looks like: a format, a grammar, a required tool call. Others, such as stop words,
     * also suit an answer that was generated without them.
     */
    public boolean prescribesForm() {
        return requiresToolCall()
                || requiresJson()
                || closingFields.keySet().stream()
                        .anyMatch(field -> OTHER_FORMS.contains(field) || field.startsWith(GUIDED));
    }

    /** Whether the turn continues after the result of a tool: only instructions follow it. */
    public boolean continuesAfterTool() {
        int last = messages.size() - 1;
        while (last > 0 && messages.get(last).role().isInstruction()) {
            last--;
        }
        return messages.get(last).role().isToolResult();
    }

    /** Returns a copy without assistant messages that contain only reasoning. */
    public Prompt withoutOnlyReasoning() {
        return withMessages(
                messages.stream().filter(message -> !message.isOnlyReasoning()).toList());
    }

    /** Returns a copy with other messages. */
    public Prompt withMessages(List<Message> others) {
        return new Prompt(others, fields, tools, closingFields, maxTokens);
    }

    /**
     * A limit on output tokens.
     *
     * @param field the name that the caller used: {@code max_tokens} or {@code max_completion_tokens}
     * @param limit at least 1
     */
    public record MaxTokens(String field, long limit) {}
}
