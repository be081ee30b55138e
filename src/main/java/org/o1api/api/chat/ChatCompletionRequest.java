package org.o1api.api.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Effort;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;

/**
 * What a caller sent, read and checked.
 *
 * @param model null: the caller left the choice to us
 * @param messages all of them; those that are only reasoning are kept so that a conversation can match them
 * @param conversationId whose next turn it is; null: nothing is kept of it
 * @param includeUsage whether a stream ends with its usage
 * @param fields what goes upstream with every call
 * @param closingFields what goes upstream with the closing call only
 * @param effort how much to reason; null: as the preset says
 * @param includeReasoning whether reasoning is to be shown; null: as is usual
 * @param wantsReasoningField whether the reasoning must be in the field {@code reasoning} too, unless the request names a format
 */
record ChatCompletionRequest(
        @Nullable String model,
        @Nullable String conversationId,
        List<Message> messages,
        boolean includeUsage,
        Map<String, RawJson> fields,
        @Nullable RawJson tools,
        Map<String, RawJson> closingFields,
        Prompt.@Nullable MaxTokens maxTokens,
        @Nullable Effort effort,
        @Nullable ReasoningFormat format,
        @Nullable Boolean includeReasoning,
        boolean wantsReasoningField) {

    Prompt prompt(Preset preset) {
        Preset.Steps steps = effort == null ? preset.steps() : preset.steps().withEffort(effort);
        List<Message> history =
                messages.stream().filter(message -> !message.isOnlyReasoning()).toList();
        return new Prompt(history, fields, tools, closingFields, maxTokens, steps);
    }

    /** Where this reply shows its reasoning: as the request says, else the preset, else the config; never within JSON. */
    ReasoningFormat format(Preset preset, ReasoningFormat configured) {
        if (format == ReasoningFormat.REASONING_CONTENT) {
            return format;
        }
        ReasoningFormat usual = preset.reasoningFormat() == null ? configured : preset.reasoningFormat();
        ReasoningFormat chosen = format == null ? included(usual) : format;
        if (Prompt.wantsJson(closingFields) && chosen.isInContent()) {
            chosen = ReasoningFormat.REASONING_CONTENT;
        }
        return wantsReasoningField && chosen == ReasoningFormat.REASONING_CONTENT ? ReasoningFormat.BOTH : chosen;
    }

    private ReasoningFormat included(ReasoningFormat usual) {
        if (includeReasoning == null) {
            return usual;
        }
        if (!includeReasoning) {
            return ReasoningFormat.NONE;
        }
        return usual == ReasoningFormat.NONE ? ReasoningFormat.REASONING_CONTENT : usual;
    }

    /** Gathers a request's fields while they are read. */
    static final class Builder {
        @Nullable
        String model;

        @Nullable
        String conversationId;

        List<Message> messages = List.of();
        boolean includeUsage;
        final Map<String, RawJson> fields = new LinkedHashMap<>();

        @Nullable
        RawJson tools;

        final Map<String, RawJson> closingFields = new LinkedHashMap<>();
        Prompt.@Nullable MaxTokens maxTokens;

        @Nullable
        Effort effort;

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
                    fields,
                    tools,
                    closingFields,
                    maxTokens,
                    effort,
                    format,
                    includeReasoning,
                    wantsReasoningField);
        }
    }
}
