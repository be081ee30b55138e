package org.o1api.reasoning;

import org.o1api.settings.Section;
import org.o1api.settings.ValueType;

/**
 * The user message that asks for the final answer after the reasoning, in every strategy with a closing call (configuration: {@code
 * prompts.answer} and {@code presets.*.prompts.answer}).
 */
public final class ClosingPrompt {
    public static final String DEFAULT =
            "Now give the final answer to my request, based on the reasoning above. Write it for me to read, complete in"
                    + " itself, without JSON and without the step format, unless I asked for a format.";

    /** The type of a prompt in the config. */
    public static final ValueType<String> TEXT = ValueType.multiline("non-blank text", text -> true);

    private static final String TOOL_RULE = "Or call a tool if you need one for it.";

    private ClosingPrompt() {}

    /** Reads the prompt from a section {@code prompts}. */
    public static String read(Section prompts, String fallback) {
        String text = prompts.find("answer", TEXT);
        return text == null ? fallback : text;
    }

    /** The prompt for a model that has tools. */
    public static String withTools(String prompt) {
        return prompt + " " + TOOL_RULE;
    }
}
