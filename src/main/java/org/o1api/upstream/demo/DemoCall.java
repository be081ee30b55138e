package org.o1api.upstream.demo;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Usage;
import org.o1api.upstream.Call;
import org.o1api.upstream.UpstreamException;

/** A reply of the demo model, streamed token by token. */
final class DemoCall implements Call {
    private static final int CHARACTERS_PER_TOKEN = 4;

    private final DemoUpstream upstream;
    private final DemoRequest prompt;
    private final String reply;
    private final Cancellation cancellation;
    private int position;
    private volatile boolean closed;

    DemoCall(DemoUpstream upstream, DemoRequest prompt, String reply, Cancellation cancellation) {
        this.upstream = upstream;
        this.prompt = prompt;
        this.reply = reply;
        this.cancellation = cancellation;
    }

    @Override
    public Iterator<Delta> iterator() {
        return new Iterator<>() {
            private boolean due;

            @Override
            public boolean hasNext() {
                if (isComplete()) {
                    return false;
                }
                if (!due) {
                    upstream.pause(cancellation);
                    throwIfClosed();
                    due = true;
                }
                return true;
            }

            @Override
            public Delta next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                due = false;
                return new Delta.Text(token());
            }
        };
    }

    private String token() {
        int from = position;
        position = Math.min(reply.length(), from + CHARACTERS_PER_TOKEN);
        if (position < reply.length() && Character.isLowSurrogate(reply.charAt(position))) {
            position++;
        }
        return reply.substring(from, position);
    }

    private void throwIfClosed() {
        if (closed) {
            throw new UpstreamException(ErrorCode.UPSTREAM_FAILED, "the call is closed", false, null);
        }
    }

    private boolean isComplete() {
        return position == reply.length() || tokens(position) >= prompt.maxTokens();
    }

    @Override
    public FinishReason finishReason() {
        return position == reply.length() ? FinishReason.STOP : FinishReason.LENGTH;
    }

    @Override
    public Usage usage() {
        return new Usage(tokens(prompt.characters()), 0, tokens(position), 0);
    }

    private static long tokens(long characters) {
        return (characters + CHARACTERS_PER_TOKEN - 1) / CHARACTERS_PER_TOKEN;
    }

    @Override
    public void close() {
        closed = true;
    }
}
