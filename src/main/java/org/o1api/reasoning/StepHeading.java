package org.o1api.reasoning;

import org.o1api.settings.Section;
import org.o1api.settings.ValueType;

/**
 * The heading of a visible step, without its title (configuration: {@code notes.step} and {@code presets.*.notes.step}).
 *
 * @param template {@code {number}} stands for the number of the step
 */
public record StepHeading(String template) {
    public static final StepHeading DEFAULT = new StepHeading("Step {number}");

    private static final String NUMBER = "{number}";

    /** Reads the heading from a section {@code notes}. */
    static StepHeading read(Section notes, StepHeading fallback) {
        String template = notes.find("step", ValueType.LINE);
        return template == null ? fallback : new StepHeading(template);
    }

    /** Returns the heading of a step. */
    public String text(int number) {
        return template.replace(NUMBER, Integer.toString(number));
    }
}
