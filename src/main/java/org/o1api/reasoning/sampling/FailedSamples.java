package org.o1api.reasoning.sampling;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.model.GatewayException;
import org.o1api.upstream.UpstreamException;

/**
 * The samples of a turn that ended without an answer: whether others can replace them, and when the client sees them. As long as the
 * client has seen nothing, the turn can fail with a status of its own, so failures are not shown before there is text.
 */
final class FailedSamples {
    private final List<Runnable> unshown = new ArrayList<>();
    private boolean isShown;
    /** The failures of the last samples that a repetition can heal. */
    private List<UpstreamException> repeatable = new ArrayList<>();
    /** How many of the last samples ended before their answer. */
    private int cutOff;

    private boolean isFinal;
    private @Nullable GatewayException first;
    private @Nullable Integer firstFiltered;
    private boolean hasLoop;

    /** A call has failed. If a repetition would fail, too, no sample can replace this one. */
    void add(GatewayException cause) {
        first = first == null ? cause : first;
        if (cause instanceof UpstreamException failure && failure.retryable()) {
            repeatable.add(failure);
        } else {
            isFinal = true;
        }
    }

    /** A sample ended before its answer, and another one could be shorter. */
    void addCutOff() {
        cutOff++;
    }

    /** The provider's filter has ended a sample. */
    void addFiltered(int sample) {
        firstFiltered = firstFiltered == null ? sample : firstFiltered;
    }

    /** A sample has repeated itself. */
    void addLoop() {
        hasLoop = true;
    }

    /** Shows a failed sample when the client has seen text. */
    void show(Runnable failure) {
        unshown.add(failure);
        if (isShown) {
            show();
        }
    }

    /** Shows the samples that have failed so far, and from now on each one immediately. */
    void show() {
        isShown = true;
        unshown.forEach(Runnable::run);
        unshown.clear();
    }

    /** The failures since the last time that a repetition can heal. */
    List<UpstreamException> takeRepeatable() {
        List<UpstreamException> taken = repeatable;
        repeatable = new ArrayList<>();
        return taken;
    }

    /** How many samples ended before their answer since the last time. */
    int takeCutOff() {
        int taken = cutOff;
        cutOff = 0;
        return taken;
    }

    /** Whether a call failed in a way that a repetition does not heal, such as a rejected request: others would fail, too. */
    boolean isFinal() {
        return isFinal;
    }

    /** Why the first call failed; null: none has. */
    @Nullable
    GatewayException first() {
        return first;
    }

    /** The first sample that the provider's filter has ended; null: none. */
    @Nullable
    Integer firstFiltered() {
        return firstFiltered;
    }

    boolean hasLoop() {
        return hasLoop;
    }
}
