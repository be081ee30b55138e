package org.o1api.reasoning.closing;

/** The visible steps of a turn, as far as the closing call shows something there. */
public interface ClosingSteps {
    /** The number of the step for the model's own reasoning before the answer. */
    int nextNumber();

    /**
     * The note that ends this step if the call is repeated.
     *
     * @param reason why, an English sentence
     */
    String retryNote(String reason);

    /** Whether it has been noted that the model's context is full. */
    boolean isContextFull();

    /** The same note as {@link #retryNote} if the reasoning does not fit into the model's context. It is then considered shown. */
    String takeContextNoteForRetry();

    /** The reasoning does not fit into the model's context, and no step is open. */
    void showContextNote();
}
