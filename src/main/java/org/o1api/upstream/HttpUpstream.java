package org.o1api.upstream;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.o1api.llm.ErrorCode;
import org.o1api.llm.Usage;

/** A provider that speaks OpenAI's chat API over HTTP. */
public final class HttpUpstream implements Upstream {
    private static final System.Logger LOG = System.getLogger(HttpUpstream.class.getName());
    private static final long TICK_MILLIS = 50;
    private static final int LONGEST_ERROR = 64 * 1024;

    private final UpstreamSettings settings;
    private final ScheduledExecutorService scheduler;
    private final Transport transport;
    private final Failures failures;
    private final Breaker breaker;
    private final Places places;
    private final Refusals refusals = new Refusals();
    private final Set<Exchange> watched = ConcurrentHashMap.newKeySet();
    private final ScheduledFuture<?> ticker;
    private volatile boolean closed;

    /**
     * An upstream that is ready to be called.
     *
     * @param scheduler holds the calls to their limits; stays the caller's
     */
    public HttpUpstream(UpstreamSettings settings, ScheduledExecutorService scheduler) {
        this(settings, scheduler, Breaker.OPEN);
    }

    HttpUpstream(UpstreamSettings settings, ScheduledExecutorService scheduler, Duration breakerOpen) {
        this.settings = settings;
        this.breaker =
                new Breaker(settings.name(), breakerOpen, settings.limits().circuitBreaker());
        this.places =
                new Places(settings.limits().concurrency(), settings.limits().queue());
        this.scheduler = scheduler;
        this.failures = new Failures(settings);
        this.transport = new Transport(settings);
        this.ticker = scheduler.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public String name() {
        return settings.name();
    }

    /** Makes the first call as cheap as the later ones; without it, it takes some 300 ms. */
    public void warmUp() {
        transport.prepare();
        WarmUp.once(scheduler);
    }

    @Override
    public Call open(CallRequest request, Terms terms) {
        String model = settings.model();
        CallRequest asked = model == null ? request : request.withModel(model);
        return new Opening(asked, terms).open();
    }

    @Override
    public void close() {
        closed = true;
        ticker.cancel(false);
        watched.forEach(exchange -> exchange.end(stopping()));
        transport.close();
    }

    private void tick() {
        long now = System.nanoTime();
        for (Exchange exchange : watched) {
            try {
                exchange.check(now);
            } catch (RuntimeException e) { // one call must not end the watch over all
                LOG.log(Level.ERROR, "a call could not be held to its limits", e);
            }
        }
    }

    private static UpstreamException stopping() {
        return new UpstreamException(ErrorCode.SHUTTING_DOWN, "The gateway is stopping.", false, null);
    }

    /** A call on its way to its first delta, in as many attempts as that takes. */
    private final class Opening {
        private final CallRequest request;
        private final Terms terms;
        private final Cancellation cancellation;
        private final long start = System.nanoTime();
        private final Set<String> leftOut;
        private boolean leavesOutMore;
        /** Whether the last attempt died on a connection that the upstream had closed while it was idle. */
        private boolean stale;
        /** Whether that may be forgiven: it happens once. */
        private boolean maybeStale = true;
        /** The field that the last attempt was refused for, though it may go. */
        private String refusedField = "";

        Opening(CallRequest request, Terms terms) {
            this.request = request;
            this.terms = terms;
            this.cancellation = terms.cancellation();
            this.leftOut = refusals.of(request.model());
        }

        Call open() {
            byte[] body = RequestBody.of(request, leftOut);
            int attempts = 0;
            while (true) {
                try {
                    return attempt(body);
                } catch (UpstreamException e) {
                    if (stale && maybeStale) {
                        maybeStale = false; // costs no attempt
                    } else if (!refusedField.isEmpty()) {
                        leftOut.add(refusedField);
                        leavesOutMore = true;
                        body = RequestBody.of(request, leftOut);
                    } else if (!e.retryable() || ++attempts >= settings.limits().attempts()) {
                        throw e;
                    } else {
                        Duration wait = waitAfter(attempts, e);
                        if (!terms.retries().take()) {
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
            refusedField = "";
            Attempt attempt = begin();
            boolean begun = false;
            try {
                if (closed) {
                    throw stopping();
                }
                Response response = send(body, attempt);
                if (response.getStatus() / 100 != 2) {
                    throw refusal(response, attempt);
                }
                if (leavesOutMore) {
                    refusals.remember(request.model(), leftOut);
                }
                terms.accepted().run();
                HttpCall call = new HttpCall(response, attempt, failures);
                awaitFirstDelta(call);
                begun = true;
                return call;
            } catch (UpstreamException e) {
                if (!stale || !maybeStale) {
                    attempt.failed(e);
                }
                throw e;
            } finally {
                if (!begun) {
                    attempt.close();
                }
            }
        }

        private void awaitFirstDelta(HttpCall call) {
            try {
                call.await();
            } catch (UpstreamException e) {
                if (e.saidNothing() || !call.usage().equals(Usage.NONE)) {
                    terms.spent().accept(call.usage());
                }
                throw e;
            }
        }

        private Attempt begin() {
            breaker.throwIfOpen(); // rather than wait for nothing
            Duration left = settings.timeouts().call().minusNanos(System.nanoTime() - start);
            Duration longest = settings.timeouts().firstToken();
            Duration patience = left.compareTo(longest) < 0 ? left : longest;
            switch (places.take(cancellation, patience)) {
                case LINE_FULL -> throw Failures.lineFull(settings.limits());
                case TOO_LATE -> throw Failures.noPlaceWithin(patience, settings.limits());
                case TAKEN -> {}
            }
            try {
                Exchange exchange = new Exchange(settings, start);
                return new Attempt(exchange, cancellation, failures, watched, breaker.admit(), places);
            } catch (UpstreamException e) {
                places.giveBack();
                throw e;
            }
        }

        private Response send(byte[] body, Attempt attempt) {
            try {
                return transport.post(body, attempt.exchange());
            } catch (RuntimeException e) {
                UpstreamException failure = attempt.explain(e);
                stale = attempt.exchange().reused() && attempt.exchange().reason() == null && connectionDied(e);
                throw failure;
            }
        }

        private static boolean connectionDied(Throwable thrown) {
            for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
                if (cause instanceof NoHttpResponseException || cause instanceof SocketException) {
                    return true;
                }
            }
            return false;
        }

        private UpstreamException refusal(Response response, Attempt attempt) {
            ErrorBody error = ErrorBody.of(bodyOf(response, attempt));
            int status = response.getStatus();
            if (status == 400 || status == 422) {
                refusedField = Refusals.named(error, request, leftOut);
            }
            Duration retryAfter = RetryAfter.parse(response.getHeaderString(HttpHeaders.RETRY_AFTER), Instant.now());
            return failures.ofStatus(status, retryAfter, error);
        }

        /** What a failure's body says, to its end where that is near, so that the connection can serve again. */
        private byte[] bodyOf(Response response, Attempt attempt) {
            try {
                InputStream in = (InputStream) response.getEntity();
                byte[] body = in.readNBytes(LONGEST_ERROR);
                return body;
            } catch (IOException | RuntimeException e) {
                if (attempt.exchange().reason() != null || cancellation.isCancelled()) {
                    throw attempt.explain(
                            e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e));
                }
                return new byte[0]; // its status says enough
            }
        }

        /** How long to wait after so many attempts; fails where that is too long. */
        private Duration waitAfter(int attempts, UpstreamException failure) {
            Duration wait = RetryAllowance.waitAfter(attempts);
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
}
