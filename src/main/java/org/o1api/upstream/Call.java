package org.o1api.upstream;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.Usage;

/**
 * One call whose reply has started. It can be iterated once. The iteration blocks until the next delta arrives, ends when the
 * provider has completed the reply, and throws {@link UpstreamException} if the reply is incomplete, and {@link
 * org.o1api.model.CancelledException} if the call was cancelled.
 */
public interface Call extends Iterable<Delta>, AutoCloseable {
    @Override
    Iterator<Delta> iterator();

    /** Why the model stopped. Valid once the iteration has ended. */
    FinishReason finishReason();

    /** The string of the request ({@code stop}) at which the model stopped; null: at none, or the provider does not name it. */
    default @Nullable String stopSequence() {
        return null;
    }

    /** The token usage reported so far; {@link Usage#NONE} if the provider reports none. */
    Usage usage();

    /**
     * Whether the text starts inside the model's reasoning, so that the model sends only {@code </think>} ({@code
     * starts_thinking}).
     */
    default boolean startsThinking() {
        return false;
    }

    /** Ends the call. An incomplete one is cancelled, so that the provider stops generating. Idempotent. */
    @Override
    void close();
}
