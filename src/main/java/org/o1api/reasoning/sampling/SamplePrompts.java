package org.o1api.reasoning.sampling;

import org.o1api.reasoning.ClosingPrompt;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;

/**
 * The gateway's prompts of a strategy that reasons and answers in one call (configuration: {@code presets.*.STRATEGY.prompts}).
 *
 * @param format the instructions for the format of a reply
 * @param answer the user message that asks for the answer, if the answer needs a call of its own
 */
public record SamplePrompts(String format, String answer) {
    /** In the instructions for the format, whatever else they say. */
    public static final String ANSWER_MARK = "=== Answer";

    /** The temperature of samples unless the caller sets one, as in JSON. They must differ, or a vote says nothing. */
    public static final String SAMPLE_TEMPERATURE = "0.7";

    public static final SamplePrompts DEFAULT = new SamplePrompts("""
            Think the request through before you answer, in its language. Reply in this form:
            === Step: TITLE
            the reasoning; as many steps as it takes, and check the result in another way
            === Answer
            the answer, complete for a reader who skips the steps
            Answer: RESULT
            Omit the last line unless a number, an option or a few words sum up the answer.""", ClosingPrompt.DEFAULT);

    private static final String TOOL_RULE = "If you need a tool, call it instead of writing the answer.";
    private static final ValueType<String> FORMAT_TYPE = ValueType.multiline(
            "text that mentions " + ANSWER_MARK + ", the line that starts the answer",
            text -> text.contains(ANSWER_MARK));

    /** Reads the prompts that presets have by default from the whole file ({@code prompts.answer}). */
    public static SamplePrompts readDefaults(Section root) {
        return new SamplePrompts(
                DEFAULT.format, root.section("prompts", prompts -> ClosingPrompt.read(prompts, DEFAULT.answer)));
    }

    /** Reads the section {@code prompts} of a strategy. */
    public static SamplePrompts read(Section section, SamplePrompts fallback) {
        String format = section.find("format", FORMAT_TYPE);
        return new SamplePrompts(
                format == null ? fallback.format : format, ClosingPrompt.read(section, fallback.answer));
    }

    /** Returns the prompts, configured or default, with additional instructions for a model that has tools. */
    SamplePrompts withTools() {
        return new SamplePrompts(format + "\n" + TOOL_RULE, ClosingPrompt.withTools(answer));
    }
}
