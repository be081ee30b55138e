package org.o1api.reasoning.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.Prompt.MaxTokens;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.closing.AnswerBasis;
import org.o1api.reasoning.text.CallFields;
import org.o1api.reasoning.text.CallMessages;
import org.o1api.reasoning.text.Instructions;
import org.o1api.upstream.CallRequest;

/**
 * Creates the requests of calls that reason and answer in one reply, and what the closing call after them is based on. The instructions
 * for the format are merged with the caller's into one system message. What constrains the answer ({@link Prompt#constrainsAnswer}) is
 * only in the closing call.
 */
public final class SampleRequests {
    private static final RawJson SINGLE_TEMPERATURE = new RawJson("0.2");
    private static final RawJson SAMPLE_TEMPERATURE = new RawJson(SamplePrompts.SAMPLE_TEMPERATURE);

    private static final RawJson NO_TOOL_CHOICE = new RawJson("\"none\"");
    private static final String TOOL_CHOICE = "tool_choice";
    private static final String SEED = "seed";
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,18}");

    /** After an answer in the history, because many models reject two consecutive messages of one role. */
    static final String CONTINUE = "Continue.";

    private final Prompt prompt;
    private final String model;
    private final boolean keepsReasoning;
    private final SamplePrompts prompts;

    /** Creates the requests of one turn. */
    public SampleRequests(TurnContext turn, SamplePrompts prompts) {
        Preset preset = turn.preset();
        this.prompt = turn.prompt();
        this.model = preset.model();
        this.keepsReasoning = preset.history().reasoning();
        this.prompts = prompt.allowsToolCalls() ? prompts.withTools() : prompts;
    }

    /**
     * The request of the only call that reasons. Without a caller's temperature it is 0.2.
     *
     * @param limit of the output tokens; null: none
     */
    public CallRequest single(@Nullable MaxTokens limit) {
        return request(new CallFields(prompt, SINGLE_TEMPERATURE), limit);
    }

    /**
     * The request of one of several samples. Without a caller's temperature it is 0.7; a caller's seed is increased by the index. All of
     * the caller's {@code max_tokens} apply.
     *
     * @param index from 0
     */
    public CallRequest sample(int index) {
        CallFields fields = new CallFields(prompt, SAMPLE_TEMPERATURE);
        fields.replace(
                SEED,
                seed -> INTEGER.matcher(seed.text()).matches()
                        ? new RawJson(Long.toString(Long.parseLong(seed.text()) + index))
                        : seed);
        return request(fields, prompt.maxTokens());
    }

    private CallRequest request(CallFields fields, @Nullable MaxTokens limit) {
        if (limit != null) {
            fields.add(limit);
        }
        boolean hasTools = fields.addTools();
        if (!prompt.requiresToolCall()) {
            fields.addClosingFields(Prompt.UNCONSTRAINING);
        } else if (hasTools) {
            fields.addRemovable(TOOL_CHOICE, NO_TOOL_CHOICE);
        }
        return fields.request(model, messages(), keepsReasoning);
    }

    private CallMessages messages() {
        List<Message> callers = prompt.messages();
        int instructions = 0;
        while (instructions < callers.size() && callers.get(instructions).role().isInstruction()) {
            instructions++;
        }
        List<Message> all = new ArrayList<>(callers.size() + 2);
        all.add(Instructions.merge(prompts.format(), callers.subList(0, instructions)));
        all.addAll(callers.subList(instructions, callers.size()));
        if (endsWithAnswer(prompt)) {
            all.add(Message.user(CONTINUE));
        }
        return new CallMessages(all, 1 + Math.max(0, afterLastUser(prompt) - instructions));
    }

    static boolean endsWithAnswer(Prompt prompt) {
        List<Message> callers = prompt.messages();
        return callers.get(callers.size() - 1).role() == Role.ASSISTANT;
    }

    /** The index of the caller's first message after the last user message. */
    static int afterLastUser(Prompt prompt) {
        List<Message> callers = prompt.messages();
        int index = callers.size();
        while (index > 0 && callers.get(index - 1).role() != Role.USER) {
            index--;
        }
        return index;
    }

    /**
     * What the closing call after a reply is based on.
     *
     * @param text the reply, as the model wrote it ({@link SampleReader#text}); if it is blank, there is nothing
     */
    public AnswerBasis basis(String text) {
        return new SampleBasis(prompt, prompts.answer(), text);
    }
}
