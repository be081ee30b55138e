package org.o1api.upstream.replay;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Usage;
import org.o1api.upstream.Call;
import org.o1api.upstream.UpstreamException;

/** A recorded reply, in deltas of four characters. */
final class ReplayCall implements Call {
    private static final int DELTA = 4;

    private final ReplayUpstream upstream;
    private final RecordedSample sample;
    private final Cancellation cancellation;
    private int position;
    private volatile boolean closed;

    ReplayCall(ReplayUpstream upstream, RecordedSample sample, Cancellation cancellation) {
        this.upstream = upstream;
        this.sample = sample;
        this.cancellation = cancellation;
    }

    @Override
    public Iterator<Delta> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                if (position == sample.text().length()) {
                    return false;
                }
                cancellation.throwIfCancelled();
                upstream.throwIfClosed();
                if (closed) {
                    throw new UpstreamException(ErrorCode.UPSTREAM_FAILED, "the call is closed", false, null);
                }
                return true;
            }

            @Override
            public Delta next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return new Delta.Text(piece());
            }
        };
    }

    private String piece() {
        String text = sample.text();
        int from = position;
        position = Math.min(text.length(), from + DELTA);
        if (position < text.length() && Character.isLowSurrogate(text.charAt(position))) {
            position++;
        }
        return text.substring(from, position);
    }

    @Override
    public FinishReason finishReason() {
        return sample.finishReason();
    }

    /** As recorded; before the end of the reply, the share of the text that was sent. */
    @Override
    public Usage usage() {
        int length = sample.text().length();
        long output = position == length
                ? sample.completionTokens()
                : (sample.completionTokens() * position + length - 1) / length;
        return new Usage(sample.promptTokens(), 0, output, 0);
    }

    @Override
    public void close() {
        closed = true;
    }
}
