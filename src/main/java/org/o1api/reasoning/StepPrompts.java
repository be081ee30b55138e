package org.o1api.reasoning;

/**
 * The gateway's prompts for the model (configuration: {@code prompts} and {@code presets.*.prompts}).
 *
 * @param step the system prompt; asks for one JSON object per step
 * @param next the user message between two steps
 * @param check the user message after a step that ends the reasoning before the minimum number of steps
 * @param answer the user message that asks for the final answer
 */
public record StepPrompts(String step, String next, String check, String answer) {
    public static final StepPrompts DEFAULT = new StepPrompts(
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
            "Now give the final answer to my request, based on the reasoning above. Write it for me to read, complete in"
                    + " itself, without JSON and without the step format, unless I asked for a format.");

    private static final String STEP_TOOL_RULE =
            "The tools cannot be called in a step. You can call them once you have thought, when you are asked for the answer.";
    private static final String ANSWER_TOOL_RULE = "Or call a tool if you need one for it.";

    /** Returns the prompts, configured or default, with additional instructions for a model that has tools. */
    public StepPrompts withTools() {
        return new StepPrompts(step + "\n\n" + STEP_TOOL_RULE, next, check, answer + " " + ANSWER_TOOL_RULE);
    }
}
