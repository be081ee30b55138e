package org.o1api.upstream;

import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
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
    /** Whether the last attempt failed on a pooled connection that the server had closed while it was idle. */
    private boolean staleConnection;
    /** Whether such an attempt can still be repeated for free: once a call. */
    private boolean staleRetryLeft = true;
    /** Whether the last attempt was accepted (2xx) and failed afterwards. */
    private boolean accepted;
    /** Whether the request was changed after the last attempt was rejected. */
    private boolean requestChanged;

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
        int attempts = 0;
        while (true) {
            try {
                return makeAttempt(body);
            } catch (UpstreamException e) {
                if (staleConnection && staleRetryLeft) {
                    staleRetryLeft = false; // repeated without counting it against upstreams.*.attempts
                } else if (requestChanged) {
                    body = adaptiveRequest.body(); // not counted either
                } else if (!e.retryable() || ++attempts >= settings.limits().attempts()) {
                    throw e;
                } else {
                    Duration wait = waitAfter(attempts, e);
                    if (!context.retries().tryConsume()) {
                        throw e;
                    }
                    cancellation.sleep(wait);
                }
            }
        }
    }

    private Call makeAttempt(byte[] body) {
        cancellation.throwIfCancelled();
        staleConnection = false;
        accepted = false;
        requestChanged = false;
        Attempt attempt = upstream.newAttempt(new Exchange(settings, start), cancellation);
        boolean opened = false;
        try {
            acquire(attempt);
            Response response = send(body, attempt);
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
            opened = true;
            return call;
        } catch (UpstreamException e) {
            if (e.code() == ErrorCode.UPSTREAM_MISCONFIGURED) {
                upstream.log()
                        .misconfigured(
                                e.status(), errors.sanitizeName(e.errorBody().code()));
            }
            requestChanged = !(staleConnection && staleRetryLeft) && adaptiveRequest.adaptTo(e, accepted);
            if (!(staleConnection && staleRetryLeft) && !requestChanged) {
                attempt.failed(e);
            }
            throw e;
        } finally {
            if (!opened) { // also after an Error
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

    private Response send(byte[] body, Attempt attempt) {
        context.attemptListener().onRequestSent(settings.name(), profile.model());
        Map<String, String> traceHeaders =
                settings.traceHeaders() ? context.turn().traceHeaders() : Map.of();
        try {
            return upstream.transport().post(body, traceHeaders, attempt.exchange());
        } catch (RuntimeException e) {
            TransportFailure.rethrowError(e);
            UpstreamException failure = attempt.failureFor(e);
            staleConnection = attempt.exchange().isReused()
                    && attempt.exchange().abortReason() == null
                    && TransportFailure.isDeadConnection(e);
            if (!staleConnection || !staleRetryLeft) {
                attempt.logFailure(e);
            }
            throw failure;
        }
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
                throw attempt.failureFor(
                        e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e));
            }
            return new byte[0]; // the status is sufficient
        } finally {
            body.releaseInflater();
        }
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
