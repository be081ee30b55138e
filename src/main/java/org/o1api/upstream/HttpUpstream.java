package org.o1api.upstream;

public final class HttpUpstream implements Upstream {
    public HttpUpstream(UpstreamSettings s, java.util.concurrent.ScheduledExecutorService x) {}

    public void warmUp() {}

    @Override
    public String name() {
        return "demo";
    }

    @Override
    public Call open(CallRequest r, Cancellation c, Runnable a) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
