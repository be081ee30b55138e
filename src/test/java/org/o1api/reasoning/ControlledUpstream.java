package org.o1api.reasoning;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Cancellation;
import org.o1api.model.Content;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.Usage;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.Upstream;

/**
 * A fake upstream whose calls do what the test tells them, each on its own thread. A call is named by the content of its message;
 * calls that are open at the same time need different names, because calls of one name share their actions.
 * Safe for concurrent use.
 */
final class ControlledUpstream implements Upstream {
    /** What a call does next. */
    private sealed interface Action {
        record Send(Delta delta) implements Action {}

        record Finish(FinishReason reason) implements Action {}

        record Fail(Throwable thrown) implements Action {}

        record LoseAttempt(Usage usage) implements Action {}

        /** The call has been cancelled: look at its cancellation. */
        record Wake() implements Action {}
    }

    private final Map<String, Control> controls = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();

    /** A request of the call with this name. */
    static CallRequest request(String name) {
        return new CallRequest("m", List.of(Message.user(name)), Map.of());
    }

    /** Controls the call with this name, before or after it was opened. */
    Control call(String name) {
        return controls.computeIfAbsent(name, key -> new Control());
    }

    /** The number of calls that are being opened or are open. */
    int openCalls() {
        return open.get();
    }

    @Override
    public String name() {
        return "controlled";
    }

    @Override
    public List<String> names() {
        return List.of(name());
    }

    @Override
    public Call open(CallRequest request, CallContext context) {
        Control control = call(request.messages().get(0).content() instanceof Content.Text name ? name.text() : "");
        open.incrementAndGet();
        boolean opened = false;
        try {
            context.attemptListener().onRequestSent(name(), request.model());
            control.opened.add(true);
            ControlledCall call = new ControlledCall(control, context);
            call.awaitReply();
            opened = true;
            return call;
        } finally {
            if (!opened) {
                open.decrementAndGet();
            }
        }
    }

    @Override
    public void close() {}

    /** What the test does with a call. */
    static final class Control {
        private final BlockingQueue<Action> actions = new LinkedBlockingQueue<>();
        private final BlockingQueue<Boolean> opened = new LinkedBlockingQueue<>();
        private volatile Usage usage = Usage.NONE;
        private final AtomicInteger sent = new AtomicInteger();
        private volatile boolean ignoresCancellation;
        private volatile boolean finishesWhenCancelled;
        private volatile boolean startsThinking;
        private volatile @Nullable Error failureToClose;

        /** Waits until the call has been opened. */
        void awaitOpened() throws InterruptedException {
            if (opened.poll(15, TimeUnit.SECONDS) == null) {
                throw new AssertionError("not opened");
            }
        }

        Control text(String text) {
            return send(new Delta.Text(text));
        }

        Control send(Delta delta) {
            actions.add(new Action.Send(delta));
            return this;
        }

        Control finish() {
            return finish(FinishReason.STOP);
        }

        Control finish(FinishReason reason) {
            actions.add(new Action.Finish(reason));
            return this;
        }

        /** Fails the call with any exception or error. */
        Control fail(Throwable thrown) {
            actions.add(new Action.Fail(thrown));
            return this;
        }

        /** Loses an attempt that has used tokens; only before the first delta. */
        Control loseAttempt(Usage used) {
            actions.add(new Action.LoseAttempt(used));
            return this;
        }

        /** Reports this usage. */
        Control using(Usage used) {
            usage = used;
            return this;
        }

        Control startingInReasoning() {
            startsThinking = true;
            return this;
        }

        Control failingToClose(Error error) {
            failureToClose = error;
            return this;
        }

        /** The number of deltas that its reader has taken. */
        int sent() {
            return sent.get();
        }

        /** Has just completed its reply when it is cancelled. */
        Control finishingWhenCancelled() {
            finishesWhenCancelled = true;
            return ignoringCancellation();
        }

        /** Does not end when it is cancelled. */
        Control ignoringCancellation() {
            ignoresCancellation = true;
            return this;
        }
    }

    private final class ControlledCall implements Call {
        private final Control control;
        private final CallContext context;
        private final Cancellation cancellation;
        private final Runnable removeAction;
        private @Nullable Delta next;
        private @Nullable FinishReason reason;

        ControlledCall(Control control, CallContext context) {
            this.control = control;
            this.context = context;
            this.cancellation = context.cancellation();
            removeAction = cancellation.onCancel(() -> control.actions.add(new Action.Wake()));
        }

        void awaitReply() {
            boolean arrived = false;
            try {
                advance();
                context.onAccepted().run();
                arrived = true;
            } finally {
                if (!arrived) {
                    removeAction.run();
                }
            }
        }

        private void advance() {
            while (next == null && reason == null) {
                if (!control.ignoresCancellation) {
                    cancellation.throwIfCancelled();
                }
                perform(take());
            }
        }

        private Action take() {
            try {
                Action action = control.actions.poll(30, TimeUnit.SECONDS);
                if (action == null) {
                    throw new AssertionError("the test forgot a call");
                }
                return action;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private void perform(Action action) {
            if (action instanceof Action.Send send) {
                next = send.delta();
            } else if (action instanceof Action.Finish finish) {
                reason = finish.reason();
            } else if (action instanceof Action.Wake && control.finishesWhenCancelled) {
                reason = FinishReason.STOP;
            } else if (action instanceof Action.LoseAttempt lost) {
                context.attemptListener().onFailedAttemptUsage(lost.usage());
                context.attemptListener().onRequestSent(name(), "m");
            } else if (action instanceof Action.Fail fail) {
                if (fail.thrown() instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) fail.thrown();
            }
        }

        @Override
        public Iterator<Delta> iterator() {
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    advance();
                    return next != null;
                }

                @Override
                public Delta next() {
                    advance();
                    Delta delta = Objects.requireNonNull(next);
                    next = null;
                    control.sent.incrementAndGet();
                    return delta;
                }
            };
        }

        @Override
        public FinishReason finishReason() {
            return Objects.requireNonNull(reason);
        }

        @Override
        public Usage usage() {
            return control.usage;
        }

        @Override
        public boolean startsThinking() {
            return control.startsThinking;
        }

        @Override
        public void close() {
            removeAction.run();
            open.decrementAndGet();
            if (control.failureToClose != null) {
                throw control.failureToClose;
            }
        }
    }
}
