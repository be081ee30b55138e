package org.o1api.upstream;

import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Duration;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.ErrorCode;
import org.o1api.model.Usage;

/** Makes one call: retries attempts until one of them has delivered its first delta. Confined to the call's thread. */
final class CallOpener {
    private static final int MAX_ERROR_BODY = 64 * 1024;

    private final UpstreamResources upstream;
    private final UpstreamSettings settings;
    private final UpstreamErrors errors;
    private final ProviderProfile profile;
    private final AdaptiveRequest adaptiveRequest;
    private final CallContext context;
    private final Cancellation cancellation;
    private final long start = System.nanoTime();

    /** What can be done after a failed attempt. */
    private enum Remedy {
        /** The server had closed the pooled connection while it was idle: repeat it. Done once a call, and not counted. */
        REPEAT,
        /** The request has been changed, so that the provider may accept it: send it. Not counted either. */
        SEND_CHANGED_REQUEST,
        /** Retry, within the limits of upstream and turn. */
        RETRY,
        NONE
    }

    /** How an attempt ended, unless the call was cancelled. */
    private sealed interface Outcome {
        record Opened(Call call) implements Outcome {}

        record Failed(UpstreamException failure, Remedy remedy) implements Outcome {}
    }

    CallOpener(UpstreamResources upstream, ProviderProfile profile, CallRequest request, CallContext context) {
        this.upstream = upstream;
        this.settings = upstream.settings();
        this.errors = upstream.errors();
        this.profile = profile;
        this.adaptiveRequest = new AdaptiveRequest(request, profile, context.turn());
        this.context = context;
        this.cancellation = context.cancellation();
    }

    Call open() {
        byte[] body = adaptiveRequest.body();
        boolean mayRepeat = true;
        int attempts = 0;
        while (true) {
            Outcome outcome = makeAttempt(body, mayRepeat);
            if (outcome instanceof Outcome.Opened opened) {
                return opened.call();
            }
            Outcome.Failed failed = (Outcome.Failed) outcome;
            switch (failed.remedy()) {
                case REPEAT -> mayRepeat = false;
                case SEND_CHANGED_REQUEST -> body = adaptiveRequest.body();
                case RETRY -> awaitRetry(++attempts, failed.failure());
                case NONE -> throw failed.failure();
            }
        }
    }

    /** Makes an attempt; if it fails, all its resources have been released. */
    private Outcome makeAttempt(byte[] body, boolean mayRepeat) {
        cancellation.throwIfCancelled();
        Attempt attempt = upstream.newAttempt(new Exchange(settings, start), cancellation);
        boolean opened = false;
        try {
            Outcome outcome = outcomeOf(attempt, body, mayRepeat);
            opened = outcome instanceof Outcome.Opened;
            return outcome;
        } finally {
            if (!opened) { // also after an Error
                attempt.close();
            }
        }
    }

    private Outcome outcomeOf(Attempt attempt, byte[] body, boolean mayRepeat) {
        boolean accepted = false;
        try {
            acquire(attempt);
            context.attemptListener().onRequestSent(settings.name(), profile.model());
            Response response;
            try {
                response = post(body, attempt);
            } catch (RuntimeException e) {
                TransportFailure.rethrowError(e);
                UpstreamException failure = attempt.failureFor(e);
                if (mayRepeat && attempt.isOnStaleConnection(e)) {
                    return new Outcome.Failed(failure, Remedy.REPEAT);
                }
                attempt.logFailure(e);
                throw failure;
            }
            if (response.getStatus() / 100 != 2) {
                throw rejection(response, attempt);
            }
            accepted = true;
            context.onAccepted().run();
            HttpCall call = new HttpCall(profile, adaptiveRequest.expectedReply(), response, attempt, errors);
            if (awaitFirstDelta(call)) {
                attempt.firstDeltaReceived();
                adaptiveRequest.onAccepted();
            }
            return new Outcome.Opened(call);
        } catch (UpstreamException e) {
            return new Outcome.Failed(e, remedyFor(e, accepted, attempt));
        }
    }

