package org.o1api.reasoning;

import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.TurnUsage;

/** What a turn reports, in order: steps, then the answer, then completed. A turn that fails throws instead. */
public interface TurnListener {
    /** The upstream has begun to answer, though nothing can be shown yet. Comes at most once, and first. */
    void accepted();

    /** Step 1, then one more each time; the same number again where its step broke off and begins anew. */
    void stepStarted(int number);

    /** The step's title; comes once or never, before, between or behind the step's text. */
    void stepTitled(int number, String title);

    void stepText(int number, String text);

    void stepEnded(int number);

    void answerText(String text);

    /** The model refuses to answer, and says so. */
    void refusalText(String text);

    /** An image of the answer, as the provider writes it. */
    default void image(RawJson json) {}

    void toolCall(Delta.ToolCall piece);

    void completed(FinishReason reason, TurnUsage usage);

    /** Whether the client gets nothing before the turn is complete, so that what was reported last may still change its place. */
    default boolean isBuffered() {
        return false;
    }

    /** Nothing more is there just now: what is still held back should go out. */
    void flush();
}
