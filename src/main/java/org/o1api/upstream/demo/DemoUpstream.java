package org.o1api.upstream.demo;

import java.time.Duration;
import org.o1api.model.Cancellation;
import org.o1api.model.ErrorCode;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.Upstream;
import org.o1api.upstream.UpstreamException;

/**
 * The demo model, which is used if no provider is configured. It follows the step protocol, quotes the question, and says that it
 * is a demonstration.
 */
public final class DemoUpstream implements Upstream {
    /** Roughly the speed of a hosted model. */
    public static final Duration DEFAULT_TOKEN_DELAY = Duration.ofMillis(25);

    private final String name;
    private final Duration tokenDelay;
    private volatile boolean closed;

    /**
     * Creates a demo model.
     *
     * @param tokenDelay the time that each token takes
     */
    public DemoUpstream(String name, Duration tokenDelay) {
        this.name = name;
        this.tokenDelay = tokenDelay;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Call open(CallRequest request, CallContext context) {
        context.cancellation().throwIfCancelled();
        throwIfClosed();
        DemoPrompt prompt = DemoPrompt.of(request);
        context.attemptListener().onRequestSent(name, request.model());
        context.onAccepted().run();
        return new DemoCall(this, prompt, DemoScript.reply(prompt), context.cancellation());
    }

    /** Waits for the time of one token. */
    void pause(Cancellation cancellation) {
        if (tokenDelay.isZero()) {
            cancellation.throwIfCancelled();
        } else {
            cancellation.sleep(tokenDelay);
        }
        throwIfClosed();
    }

    private void throwIfClosed() {
        if (closed) {
            throw new UpstreamException(
                    ErrorCode.SHUTTING_DOWN,
                    "The gateway is stopping. Retry shortly, or use another instance.",
                    false,
                    null);
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
