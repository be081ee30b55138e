package org.o1api.reasoning;

import java.util.Iterator;
import org.o1api.llm.FinishReason;
import org.o1api.llm.Usage;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.Cancellation;
import org.o1api.upstream.Delta;
import org.o1api.upstream.RetryAllowance;
import org.o1api.upstream.Terms;
import org.o1api.upstream.Upstream;
import org.o1api.upstream.UpstreamException;

/** The only way to make a call within a turn: counted, budgeted and cancellable. Belongs to the turn's thread. */
public final class Thinker {
    private final Upstream upstream;
    private final Cancellation cancellation;
    private final Preset.Budget budget;
    private final Terms terms;
    private final TurnListener listener;
    private final long startNanos = System.nanoTime();
    private Usage usage = Usage.NONE;
    private int calls;
    private boolean accepted;

    public Thinker(Upstream upstream, Cancellation cancellation, Preset.Budget budget, TurnListener listener) {
        this.upstream = upstream;
        this.cancellation = cancellation;
        this.budget = budget;
        this.listener = listener;
        terms = new Terms(cancellation, new RetryAllowance(budget.retries()), this::accepted);
    }

    /** Whether the budget has room for one more call before the closing one. */
    public boolean mayThink() {
        long used = System.nanoTime() - startNanos;
        return calls + 2 <= budget.calls()
                && usage.outputTokens() < budget.tokens()
                && used < budget.time().toNanos() / 4 * 3;
    }

    /** Makes a call whose output is reasoning. */
    public Call think(CallRequest request) {
        return open(request, true);
    }

    /** Makes the call whose output is the answer. */
    public Call answer(CallRequest request) {
        return open(request, false);
    }

    /**
     * Whether a call that broke off may be made again, after the short wait that this method is. It takes one of the turn's
     * retries, and the two count as one call.
     */
    public boolean mayRetry(UpstreamException failure) {
        if (!failure.retryable() || !terms.retries().take()) {
            return false;
        }
        listener.flush();
        cancellation.sleep(RetryAllowance.waitAfter(1));
        calls--;
        return true;
    }

    private Call open(CallRequest request, boolean reasoning) {
        cancellation.throwIfCancelled();
        calls++;
        listener.flush();
        return new CountedCall(request, upstream.open(request, terms), reasoning);
    }

    private void accepted() {
        if (!accepted) {
            accepted = true;
            listener.accepted();
        }
    }

    /** What all calls used that have ended; counted here where the upstream did not. */
    public Usage usage() {
        return usage;
    }

    public int calls() {
        return calls;
    }

    /** Adds its usage when it ends, and shows what has arrived before it waits for more. */
    private final class CountedCall implements Call {
        private final CallRequest request;
        private final Call call;
        private final boolean reasoning;
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder thought = new StringBuilder();
        private boolean closed;

        CountedCall(CallRequest request, Call call, boolean reasoning) {
            this.request = request;
            this.call = call;
            this.reasoning = reasoning;
        }

        @Override
        public Iterator<Delta> iterator() {
            Iterator<Delta> deltas = call.iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    listener.flush();
                    return deltas.hasNext();
                }

                @Override
                public Delta next() {
                    Delta delta = deltas.next();
                    keep(delta);
                    return delta;
                }
            };
        }

        private void keep(Delta delta) {
            if (delta instanceof Delta.Text piece) {
                text.append(piece.text());
            } else if (delta instanceof Delta.Reasoning piece) {
                thought.append(piece.text());
            } else if (delta instanceof Delta.ToolCall piece) {
                text.append(piece.arguments());
            }
        }

        @Override
        public FinishReason finishReason() {
            return call.finishReason();
        }

        @Override
        public Usage usage() {
            Usage reported = call.usage();
            return reported.equals(Usage.NONE) ? TokenCounter.count(request, text, thought) : reported;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                call.close();
                Usage own = usage();
                usage = usage.plus(reasoning ? own.asReasoning() : own);
            }
        }
    }
}
