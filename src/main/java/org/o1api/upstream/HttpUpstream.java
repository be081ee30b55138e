package org.o1api.upstream;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.o1api.llm.ErrorCode;
import org.o1api.llm.PeriodicTask;
import org.o1api.llm.Usage;

/** A provider that speaks OpenAI's chat API over HTTP. */
public final class HttpUpstream implements Upstream {
    private static final Duration TICK = Duration.ofMillis(50);
    private static final int LONGEST_ERROR = 64 * 1024;

    private final UpstreamSettings settings;
    private final ScheduledExecutorService scheduler;
    private final Transport transport;
    private final Failures failures;
    private final UpstreamLog log;
    private final Breaker breaker;
    private final ConcurrencyLimiter limiter;
    private final RejectedFields rejected;
    private final Map<String, ProviderProfile> profiles = new ConcurrentHashMap<>();
    private final Set<Exchange> watched = ConcurrentHashMap.newKeySet();
    private final PeriodicTask ticker;
    private volatile boolean closed;

    /**
     * An upstream that is ready to be called.
     *
     * @param scheduler holds the calls to their limits; stays the caller's
     */
    public HttpUpstream(UpstreamSettings settings, ScheduledExecutorService scheduler) {
        this(
                settings,
                scheduler,
                new Breaker(settings.name(), Breaker.OPEN, settings.limits().circuitBreaker()),
                new RejectedFields(settings, System::nanoTime),
                new Transport(settings));
    }

    HttpUpstream(
            UpstreamSettings settings,
            ScheduledExecutorService scheduler,
            Breaker breaker,
            RejectedFields rejected,
            Transport transport) {
        this.settings = settings;
        this.breaker = breaker;
        this.limiter = new ConcurrencyLimiter(
                settings.limits().concurrency(), settings.limits().queue());
        this.scheduler = scheduler;
        this.failures = new Failures(settings);
        this.log = new UpstreamLog(settings);
        this.rejected = rejected;
        this.transport = transport;
        this.ticker = PeriodicTask.start("limits of upstream " + settings.name(), TICK, TICK, this::tick, scheduler);
    }

    @Override
    public String name() {
        return settings.name();
    }

    /** Makes the first call as cheap as the later ones; without it, it takes some 300 ms. */
    public void warmUp() {
        WarmUp.once(transport, scheduler);
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
        ticker.close();
        watched.forEach(exchange -> exchange.end(stopping()));
        transport.close();
    }

    private void tick() {
        long now = System.nanoTime();
        for (Exchange exchange : watched) {
            check(exchange, now);
        }
    }

    /** Holds one call to its limits. If that fails, this call ends, and not the watch over the others. */
    private void check(Exchange exchange, long now) {
        try {
            exchange.check(now);
        } catch (Throwable e) {
            watched.remove(exchange);
            log.limitFailed(e);
            exchange.cancel();
        }
    }

    /** How many calls wait for a slot. */
    int waiting() {
        return limiter.waiting();
    }

    /** Whether no call holds anything of this upstream. */
    boolean isIdle() {
        return watched.isEmpty()
                && limiter.waiting() == 0
                && limiter.available() == settings.limits().concurrency();
    }

    private static UpstreamException stopping() {
        return new UpstreamException(ErrorCode.SHUTTING_DOWN, "The gateway is stopping.", false, null);
    }

    /** A call on its way to its first delta, in as many attempts as that takes. */
    private final class Opening {
        private final CallRequest request;
        private final Terms terms;
        private final ProviderProfile profile;
        private final Cancellation cancellation;
        private final long start = System.nanoTime();
        private final Set<String> leftOut;
        private boolean leavesOutMore;
        /** Whether the last attempt died on a connection that the upstream had closed while it was idle. */
        private boolean stale;
        /** Whether that may be forgiven: it happens once. */
        private boolean maybeStale = true;
        /** The field that the last attempt was rejected for, though it may be left out. */
        private String rejectedField = "";

        Opening(CallRequest request, Terms terms) {
            this.request = request;
            this.terms = terms;
            this.profile = profiles.computeIfAbsent(request.model(), model -> new ProviderProfile(settings, model));
            this.cancellation = terms.cancellation();
            this.leftOut = rejected.of(request, terms.owner());
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
                    } else if (!rejectedField.isEmpty()) {
                        leftOut.add(rejectedField);
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
            rejectedField = "";
            Attempt attempt = new Attempt(new Exchange(settings, start), cancellation, failures, log, watched, limiter);
            boolean begun = false;
            try {
                begin(attempt);
                Response response = send(body, attempt);
                if (response.getStatus() / 100 != 2) {
                    throw refusal(response, attempt);
                }
                if (leavesOutMore) {
                    rejected.remember(request, leftOut, terms.owner());
                }
                terms.accepted().run();
                HttpCall call = new HttpCall(profile, ExpectedReply.of(request, leftOut), response, attempt, failures);
                if (awaitFirstDelta(call)) {
                    attempt.begun();
                }
                begun = true;
                return call;
            } catch (UpstreamException e) {
                if (!stale || !maybeStale) {
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
                return call.await();
            } catch (UpstreamException e) {
                if (e.saidNothing() || !call.usage().equals(Usage.NONE)) {
                    terms.spent().accept(call.usage());
                }
                throw e;
            }
        }

        private void begin(Attempt attempt) {
            String caller = terms.owner().caller();
            breaker.throwIfOpen(caller); // rather than wait for nothing
            Duration left = settings.timeouts().call().minusNanos(System.nanoTime() - start);
            Duration longest = settings.timeouts().firstToken();
            Duration patience = left.compareTo(longest) < 0 ? left : longest;
            switch (attempt.acquireSlot(caller, patience)) {
                case ACQUIRED -> attempt.start(breaker, terms.owner());
                case QUEUE_FULL -> throw Failures.queueFull(settings.limits());
                case TIMED_OUT -> throw Failures.noSlotWithin(patience, settings.limits());
                case INTERRUPTED -> throw stopping(); // nobody else interrupts a turn
            }
            if (closed) {
                throw stopping();
            }
        }

        private Response send(byte[] body, Attempt attempt) {
            try {
                return transport.post(body, attempt.exchange());
            } catch (RuntimeException e) {
                FailureKind.throwCausingError(e);
                UpstreamException failure = attempt.explain(e);
                stale = attempt.exchange().reused()
                        && attempt.exchange().reason() == null
                        && FailureKind.isDeadConnection(e);
                if (!stale || !maybeStale) {
                    attempt.report(e);
                }
                throw failure;
            }
        }

        private UpstreamException refusal(Response response, Attempt attempt) {
            ErrorBody error = ErrorBody.of(bodyOf(response, attempt));
            int status = response.getStatus();
            if (status == 400 || status == 422) {
                rejectedField = RejectedFields.named(error, request, leftOut);
            }
            Duration retryAfter = RetryAfter.parse(response.getHeaderString(HttpHeaders.RETRY_AFTER), Instant.now());
            UpstreamException failure = failures.ofStatus(status, retryAfter, error);
            if (failure.code() == ErrorCode.UPSTREAM_MISCONFIGURED) {
                log.misconfigured(status, failures.word(error.code()));
            }
            return failure;
        }

        /** The body of a failure, to its end if that is near, so that the connection can be used again. */
        private byte[] bodyOf(Response response, Attempt attempt) {
            try {
                return Transport.body(response).readNBytes(LONGEST_ERROR);
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
