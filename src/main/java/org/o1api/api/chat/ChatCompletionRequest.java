package org.o1api.api.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.Message;
import org.o1api.llm.RawJson;
import org.o1api.llm.ReasoningFormat;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Question;

/**
 * What a caller sent, read and checked.
 *
 * @param model null: the caller left the choice to us
 * @param conversation whose next turn it is; null: nothing is kept of it
 * @param includeUsage whether a stream ends with its usage
 * @param fields what goes upstream with every call
 * @param closingFields what goes upstream with the closing call only
 * @param includeReasoning whether reasoning is to be shown; null: as is usual
 */
record ChatCompletionRequest(
        @Nullable String model,
        @Nullable String conversation,
        List<Message> messages,
        boolean includeUsage,
        Map<String, RawJson> fields,
        @Nullable RawJson tools,
        Map<String, RawJson> closingFields,
        Question.@Nullable MaxTokens maxTokens,
        @Nullable ReasoningEffort effort,
        @Nullable ReasoningFormat format,
        @Nullable Boolean includeReasoning) {

    Question question(Preset preset) {
        Preset.Steps steps = effort == null ? preset.steps() : effort.steps(preset.steps());
        return new Question(messages, fields, tools, closingFields, maxTokens, steps);
    }

    /** Where this reply shows its reasoning: as the request says, else the preset, else the config; never within JSON. */
    ReasoningFormat format(Preset preset, ReasoningFormat configured) {
        ReasoningFormat usual = preset.reasoningFormat() == null ? configured : preset.reasoningFormat();
        ReasoningFormat chosen = format == null ? included(usual) : format;
        return Question.wantsJson(closingFields) && chosen.insideContent() ? ReasoningFormat.REASONING_CONTENT : chosen;
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

    /** How much a caller wants the model to think, in OpenAI's words. */
    enum ReasoningEffort {
        NONE,
        MINIMAL,
        LOW,
        MEDIUM,
        HIGH,
        XHIGH;

        Preset.Steps steps(Preset.Steps preset) {
            int max = preset.max();
            return switch (this) {
                case NONE -> preset.between(0, 0);
                case MINIMAL -> preset.between(Math.min(1, max), Math.min(1, max));
                case LOW -> preset.between(Math.min(1, max), Math.min(3, max));
                case MEDIUM -> preset;
                case HIGH -> preset.between(Math.min(5, max), max);
                case XHIGH -> preset.between(Math.min(8, max), max);
            };
        }
    }

    /** Gathers a request's fields while they are read. */
    static final class Builder {
        @Nullable
        String model;

        @Nullable
        String conversation;

        List<Message> messages = List.of();
        boolean includeUsage;
        final Map<String, RawJson> fields = new LinkedHashMap<>();

        @Nullable
        RawJson tools;

        final Map<String, RawJson> closingFields = new LinkedHashMap<>();
        Question.@Nullable MaxTokens maxTokens;

        @Nullable
        ReasoningEffort effort;

        @Nullable
        ReasoningFormat format;

        @Nullable
        Boolean includeReasoning;

        ChatCompletionRequest build() {
            return new ChatCompletionRequest(
                    model,
                    conversation,
                    messages,
                    includeUsage,
                    fields,
                    tools,
                    closingFields,
                    maxTokens,
                    effort,
                    format,
                    includeReasoning);
        }
    }
}
