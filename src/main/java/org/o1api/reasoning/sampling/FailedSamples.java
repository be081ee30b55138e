package org.o1api.reasoning.sampling;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;
import org.o1api.upstream.UpstreamException;

/**
 * The samples of a turn that ended without an answer: whether others can replace them, and when the client sees them. As long as the
 * client has seen nothing, the turn can fail with a status of its own, so failures are not shown before there is text.
 */
final class FailedSamples {
    /** The provider has rejected what all samples of the turn have in common. */
    private static final Set<ErrorCode> REJECTIONS = EnumSet.of(
            ErrorCode.UPSTREAM_REFUSED,
            ErrorCode.UPSTREAM_REQUEST_TOO_LARGE,
            ErrorCode.UPSTREAM_MISCONFIGURED,
            ErrorCode.SHUTTING_DOWN);

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

    /** A call has failed. */
    void add(GatewayException cause) {
        first = first == null ? cause : first;
        if (cause instanceof UpstreamException failure && failure.retryable()) {
            repeatable.add(failure);
        }
        boolean isLimit = cause instanceof UpstreamException failure
                && failure.code() == ErrorCode.UPSTREAM_RATE_LIMIT
                && !failure.retryable();
        isFinal |= isLimit || REJECTIONS.contains(cause.code());
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

    /** Whether the provider has rejected a call, so that others would fail, too. */
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
