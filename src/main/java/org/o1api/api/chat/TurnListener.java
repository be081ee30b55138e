package org.o1api.api.chat;

import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.TurnUsage;

/**
 * Receives the events of a turn, in order: steps, the answer, then {@link #completed}. A turn that fails throws an exception
 * instead. Called on the turn's thread only.
 */
interface TurnListener {
    /** The upstream accepted a call, before there is anything to show. Sent at most once, as the first event. */
    void accepted();

    /** Steps are numbered from 1. A number is repeated if the step's reply broke off and the step is retried. */
    void stepStarted(int number);

    /** The title of a step. Sent at most once, before, between or after the step's text. */
    void stepTitled(int number, String title);

    void stepText(int number, String text);

    void stepEnded(int number);

    void answerText(String text);

    /** The model refuses to answer; this is the text of the refusal. */
    void refusalText(String text);

    /** An image in the answer, as the provider's JSON. */
    default void image(RawJson json) {}

    void toolCall(Delta.ToolCall piece);

    void completed(FinishReason reason, TurnUsage usage);

    /**
     * Whether the client gets nothing before the turn is complete, so that the gateway can wait longer to tell reasoning from
     * answer.
     */
    default boolean isBuffered() {
        return false;
    }

    /** No more events are available right now: send everything that is still buffered. */
    void flush();
}
