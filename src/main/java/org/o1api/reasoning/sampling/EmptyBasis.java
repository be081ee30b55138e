package org.o1api.reasoning.sampling;

import org.jspecify.annotations.Nullable;
import org.o1api.model.Content;
import org.o1api.model.Role;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.closing.AnswerBasis;
import org.o1api.reasoning.text.AnswerFilter;
import org.o1api.reasoning.text.AnswerFormat;
import org.o1api.reasoning.text.CallMessages;

/** No reasoning: the answer is the model's to the caller's messages. If an earlier answer is in the format, it may be, too. */
record EmptyBasis(Prompt prompt) implements AnswerBasis {
    @Override
    public boolean isEmpty() {
        return true;
    }

    @Override
    public CallMessages messagesForClosingCall(double share, boolean plain) {
        throw new IllegalStateException("there is no reasoning");
    }

    @Override
    public @Nullable AnswerFilter filter(AnswerFormat format) {
        return !prompt.prescribesForm() && hasAnswerInFormat()
                ? new FormatFilter(format, SampleReader.isResultAskedFor(prompt))
                : null;
    }

    private boolean hasAnswerInFormat() {
        return prompt.messages().stream()
                .filter(message -> message.role() == Role.ASSISTANT)
                .anyMatch(message -> message.content() instanceof Content.Text text
                        && text.text().lines().anyMatch(EmptyBasis::isAnswerHeading));
    }

    private static boolean isAnswerHeading(String line) {
        FormatLine heading = FormatLine.heading(line, 0, line.length(), false);
        return heading != null && heading.kind() == FormatLine.Kind.ANSWER;
    }
}
