package org.o1api.reasoning.closing;

import org.jspecify.annotations.Nullable;
import org.o1api.reasoning.text.AnswerFilter;
import org.o1api.reasoning.text.AnswerFormat;
import org.o1api.reasoning.text.CallMessages;

/** The reasoning that the closing call sends to the model, because the answer is based on it. */
public interface AnswerBasis {
    /** Whether there is no reasoning. Then the model gets the caller's messages unchanged. */
    boolean isEmpty();

    /**
     * The messages of the closing call. Not used if there is no reasoning.
     *
     * @param share how much of the reasoning's text to send, more than 0 to 1; the end of it is kept
     * @param plain whether to send it without the form in which the model had to write it
     */
    CallMessages messagesForClosingCall(double share, boolean plain);

    /** Returns a new filter of an answer, in which the model may continue in the form of the reasoning; null: it does not. */
    @Nullable
    AnswerFilter filter(AnswerFormat format);
}
