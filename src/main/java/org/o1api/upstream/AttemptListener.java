package org.o1api.upstream;

import org.o1api.model.Usage;

/** Receives what the attempts at one call send and use. Runs on the call's thread. */
@FunctionalInterface
public interface AttemptListener {
    /**
     * A request is about to be sent.
     *
     * @param upstream the name of the upstream that receives it
     * @param model the provider's name of the model
     */
    default void onRequestSent(String upstream, String model) {}

    /**
     * An attempt failed before its first delta, but the provider has counted tokens for it. Of other attempts that it has accepted ({@link
     * CallContext#onAccepted}), the prompt counts.
     *
     * @param usage the tokens used; {@link Usage#NONE} if the reply was complete and the upstream reports no usage
     */
    void onFailedAttemptUsage(Usage usage);
}
