package org.o1api.reasoning;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Price;
import org.o1api.model.Usage;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.Upstream;
import org.o1api.upstream.UpstreamException;

/**
 * A provider whose replies, sizes, delays and failures come from a seed, in virtual time. One thing happens at a time: when the turn's
 * thread is about to wait, and all threads that read calls wait too, the call whose next event is the earliest receives it. Counts what
 * it generates. Safe for concurrent use.
 */
final class VirtualProvider implements Upstream {
    static final Price PRICE = new Price(new BigDecimal(2), new BigDecimal(2), new BigDecimal(2), new BigDecimal(10));

    private static final long REAL_TIMEOUT_MILLIS = 30_000;
    private static final Usage LOST = new Usage(7, 0, 9, 0);

    private final long seed;
    /** Whether replies that break off can be repeated. */
    private final boolean retryable;

    private final Thread turn = Thread.currentThread();
    private final TurnTokenCounter counter = new TurnTokenCounter(() -> false);
    private final List<VirtualCall> calls = new ArrayList<>();
    private final List<VirtualCall> waiting = new ArrayList<>();
    private final TreeMap<Long, Runnable> timers = new TreeMap<>();
    private long now;
    private int readers;
    private int mostReaders = 1;
    private final Set<Thread> threadsOfReaders = new HashSet<>();
    private long largestArrival = LOST.outputTokens();

    VirtualProvider(long seed, boolean retryable) {
        this.seed = seed;
        this.retryable = retryable;
    }

    /** Runs an action at a time, in milliseconds, on the turn's thread. */
    void at(long time, Runnable action) {
        timers.put(time, action);
    }

    /** Runs readers, and knows how many there are. */
    Executor counting(Executor threads) {
        return task -> {
            synchronized (this) {
                readers++;
                mostReaders = Math.max(mostReaders, readers);
            }
            threads.execute(() -> {
                try {
                    synchronized (this) {
                        threadsOfReaders.add(Thread.currentThread());
                    }
                    task.run();
                } finally {
                    synchronized (this) {
                        threadsOfReaders.remove(Thread.currentThread());
                        readers--;
                        notifyAll();
                    }
                }
            });
        };
    }

    /** Lets the next thing happen. Called by the turn's thread when it is about to wait. */
    void advance() {
        while (true) {
            int before;
            long next;
            synchronized (this) {
                if (!awaitReaders()) {
                    return;
                }
                before = waiting.size();
                next = waiting.stream().mapToLong(call -> call.nextAt).min().orElse(now);
                if (timers.isEmpty() || next < timers.firstKey()) {
                    now = Math.max(now, next);
                    release();
                    return;
                }
            }
            runTimer();
            synchronized (this) {
                if (!awaitReaders() || waiting.size() < before) {
                    return; // the timer is what has happened
                }
            }
        }
    }

    /** Lets things happen while the turn's thread is busy: time passes, replies arrive. */
    void block(long delay) {
        long end = now + delay;
        while (true) {
            synchronized (this) {
                awaitReaders();
                long next =
                        waiting.stream().mapToLong(call -> call.nextAt).min().orElse(Long.MAX_VALUE);
                long timer = timers.isEmpty() ? Long.MAX_VALUE : timers.firstKey();
                if (Math.min(next, timer) > end) {
                    now = end;
                    return;
                }
                if (next < timer) {
                    now = Math.max(now, next);
                    release();
                    continue;
                }
            }
            runTimer();
        }
    }

    private void runTimer() {
        Map.Entry<Long, Runnable> timer = timers.pollFirstEntry();
        now = Math.max(now, timer.getKey());
        timer.getValue().run();
    }

    private void release() {
        waiting.stream()
                .min(Comparator.<VirtualCall>comparingLong(call -> call.nextAt).thenComparingInt(call -> call.number))
                .ifPresent(call -> {
                    waiting.remove(call);
                    notifyAll();
                });
    }

    /** Time passes on the turn's thread. */
    private void pass(long delay, Cancellation cancellation) {
        long end = now + delay;
        while (!timers.isEmpty() && timers.firstKey() <= end && !cancellation.isCancelled()) {
            runTimer();
        }
        if (!cancellation.isCancelled()) {
            now = end;
        }
    }

    /** Waits until all readers wait. Returns false if one of them waits for the turn's thread, so that it is that thread's turn. */
    private boolean awaitReaders() {
        long deadline = System.currentTimeMillis() + REAL_TIMEOUT_MILLIS;
        while (waiting.size() < readers) {
            if (waiting.size() + readersInInbox() == readers) {
                return false;
            }
            if (System.currentTimeMillis() > deadline) {
                throw new AssertionError("a reader neither waits nor ends; seed " + seed);
            }
            waitForChange(1);
        }
        return true;
    }

    /** Readers that wait in the inbox wait without a limit. */
    private int readersInInbox() {
        return (int) threadsOfReaders.stream()
                .filter(thread -> thread.getState() == Thread.State.WAITING)
                .count();
    }

