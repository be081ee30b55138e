package org.o1api.reasoning;

import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.Usage;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.Upstream;

/** A fake upstream some of whose calls reason until they are cancelled. Safe for concurrent use. */
public final class HangingUpstream implements Upstream {
    private final BiFunction<CallRequest, CallContext, @Nullable String> replies;
    private final CountDownLatch released = new CountDownLatch(1);
    private final Queue<Cancellation> hanging = new ConcurrentLinkedQueue<>();
    private final CountDownLatch hangs;
    private boolean isSlowToEnd;
    private @Nullable Delta piece = new Delta.Reasoning("Hm");

    /**
     * Creates the upstream.
     *
     * @param hangingCalls the number of calls that {@link #awaitHanging} waits for
     * @param replies the text of a call's reply; null: it hangs
     */
    public HangingUpstream(int hangingCalls, BiFunction<CallRequest, CallContext, @Nullable String> replies) {
        this.hangs = new CountDownLatch(hangingCalls);
        this.replies = replies;
    }

    /** Calls send this before they hang. */
    public HangingUpstream sending(Delta newPiece) {
        piece = newPiece;
        return this;
    }

    /** Calls that hang send nothing. */
    public HangingUpstream sendingNothing() {
        piece = null;
        return this;
    }

    /** Waits until so many calls hang. */
    public void awaitHanging() {
        try {
            if (!hangs.await(15, TimeUnit.SECONDS)) {
                throw new AssertionError("too few calls");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From now on, cancelled calls do not end before {@link #release}. */
    public void endSlowly() {
        isSlowToEnd = true;
    }

    /** Ends the calls that are cancelled. */
    public void release() {
        released.countDown();
    }

    /** The cancellations of the calls that have hung. */
    public List<Cancellation> hanging() {
        return List.copyOf(hanging);
    }

    @Override
    public List<String> names() {
        return List.of(name());
    }

    @Override
    public String name() {
        return "hanging";
    }

    @Override
    public Call open(CallRequest request, CallContext context) {
        context.attemptListener().onRequestSent(name(), request.model());
        context.onAccepted().run();
        return new HangingCall(replies.apply(request, context), context.cancellation());
    }

    @Override
    public void close() {}

    private final class HangingCall implements Call {
        private final @Nullable String reply;
        private final Cancellation cancellation;

        HangingCall(@Nullable String reply, Cancellation cancellation) {
            this.reply = reply;
            this.cancellation = cancellation;
        }

        @Override
        public Iterator<Delta> iterator() {
            Delta first = reply == null ? piece : new Delta.Text(reply);
            Iterator<Delta> deltas = (first == null ? List.<Delta>of() : List.of(first)).iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    if (reply == null && !deltas.hasNext()) {
                        hang();
                    }
                    return deltas.hasNext();
                }

                @Override
                public Delta next() {
                    return deltas.next();
                }
            };
        }

        private void hang() {
            hanging.add(cancellation);
            hangs.countDown();
            CountDownLatch end = new CountDownLatch(1);
            cancellation.onCancel(end::countDown);
            try {
                if (!end.await(30, TimeUnit.SECONDS) || (isSlowToEnd && !released.await(30, TimeUnit.SECONDS))) {
                    throw new AssertionError("a call was forgotten");
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            cancellation.throwIfCancelled();
        }

        @Override
        public FinishReason finishReason() {
            return FinishReason.STOP;
        }

        @Override
        public Usage usage() {
            return Usage.NONE;
        }

        @Override
        public void close() {}
    }
}
