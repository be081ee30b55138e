package org.o1api.upstream;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.o1api.model.ConcurrencyLimiter;
import org.o1api.model.PeriodicTask;

/** A provider that speaks OpenAI's chat API over HTTP. */
public final class HttpUpstream implements Upstream {
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(50);

    private final UpstreamSettings settings;
    private final ScheduledExecutorService scheduler;
    private final Transport transport;
    private final UpstreamResources resources;
    private final UpstreamLog log;
    private final ConcurrencyLimiter limiter;
    private final ProviderProfiles profiles;
    private final Set<Exchange> openExchanges = ConcurrentHashMap.newKeySet();
    private final PeriodicTask timeoutTask;
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
                new Breaker(
                        settings.name(), Breaker.OPEN_TIME, settings.limits().circuitBreaker()),
                new ProviderProfiles(settings, System::nanoTime),
                new Transport(settings));
    }

    HttpUpstream(
            UpstreamSettings settings,
            ScheduledExecutorService scheduler,
            Breaker breaker,
            ProviderProfiles profiles,
            Transport transport) {
        this.settings = settings;
        this.limiter = new ConcurrencyLimiter(
                settings.limits().concurrency(), settings.limits().queue());
        this.scheduler = scheduler;
        this.log = new UpstreamLog(settings);
        this.profiles = profiles;
        this.transport = transport;
        this.resources = new UpstreamResources(
                settings, transport, new UpstreamErrors(settings), log, breaker, limiter, openExchanges, () -> closed);
        this.timeoutTask = PeriodicTask.start(
                "limits of upstream " + settings.name(),
                CHECK_INTERVAL,
                CHECK_INTERVAL,
                this::checkTimeouts,
                scheduler);
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
    public Call open(CallRequest request, CallContext terms) {
        String model = settings.model();
        CallRequest effectiveRequest = model == null ? request : request.withModel(model);
        return new CallOpener(resources, profiles.of(effectiveRequest.model()), effectiveRequest, terms).open();
    }

    @Override
    public void close() {
        closed = true;
        timeoutTask.close();
        openExchanges.forEach(exchange -> exchange.abort(UpstreamErrors.shuttingDown()));
        transport.close();
    }

    private void checkTimeouts() {
        long now = System.nanoTime();
        for (Exchange exchange : openExchanges) {
            checkTimeouts(exchange, now);
        }
    }

    /** Holds one call to its limits. If that fails, this call ends, and not the watch over the others. */
    private void checkTimeouts(Exchange exchange, long now) {
        try {
            exchange.enforceTimeouts(now);
        } catch (Throwable e) {
            openExchanges.remove(exchange);
            log.timeoutCheckFailed(e);
            exchange.cancel();
        }
    }

    /** How many calls wait for a slot. */
    int queuedCalls() {
        return limiter.queueLength();
    }

    /** Whether no call holds anything of this upstream. */
    boolean isIdle() {
        return openExchanges.isEmpty()
                && limiter.queueLength() == 0
                && limiter.availablePermits() == settings.limits().concurrency();
    }
}
