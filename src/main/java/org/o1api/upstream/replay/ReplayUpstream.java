package org.o1api.upstream.replay;

import java.util.List;
import org.o1api.json.ContentText;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.model.Role;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.Upstream;
import org.o1api.upstream.UpstreamException;

/**
 * An upstream that replays recorded replies. The n-th call of a turn gets the n-th reply that was recorded for the question in its
 * last user message, counted from an offset and modulo their number. The offset is the same for all calls of a turn. It depends on the
 * question and on the {@code seed} of the turn's request or, without one, on the turn's ID.
 */
public final class ReplayUpstream implements Upstream {
    private final String name;
    private final Recording recording;
    private volatile boolean closed;

    /** Creates an upstream with the name that it has in the config. */
    public ReplayUpstream(String name, Recording recording) {
        this.name = name;
        this.recording = recording;
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
        RecordedQuestion question = recording
                .find(lastUserText(request.messages()))
                .orElseThrow(() -> new UpstreamException(
                        ErrorCode.UPSTREAM_REFUSED,
                        "The last user message contains no question that was recorded for the upstream " + name + ".",
                        false,
                        null));
        context.onAccepted().run();
        int offset = Math.floorMod(
                mix(context.turn().seed() * 31 + question.question().hashCode()),
                question.samples().size());
        int index = (offset + context.number()) % question.samples().size();
        return new ReplayCall(this, question.samples().get(index), context.cancellation());
    }

    /** Spreads the bits of a number, so that neighbouring seeds have unrelated offsets (the finalizer of SplitMix64). */
    private static long mix(long seed) {
        long z = seed + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    private static String lastUserText(List<Message> messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            Message message = messages.get(i);
            if (message.role() == Role.USER) {
                return ContentText.of(message.content());
            }
        }
        return "";
    }

    void throwIfClosed() {
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
