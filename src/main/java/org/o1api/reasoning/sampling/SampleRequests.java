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
import org.o1api.reasoning.text.AnswerRequests;
import org.o1api.reasoning.text.CallFields;
import org.o1api.reasoning.text.CallMessages;
import org.o1api.reasoning.text.Instructions;
import org.o1api.upstream.CallRequest;

/**
 * Creates the requests of calls that reason and answer in one reply, and of the closing call after them. The instructions for the
 * format are merged with the caller's into one system message. What constrains the answer ({@link Prompt#constrainsAnswer}) is only
 * in the closing call.
 */
public final class SampleRequests {
    private static final RawJson SINGLE_TEMPERATURE = new RawJson("0.2");
    private static final RawJson SAMPLE_TEMPERATURE = new RawJson(SamplePrompts.SAMPLE_TEMPERATURE);

    private static final RawJson NO_TOOL_CHOICE = new RawJson("\"none\"");
    private static final String TOOL_CHOICE = "tool_choice";
    private static final String SEED = "seed";
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,18}");

    /** After an answer in the history, because many models reject two consecutive messages of one role. */
    private static final String CONTINUE = "Continue.";

    private static final String OMITTED = "[...] ";

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
        if (endsWithAnswer()) {
            all.add(Message.user(CONTINUE));
        }
        return new CallMessages(all, 1 + Math.max(0, afterLastUser() - instructions));
    }

    private boolean endsWithAnswer() {
        List<Message> callers = prompt.messages();
        return callers.get(callers.size() - 1).role() == Role.ASSISTANT;
    }

    /** The index of the caller's first message after the last user message. */
    private int afterLastUser() {
        List<Message> callers = prompt.messages();
        int index = callers.size();
        while (index > 0 && callers.get(index - 1).role() != Role.USER) {
            index--;
        }
        return index;
    }

    /**
     * The request of the closing call: the caller's messages, the text of a reply, and the prompt for the answer, with everything that the
     * caller set.
     *
     * @param text the reply; if it is blank, the model gets the caller's messages unchanged
     * @param share how much of the text to send, 0 to 1; the end of it is kept
     * @param limit of the output tokens; null: none
     */
    CallRequest closing(String text, double share, @Nullable MaxTokens limit) {
        AnswerRequests answers = new AnswerRequests(prompt, model, keepsReasoning);
        String kept = endOf(text.strip(), share);
        if (kept.isEmpty()) {
            return answers.answer(limit);
        }
        List<Message> all = new ArrayList<>(prompt.messages());
        if (endsWithAnswer()) {
            all.add(Message.user(CONTINUE));
        }
        all.add(Message.assistant(kept));
        all.add(Message.user(prompts.answer()));
        return answers.answer(new CallMessages(all, afterLastUser()), limit);
    }

    private static String endOf(String text, double share) {
        int from = text.length() - (int) (share * text.length());
        if (from == 0 || from == text.length()) {
            return text.substring(from);
        }
        return OMITTED + text.substring(Character.isLowSurrogate(text.charAt(from)) ? from + 1 : from);
    }
}
