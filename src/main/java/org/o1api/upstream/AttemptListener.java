package org.o1api.upstream;

import org.o1api.model.Usage;

/** What the attempts at one call report. Runs on the call's thread. */
@FunctionalInterface
public interface AttemptListener {
    /**
     * A request is about to be sent.
     *
     * @param upstream the name of the upstream that gets it
     * @param model the upstream's name of the model
     */
    default void onRequestSent(String upstream, String model) {}

    /**
     * An attempt failed before the call had begun, and is paid for all the same.
     *
     * @param usage what it used; {@link Usage#NONE} if its reply was complete and the upstream reports no usage
     */
    void onFailedAttemptUsage(Usage usage);
}
