package org.o1api.upstream.demo;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.o1api.json.JsonSlices;
import org.o1api.model.Cancellation;
import org.o1api.model.ErrorCode;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.Upstream;
import org.o1api.upstream.UpstreamException;

/**
 * The demo model, which is used if no provider is configured. It quotes the question and says that it is a demonstration. Each
 * strategy has a script for its own calls.
 */
public final class DemoUpstream implements Upstream {
    /** Roughly the speed of a hosted model. */
    public static final Duration DEFAULT_TOKEN_DELAY = Duration.ofMillis(25);

    private final String name;
    private final Duration tokenDelay;
    private final List<DemoScript> scripts;
    private volatile boolean closed;

    /**
     * Creates a demo model.
     *
     * @param tokenDelay the time that each token takes
     * @param scripts the first one that has a reply is used
     */
    public DemoUpstream(String name, Duration tokenDelay, List<DemoScript> scripts) {
        this.name = name;
        this.scripts = List.copyOf(scripts);
        this.tokenDelay = tokenDelay;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> names() {
        return List.of(name());
    }

    @Override
    public Call open(CallRequest request, CallContext context) {
        context.cancellation().throwIfCancelled();
        throwIfClosed();
        context.attemptListener().onRequestSent(name, request.model());
        context.onAccepted().run();
        DemoRequest prompt = new DemoRequest(request, context.number());
        return new DemoCall(this, prompt, reply(prompt), context.cancellation());
    }

    private String reply(DemoRequest request) {
        for (DemoScript script : scripts) {
            Optional<String> reply = script.reply(request);
            if (reply.isPresent()) {
                return reply.get();
            }
        }
        String answer = DemoText.answer(request.lastUserText(), "It answered at once, without reasoning steps.");
        return request.requiresJson() ? "{\"answer\": " + JsonSlices.quoted(answer) + "}" : answer;
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
