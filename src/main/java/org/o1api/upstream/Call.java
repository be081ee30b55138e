package org.o1api.upstream;

import java.util.Iterator;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.Usage;

/**
 * One upstream request whose reply has begun. It can be iterated once; the iteration blocks until more has arrived, ends
 * only where the upstream said that the reply is complete, and throws {@link UpstreamException} where it broke off.
 */
public interface Call extends Iterable<Delta>, AutoCloseable {
    @Override
    Iterator<Delta> iterator();

    /** Why the model stopped; known when the iteration has ended. */
    FinishReason finishReason();

    /** What the upstream counted so far; {@link Usage#NONE} where it counts nothing. */
    Usage usage();

    /** Whether the text begins inside the model's reasoning, so that only {@code </think>} is sent ({@code starts_thinking}). */
    default boolean startsThinking() {
        return false;
    }

    /** Ends the call. One that is not yet complete is cancelled, so that nobody pays for what nobody reads. */
    @Override
    void close();
}
