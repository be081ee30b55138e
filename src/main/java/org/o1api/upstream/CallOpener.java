package org.o1api.upstream;

import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Duration;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.ErrorCode;
import org.o1api.model.Usage;

/** A call on its way to its first delta, in as many attempts as that takes. */
final class CallOpener {
    private static final int LONGEST_ERROR = 64 * 1024;

    private final UpstreamResources upstream;
    private final UpstreamSettings settings;
    private final UpstreamErrors failures;
    private final ProviderProfile profile;
    private final AdaptiveRequest shape;
    private final CallContext terms;
    private final Cancellation cancellation;
    private final long start = System.nanoTime();
    /** Whether the last attempt died on a connection that the upstream had closed while it was idle. */
    private boolean stale;
    /** Whether that may be forgiven: it happens once. */
    private boolean maybeStale = true;
    /** Whether the last attempt was accepted, and failed afterwards. */
    private boolean accepted;
    /** Whether the last attempt was rejected for something that the next one does without. */
    private boolean changed;

    CallOpener(UpstreamResources upstream, ProviderProfile profile, CallRequest request, CallContext terms) {
        this.upstream = upstream;
        this.settings = upstream.settings();
        this.failures = upstream.failures();
        this.profile = profile;
        this.shape = new AdaptiveRequest(request, profile, terms.turn());
        this.terms = terms;
        this.cancellation = terms.cancellation();
    }

    Call open() {
        byte[] body = shape.body();
        int attempts = 0;
        while (true) {
            try {
                return attempt(body);
            } catch (UpstreamException e) {
                if (stale && maybeStale) {
                    maybeStale = false; // sent again, but not counted against limits.attempts
                } else if (changed) {
                    body = shape.body(); // nor is this
                } else if (!e.retryable() || ++attempts >= settings.limits().attempts()) {
                    throw e;
                } else {
                    Duration wait = waitAfter(attempts, e);
                    if (!terms.retries().tryConsume()) {
                        throw e;
                    }
                    cancellation.sleep(wait);
                }
            }
        }
    }

    private Call attempt(byte[] body) {
        cancellation.throwIfCancelled();
        stale = false;
        accepted = false;
        changed = false;
        Attempt attempt = upstream.newAttempt(new Exchange(settings, start), cancellation);
        boolean begun = false;
        try {
            begin(attempt);
            Response response = send(body, attempt);
            if (response.getStatus() / 100 != 2) {
                throw refusal(response, attempt);
            }
            accepted = true;
            terms.onAccepted().run();
            HttpCall call = new HttpCall(profile, shape.expectedReply(), response, attempt, failures);
            if (awaitFirstDelta(call)) {
                attempt.firstDeltaReceived();
                shape.onAccepted();
            }
            begun = true;
            return call;
        } catch (UpstreamException e) {
            if (e.code() == ErrorCode.UPSTREAM_MISCONFIGURED) {
                upstream.log()
                        .misconfigured(
                                e.status(), failures.sanitizeName(e.errorBody().code()));
            }
            changed = !(stale && maybeStale) && shape.adaptTo(e, accepted);
            if (!(stale && maybeStale) && !changed) {
                attempt.failed(e);
            }
            throw e;
        } finally {
            if (!begun) { // also after an Error
                attempt.close();
            }
        }
    }

    private boolean awaitFirstDelta(HttpCall call) {
        try {
            return call.awaitDelta();
        } catch (UpstreamException | CancelledException e) {
            boolean emptyReply = e instanceof UpstreamException failure && failure.isEmptyReply();
            if (emptyReply || !call.usage().equals(Usage.NONE)) {
                terms.attemptListener().onFailedAttemptUsage(call.usage());
            }
            throw e;
        }
    }

    private void begin(Attempt attempt) {
        String caller = terms.turn().caller();
        upstream.breaker().throwIfOpen(caller); // rather than wait for nothing
        Duration left = settings.timeouts().call().minusNanos(System.nanoTime() - start);
        Duration longest = settings.timeouts().firstToken();
        Duration patience = left.compareTo(longest) < 0 ? left : longest;
        switch (attempt.acquireSlot(caller, patience)) {
            case ACQUIRED -> attempt.start(upstream.breaker(), terms.turn());
            case QUEUE_FULL -> throw UpstreamErrors.queueFull(settings.limits());
            case TIMED_OUT -> throw UpstreamErrors.slotTimeout(patience, settings.limits());
            case INTERRUPTED -> throw UpstreamErrors.shuttingDown(); // nobody else interrupts a turn
        }
        if (upstream.closed().getAsBoolean()) {
            throw UpstreamErrors.shuttingDown();
        }
    }

    private Response send(byte[] body, Attempt attempt) {
        terms.attemptListener().onRequestSent(settings.name(), profile.model());
        try {
            return upstream.transport().post(body, attempt.exchange());
        } catch (RuntimeException e) {
            TransportFailure.rethrowError(e);
            UpstreamException failure = attempt.failureFor(e);
            stale = attempt.exchange().isReused()
                    && attempt.exchange().abortReason() == null
                    && TransportFailure.isDeadConnection(e);
            if (!stale || !maybeStale) {
                attempt.logFailure(e);
            }
            throw failure;
        }
    }

    private UpstreamException refusal(Response response, Attempt attempt) {
        ProviderErrorBody error = ProviderErrorBody.of(bodyOf(response, attempt));
        return failures.ofStatus(response.getStatus(), RetryAfter.of(response), error);
    }

    /** The body of a failure, to its end if that is near, so that the connection can be used again. */
    private byte[] bodyOf(Response response, Attempt attempt) {
        DecompressingInputStream body = Transport.body(response);
        try {
            return body.readNBytes(LONGEST_ERROR);
        } catch (IOException | RuntimeException e) {
            if (attempt.exchange().abortReason() != null || cancellation.isCancelled()) {
                throw attempt.failureFor(
                        e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e));
            }
            return new byte[0]; // its status says enough
        } finally {
            body.releaseInflater();
        }
    }

    /** How long to wait after so many attempts; fails where that is too long. */
    private Duration waitAfter(int attempts, UpstreamException failure) {
        Duration wait = RetryBudget.backoff(attempts);
        Duration asked = failure.retryAfter();
        if (asked != null) {
            if (asked.compareTo(settings.limits().maxRetryWait()) > 0) {
                throw failure;
            }
            wait = asked.compareTo(wait) > 0 ? asked : wait;
        }
        long left = settings.timeouts().call().toNanos() - (System.nanoTime() - start);
        if (wait.toNanos() >= left) {
            throw failure;
        }
        return wait;
    }
}
