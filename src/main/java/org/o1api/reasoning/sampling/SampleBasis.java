package org.o1api.reasoning.sampling;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Message;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.closing.AnswerBasis;
import org.o1api.reasoning.text.AnswerFilter;
import org.o1api.reasoning.text.AnswerFormat;
import org.o1api.reasoning.text.CallMessages;

/**
 * A reply that has reasoned but is not the answer: because the caller constrains the answer, or because the reply ended before its answer.
 *
 * @param closingPrompt the user message that asks for the answer
 * @param text of the reply; may be blank
 */
record SampleBasis(Prompt prompt, String closingPrompt, String text) implements AnswerBasis {
    private static final String OMITTED = "[...] ";

    @Override
    public boolean isEmpty() {
        return text.isBlank();
    }

    /** {@inheritDoc} In plain text, headings are those of Markdown. */
    @Override
    public CallMessages messagesForClosingCall(double share, boolean plain) {
        List<Message> all = new ArrayList<>(prompt.messages());
        if (SampleRequests.endsWithAnswer(prompt)) {
            all.add(Message.user(SampleRequests.CONTINUE));
        }
        String kept = endOf(text.strip(), share);
        all.add(Message.assistant(plain ? WholeText.of(kept) : kept));
        all.add(Message.user(closingPrompt));
        return new CallMessages(all, SampleRequests.afterLastUser(prompt));
    }

    private static String endOf(String text, double share) {
        int from = text.length() - (int) (share * text.length());
        if (from == 0) {
            return text;
        }
        return OMITTED
                + text.substring(from < text.length() && Character.isLowSurrogate(text.charAt(from)) ? from + 1 : from);
    }

    @Override
    public @Nullable AnswerFilter filter(AnswerFormat format) {
        boolean isOtherForm = prompt.prescribesForm() && !format.requiresJson() && !format.requiresToolCall();
        return isEmpty() || isOtherForm ? null : new FormatFilter(format, SampleReader.isResultAskedFor(prompt));
    }
}
