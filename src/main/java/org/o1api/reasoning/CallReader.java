package org.o1api.reasoning;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.Usage;
import org.o1api.upstream.AttemptListener;
import org.o1api.upstream.Call;

/**
 * Makes one of several concurrent calls on a thread of its own: opens it and puts all that happens into the turn's inbox. It
 * changes nothing else of the turn. The end of the call is always put, also after an {@link Error} and if there was no thread
 * for the call before it was cancelled.
 */
final class CallReader implements Runnable, AttemptListener {
    /** Opens the call. */
    @FunctionalInterface
    interface Opener {
        Call open(Runnable onAccepted, AttemptListener listener);
    }

    /** How a call ended. Valid once the end has been taken from the inbox. */
    static final class End {
        private boolean started;
        private boolean hasReply;
        private @Nullable Throwable failure;
        private FinishReason reason = FinishReason.STOP;
        private Usage usage = Usage.NONE;

        /** Whether the call had a thread. */
        boolean wasStarted() {
            return started;
        }

        boolean hasReply() {
            return hasReply;
        }

        /** Why it ended before its reply was complete, if so. May be an {@link Error}. */
        @Nullable
        Throwable failure() {
            return failure;
        }

        /** Why the model stopped, if the reply is complete. */
        FinishReason reason() {
            return reason;
        }

        /** What the upstream reported. */
        Usage usage() {
            return usage;
        }
    }

    private final ConcurrentCall receiver;
    private final Cancellation cancellation;
    private final CallInbox inbox;
    private final End end = new End();
    /** Created early: the end must reach the inbox even if memory is exhausted. */
    private final CallInbox.Item endItem;
    /** Taken by the thread that makes the call, or that ends it before it has started. */
    private final AtomicReference<@Nullable Opener> opener;

    CallReader(ConcurrentCall receiver, Cancellation cancellation, CallInbox inbox, Opener opener) {
        this.receiver = receiver;
        this.cancellation = cancellation;
        this.inbox = inbox;
        this.opener = new AtomicReference<>(opener);
        this.endItem = CallInbox.Item.of(() -> receiver.onEnd(end));
    }

    /** Ends the call if it has no thread yet, otherwise wakes its thread. Called when the call has been cancelled. */
    void onCancelled() {
        try {
            cancellation.throwIfCancelled();
        } catch (CancelledException e) {
            if (!endUnstarted(e)) {
                inbox.wake();
            }
        }
    }

    /** Ends the call if it has no thread yet. Returns false if it has one, or has ended. */
    boolean endUnstarted(Throwable failure) {
        if (opener.getAndSet(null) == null) {
            return false;
        }
        end.failure = failure;
        inbox.put(endItem);
        return true;
    }

    @Override
    public void run() {
        Opener taken = opener.getAndSet(null);
        if (taken == null) {
            return;
        }
        end.started = true;
        try {
            read(taken);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end.failure = e;
        } catch (Throwable e) {
            end.failure = e;
        } finally {
            inbox.put(endItem);
        }
    }

    private void read(Opener taken) throws InterruptedException {
        Call call = taken.open(this::onAccepted, this);
        end.hasReply = true;
        try (call) {
            boolean startsThinking = call.startsThinking();
            inbox.put(CallInbox.Item.of(() -> receiver.onReplyStarted(startsThinking)));
            for (Delta delta : call) {
                CallInbox.Item item = CallInbox.Item.piece(length(delta), () -> receiver.onDelta(delta));
                if (receiver.recorder().measured().received(delta)) {
                    inbox.pause();
                }
                if (!inbox.putPiece(item, cancellation::isCancelled)) {
                    return;
                }
            }
            end.reason = call.finishReason();
        } finally {
            end.usage = call.usage();
        }
    }

    private static int length(Delta delta) {
        if (delta instanceof Delta.Text piece) {
            return piece.text().length();
        } else if (delta instanceof Delta.Reasoning piece) {
            return piece.text().length();
        } else if (delta instanceof Delta.Refusal piece) {
            return piece.text().length();
        } else if (delta instanceof Delta.ToolCall piece) {
            return piece.arguments().length();
        }
        return delta instanceof Delta.Image image ? image.json().text().length() : 0;
    }

    private void onAccepted() {
        inbox.put(CallInbox.Item.of(receiver::onAccepted));
    }

    @Override
    public void onRequestSent(String upstream, String model) {
        inbox.put(CallInbox.Item.of(() -> receiver.onRequestSent(upstream, model)));
    }

    @Override
    public void onFailedAttemptUsage(Usage usage) {
        inbox.put(CallInbox.Item.of(() -> receiver.onFailedAttempt(usage)));
    }
}
