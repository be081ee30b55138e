package org.o1api.upstream;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.o1api.model.ConcurrencyLimiter;
import org.o1api.model.PeriodicTask;

/** An upstream that is called with OpenAI's chat completions API over HTTP. */
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
     * Creates an upstream that is ready for calls.
     *
     * @param scheduler runs the timeout checks; owned by the caller
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
                "timeouts of upstream " + settings.name(),
                CHECK_INTERVAL,
                CHECK_INTERVAL,
                this::checkTimeouts,
                scheduler);
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public List<String> names() {
        return List.of(name());
    }

    /** Loads and links all code that a call needs; without it, the first call takes about 300 ms longer. */
    public void warmUp() {
        WarmUp.once(transport, scheduler);
    }

    @Override
    public Call open(CallRequest request, CallContext context) {
        String model = settings.model();
        CallRequest effectiveRequest = model == null ? request : request.withModel(model);
        return new CallOpener(resources, profiles.of(effectiveRequest.model()), effectiveRequest, context).open();
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

    /** Enforces the timeouts of one call. If that fails, only this call ends, and the others are still checked. */
    private void checkTimeouts(Exchange exchange, long now) {
        try {
            exchange.enforceTimeouts(now);
        } catch (Throwable e) {
            openExchanges.remove(exchange);
            log.timeoutCheckFailed(e);
            exchange.cancel();
        }
    }

    /** For tests: the number of calls that wait for a slot. */
    int queuedCalls() {
        return limiter.queueLength();
    }

    /** For tests: whether no call holds any resource of this upstream. */
    boolean isIdle() {
        return openExchanges.isEmpty()
                && limiter.queueLength() == 0
                && limiter.availablePermits() == settings.limits().concurrency();
    }
}
