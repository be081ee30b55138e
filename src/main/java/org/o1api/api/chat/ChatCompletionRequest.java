package org.o1api.api.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.api.O1Options;
import org.o1api.api.TurnSelection;
import org.o1api.model.Effort;
import org.o1api.model.Message;
import org.o1api.model.Mode;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;

/**
 * A validated chat completion request.
 *
 * @param model null: the default preset
 * @param conversationId the conversation that the request continues; null: nothing is stored
 * @param messages all messages; those with only reasoning are included so that a conversation can match them
 * @param includeUsage whether a stream ends with a usage chunk
 * @param includeTrace whether a stream contains a trace of the turn
 * @param fields the fields that are sent to the provider with every call
 * @param closingFields the fields that are sent to the provider with the closing call only
 * @param effort how much to reason; null: according to the preset
 * @param mode {@code STANDARD} unless the request selects pro mode other than by the model's name
 * @param options the field {@code x_o1}
 * @param includeReasoning whether the response shows reasoning; null: according to the format
 * @param wantsReasoningField whether the response must have its reasoning in the field {@code reasoning} too,
 *     unless the request specifies a format
 */
record ChatCompletionRequest(
        @Nullable String model,
        @Nullable String conversationId,
        List<Message> messages,
        boolean includeUsage,
        boolean includeTrace,
        Map<String, RawJson> fields,
        @Nullable RawJson tools,
        Map<String, RawJson> closingFields,
        Prompt.@Nullable MaxTokens maxTokens,
        @Nullable Effort effort,
        Mode mode,
        O1Options options,
        @Nullable ReasoningFormat format,
        @Nullable Boolean includeReasoning,
        boolean wantsReasoningField) {

    TurnSelection.Requested requested() {
        return new TurnSelection.Requested(model, mode, effort, options);
    }

    Prompt prompt() {
        return new Prompt(messages, fields, tools, closingFields, maxTokens);
    }

    /**
     * Where the response shows the reasoning: specified by the request, else the preset, else the configuration. Never
     * inside JSON content.
     */
    ReasoningFormat format(Preset preset, ReasoningFormat configured) {
        if (format == ReasoningFormat.REASONING_CONTENT) {
            return format;
        }
        ReasoningFormat defaultFormat = preset.reasoningFormat() == null ? configured : preset.reasoningFormat();
        ReasoningFormat chosen = format == null ? applyIncludeReasoning(defaultFormat) : format;
        if (Prompt.requiresJson(closingFields) && chosen.isInContent()) {
            chosen = ReasoningFormat.REASONING_CONTENT;
        }
        return wantsReasoningField && chosen == ReasoningFormat.REASONING_CONTENT ? ReasoningFormat.BOTH : chosen;
    }

    private ReasoningFormat applyIncludeReasoning(ReasoningFormat defaultFormat) {
        if (includeReasoning == null) {
            return defaultFormat;
        }
        if (!includeReasoning) {
            return ReasoningFormat.NONE;
        }
        return defaultFormat == ReasoningFormat.NONE ? ReasoningFormat.REASONING_CONTENT : defaultFormat;
    }

    /** Collects the fields while a request is read. */
    static final class Builder {
        @Nullable
        String model;

        @Nullable
        String conversationId;

        List<Message> messages = List.of();
        boolean includeUsage;
        boolean includeTrace;
        final Map<String, RawJson> fields = new LinkedHashMap<>();

        @Nullable
        RawJson tools;

        final Map<String, RawJson> closingFields = new LinkedHashMap<>();
        Prompt.@Nullable MaxTokens maxTokens;

        @Nullable
        Effort effort;

        Mode mode = Mode.STANDARD;
        O1Options options = O1Options.NONE;

        @Nullable
        ReasoningFormat format;

        @Nullable
        Boolean includeReasoning;

        boolean wantsReasoningField;

        ChatCompletionRequest build() {
            return new ChatCompletionRequest(
                    model,
                    conversationId,
                    messages,
                    includeUsage,
                    includeTrace,
                    fields,
                    tools,
                    closingFields,
                    maxTokens,
                    effort,
                    mode,
                    options,
                    format,
                    includeReasoning,
                    wantsReasoningField);
        }
    }
}
