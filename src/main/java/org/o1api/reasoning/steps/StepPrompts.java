package org.o1api.reasoning.steps;

import org.o1api.reasoning.ClosingPrompt;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;

/**
 * The gateway's prompts for the model (configuration: {@code prompts} and {@code presets.*.prompts}).
 *
 * @param step the system prompt; asks for one JSON object per step
 * @param next the user message between two steps
 * @param check the user message after a step that ends the reasoning before the minimum number of steps
 * @param answer the user message that asks for the final answer
 */
record StepPrompts(String step, String next, String check, String answer) {
    static final StepPrompts DEFAULT = new StepPrompts(
            """
            Think the user's request through before it is answered, one step per reply.
            Each reply is a single JSON object and nothing else, with these keys in this order:
            "title": what this step does, in a few words
            "content": the reasoning of this step, in the language of the user
            "next_action": "continue" if more reasoning is needed, otherwise "final_answer"
            First establish what is asked and what is known. Try more than one way. Check a result by a different method. \
            Say what cannot be known. Do not write the answer yet: you will be asked for it at the end.""",
            "Continue with the next step, as one JSON object.",
            "Before you conclude: check the result by a different method, as one JSON object.",
            ClosingPrompt.DEFAULT);

    private static final String STEP_TOOL_RULE =
            "The tools cannot be called in a step. You can call them once you have thought, when you are asked for the answer.";
    private static final ValueType<String> STEP_TYPE = ValueType.multiline(
            "text that mentions next_action, the field that ends the reasoning", text -> text.contains("next_action"));

    /** Reads a section {@code prompts}. */
    static StepPrompts read(Section section, StepPrompts fallback) {
        return new StepPrompts(
                read(section, "step", STEP_TYPE, fallback.step),
                read(section, "next", ClosingPrompt.TEXT, fallback.next),
                read(section, "check", ClosingPrompt.TEXT, fallback.check),
                ClosingPrompt.read(section, fallback.answer));
    }

    private static String read(Section section, String key, ValueType<String> type, String fallback) {
        String text = section.find(key, type);
        return text == null ? fallback : text;
    }

    /** Returns the prompts, configured or default, with additional instructions for a model that has tools. */
    StepPrompts withTools() {
        return new StepPrompts(step + "\n\n" + STEP_TOOL_RULE, next, check, ClosingPrompt.withTools(answer));
    }
}