    @SuppressWarnings("WaitNotInLoop") // the callers check their condition again
    private void waitForChange(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The tokens and the cost of everything that was generated. */
    synchronized Usage used() {
        return calls.stream().map(VirtualCall::used).reduce(Usage.NONE, Usage::plus);
    }

    /** The output tokens of the largest pieces or failed attempts that can arrive at the same time, one for each call. */
    synchronized long largestArrivals() {
        return largestArrival * mostReaders;
    }

    /** Whether a call was made by the turn's thread itself. */
    synchronized boolean hasClosingCall() {
        return calls.stream().anyMatch(call -> call.onTurnsThread);
    }

    /** Whether a call was complete. */
    synchronized boolean hasCompleteReply() {
        return calls.stream().anyMatch(call -> call.complete);
    }

    @Override
    public String name() {
        return "virtual";
    }

    @Override
    public List<String> names() {
        return List.of(name());
    }

    @Override
    public Call open(CallRequest request, CallContext context) {
        VirtualCall call;
        synchronized (this) {
            call = new VirtualCall(request, context, calls.size());
            calls.add(call);
        }
        call.start();
        return call;
    }

    @Override
    public void close() {}

    private final class VirtualCall implements Call {
        private final boolean onTurnsThread = Thread.currentThread() == turn;
        private final Random random;
        private final CallRequest request;
        private final CallContext context;
        private final int number;
        private final List<String> pieces;
        private final int breaksAfter;
        private final FinishReason reason;
        private final StringBuilder sent = new StringBuilder();
        private final Runnable removeAction;
        private Usage lost = Usage.NONE;
        private long nextAt;
        private int next;
        private boolean arrived;
        private boolean started;
        private boolean complete;

        VirtualCall(CallRequest request, CallContext context, int opened) {
            this.request = request;
            this.context = context;
            this.number = 1000 * context.number() + opened;
            this.random = new Random(seed * 31 + context.number());
            this.pieces = VirtualReplies.pieces(random, request.fields().containsKey("response_format") && hasFormat());
            this.breaksAfter = random.nextInt(5) == 0 ? random.nextInt(pieces.size()) : -1;
            this.reason = random.nextInt(6) == 0 ? FinishReason.LENGTH : FinishReason.STOP;
            for (String piece : pieces) {
                largestArrival = Math.max(largestArrival, TokenCounter.count(piece) + 1);
            }
            this.removeAction = context.cancellation().onCancel(this::wake);
        }

        /** Whether the reply has the format that the request requires. Does not change what else is random. */
        private boolean hasFormat() {
            return new Random(~seed * 31 - context.number()).nextInt(3) > 0;
        }

        private void wake() {
            synchronized (VirtualProvider.this) {
                waiting.remove(this);
                VirtualProvider.this.notifyAll();
            }
        }

        void start() {
            try {
                context.attemptListener().onRequestSent(name(), request.model());
                if (random.nextInt(6) == 0) {
                    await();
                    lost = LOST;
                    context.attemptListener().onFailedAttemptUsage(LOST);
                    if (!context.retries().tryConsume()) {
                        throw new UpstreamException(ErrorCode.UPSTREAM_FAILED, "No retry is left.", false, null);
                    }
                    context.attemptListener().onRequestSent(name(), request.model());
                }
                arrive();
                context.onAccepted().run();
                started = true;
            } finally {
                if (!started) {
                    removeAction.run();
                }
            }
        }

        /** Waits for the next piece, the end or the failure. */
        private void arrive() {
            if (!arrived) {
                await();
                if (next == breaksAfter) {
                    throw new UpstreamException(ErrorCode.UPSTREAM_FAILED, "It broke.", retryable, null);
                }
                arrived = true;
                synchronized (VirtualProvider.this) {
                    complete = next == pieces.size() && reason == FinishReason.STOP;
                }
            }
        }

        private void await() {
            long delay = random.nextInt(4) == 0 ? random.nextInt(2000) : random.nextInt(40);
            Cancellation cancellation = context.cancellation();
            if (onTurnsThread) {
                pass(delay, cancellation);
            } else {
                synchronized (VirtualProvider.this) {
                    nextAt = now + delay;
                    waiting.add(this);
                    VirtualProvider.this.notifyAll();
                    while (waiting.contains(this) && !cancellation.isCancelled()) {
                        waitForChange();
                    }
                    waiting.remove(this);
                }
            }
            cancellation.throwIfCancelled();
        }

        private void waitForChange() {
            VirtualProvider.this.waitForChange(REAL_TIMEOUT_MILLIS);
        }

        Usage used() {
            return lost.plus(started ? counter.usageOf(request, sent, "") : Usage.NONE);
        }

        @Override
        public Iterator<Delta> iterator() {
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    arrive();
                    return next < pieces.size();
                }

                @Override
                public Delta next() {
                    arrive();
                    arrived = false;
                    synchronized (VirtualProvider.this) {
                        String piece = pieces.get(next++);
                        sent.append(piece);
                        return new Delta.Text(piece);
                    }
                }
            };
        }

        @Override
        public FinishReason finishReason() {
            return reason;
        }

        @Override
        public Usage usage() {
            return complete ? counter.usageOf(request, sent, "") : Usage.NONE;
        }

        @Override
        public void close() {
            removeAction.run();
        }
    }
}