    private Remedy remedyFor(UpstreamException failure, boolean accepted, Attempt attempt) {
        if (failure.code() == ErrorCode.UPSTREAM_MISCONFIGURED) {
            upstream.log()
                    .misconfigured(
                            failure.status(),
                            errors.sanitizeName(failure.errorBody().code()));
        }
        if (adaptiveRequest.adaptTo(failure, accepted)) {
            return Remedy.SEND_CHANGED_REQUEST;
        }
        attempt.failed(failure);
        return failure.retryable() ? Remedy.RETRY : Remedy.NONE;
    }

    private boolean awaitFirstDelta(HttpCall call) {
        try {
            return call.awaitDelta();
        } catch (UpstreamException | CancelledException e) {
            boolean emptyReply = e instanceof UpstreamException failure && failure.isEmptyReply();
            if (emptyReply || !call.usage().equals(Usage.NONE)) {
                context.attemptListener().onFailedAttemptUsage(call.usage());
            }
            throw e;
        }
    }

    private void acquire(Attempt attempt) {
        String caller = context.turn().caller();
        upstream.breaker().throwIfOpen(caller); // rather than wait for a slot first
        Duration left = settings.timeouts().call().minusNanos(System.nanoTime() - start);
        Duration firstTokenTimeout = settings.timeouts().firstToken();
        Duration slotTimeout = left.compareTo(firstTokenTimeout) < 0 ? left : firstTokenTimeout;
        switch (attempt.acquireSlot(caller, slotTimeout)) {
            case ACQUIRED -> attempt.start(upstream.breaker(), context.turn());
            case QUEUE_FULL -> throw UpstreamErrors.queueFull(settings.limits());
            case TIMED_OUT -> throw UpstreamErrors.slotTimeout(slotTimeout, settings.limits());
            case INTERRUPTED -> throw UpstreamErrors.shuttingDown(); // turns are interrupted only at shutdown
        }
        if (upstream.closed().getAsBoolean()) {
            throw UpstreamErrors.shuttingDown();
        }
    }

    private Response post(byte[] body, Attempt attempt) {
        return upstream.transport().post(body, context.turn().headers(settings.traceHeaders()), attempt.exchange());
    }

    private UpstreamException rejection(Response response, Attempt attempt) {
        ProviderErrorBody error = ProviderErrorBody.of(readErrorBody(response, attempt));
        return errors.ofStatus(response.getStatus(), RetryAfter.of(response), error);
    }

    /** The body of an error response, read to its end if that is near, so that the connection can be reused. */
    private byte[] readErrorBody(Response response, Attempt attempt) {
        DecompressingInputStream body = Transport.body(response);
        try {
            return body.readNBytes(MAX_ERROR_BODY);
        } catch (IOException | RuntimeException e) {
            if (attempt.exchange().abortReason() != null || cancellation.isCancelled()) {
                throw attempt.failureFor(e);
            }
            return new byte[0]; // the status is sufficient
        } finally {
            body.releaseInflater();
        }
    }

    /**
     * Waits before the next attempt.
     *
     * @param attempts the number of failed attempts
     * @throws UpstreamException the given failure, if the call must not be retried
     */
    private void awaitRetry(int attempts, UpstreamException failure) {
        if (attempts >= settings.limits().attempts()) {
            throw failure;
        }
        Duration wait = waitAfter(attempts, failure);
        if (!context.retries().tryConsume()) {
            throw failure;
        }
        cancellation.sleep(wait);
    }

    /**
     * How long to wait before the next attempt.
     *
     * @throws UpstreamException the given failure, if the wait exceeds a limit
     */
    private Duration waitAfter(int attempts, UpstreamException failure) {
        Duration wait = RetryBudget.backoff(attempts);
        Duration requestedWait = failure.retryAfter();
        if (requestedWait != null) {
            if (requestedWait.compareTo(settings.limits().maxRetryWait()) > 0) {
                throw failure;
            }
            wait = requestedWait.compareTo(wait) > 0 ? requestedWait : wait;
        }
        long leftNanos = settings.timeouts().call().toNanos() - (System.nanoTime() - start);
        if (wait.toNanos() >= leftNanos) {
            throw failure;
        }
        return wait;
    }
}
