package org.o1api.reasoning;

/**
 * Our own words to the model.
 *
 * @param step the system prompt that asks for one JSON object a step
 * @param next the user message between two steps
 * @param check the user message after a step that ends the thinking too early
 * @param answer the user message that asks for the final answer
 */
public record Prompts(String step, String next, String check, String answer) {
    public static final Prompts DEFAULT = new Prompts(
            """
            Think the user's request through before it is answered, one step a reply.

            Each reply is a single JSON object with these keys, in this order, and nothing around it:
            "title": a few words that say what the step does
            "content": the step's reasoning, in the language of the user, Markdown allowed
            "next_action": "continue" when more thought is needed, "final_answer" when it is not

            Say first what is asked and what is known. Try more than one way, and name what \
            speaks against each result. When you check a result, reach it again by another method instead of repeating the \
            first. Say what you cannot know. Do not address the user and do not write the answer itself yet: you will be \
            asked for it at the end.

            A step looks like this:
            {"title": "What is given", "content": "Two trains leave at the same time, so ...", "next_action": "continue"}""",
            "Go on with the next step, as one JSON object.",
            "Before you conclude: check the result by a different method, as one JSON object.",
            "Now give the final answer to my request, based on the reasoning above. Write it for me to read, complete in"
                    + " itself, without JSON and without the step format, unless I asked for a format.");

    private static final String STEPS_WITHOUT_TOOLS =
            "The tools cannot be called in a step. You can call them once you have thought, when you are asked for the answer.";
    private static final String ANSWER_WITH_TOOLS = "Or call a tool if you need one for it.";

    /** The same words, whoever wrote them, to a model that has tools. */
    public Prompts withTools() {
        return new Prompts(step + "\n\n" + STEPS_WITHOUT_TOOLS, next, check, answer + " " + ANSWER_WITH_TOOLS);
    }
}
