package org.o1api.reasoning;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.o1api.model.CancelledException;

/**
 * A bounded queue of what happens to concurrent calls, from the threads that read them to the turn's thread, in order of arrival.
 * Safe for concurrent use.
 */
final class CallInbox {
    /** Pieces of replies in the queue, above which their readers wait. */
    static final int MAX_PIECES = 256;

    /** Characters of the pieces in the queue, above which their readers wait. The last piece may exceed it. */
    static final int MAX_CHARACTERS = 64 * 1024;

    /** What the turn's thread does with an item. */
    @FunctionalInterface
    interface Receipt {
        /** Returns what the strategy sees of the item; null: nothing. */
        @Nullable
        CallEvent receive();
    }

    /** One event. It is also the queue's node, so that adding an item that exists allocates nothing and cannot fail. */
    static final class Item {
        private final Receipt receipt;
        private final int characters;
        private final int pieces;
        private @Nullable Item next;

        private Item(Receipt receipt, int characters, int pieces) {
            this.receipt = receipt;
            this.characters = characters;
            this.pieces = pieces;
        }

        /**
         * Creates an item that never waits in a full queue.
         *
         * @param receipt runs on the turn's thread
         */
        static Item of(Receipt receipt) {
            return new Item(receipt, 0, 0);
        }

        /** Creates an item for a piece of a reply. */
        static Item piece(int characters, Receipt receipt) {
            return new Item(receipt, characters, 1);
        }

        /** Called by the turn's thread when it takes the item. */
        @Nullable
        CallEvent receive() {
            return receipt.receive();
        }
    }

    private @Nullable Item first;
    private @Nullable Item last;
    private int pieces;
    private int characters;
    private boolean closed;
    /** Whether readers that have a piece wait until the turn's thread has decided which calls go on. */
    private boolean paused;

    private int pauses;

    /** Adds an item without waiting. Ignored if closed. */
    synchronized void put(Item item) {
        if (closed) {
            return;
        }
        if (last == null) {
            first = item;
        } else {
            last.next = item;
        }
        last = item;
        pieces += item.pieces;
        characters += item.characters;
        notifyAll();
    }

    /**
     * Adds a piece, after waiting until there is room for it. A reader whose call is cancelled does not wait: its last piece
     * must not be lost.
     *
     * @return false if closed: the reply is no longer needed
     * @throws InterruptedException if interrupted while waiting; the piece has been added
     */
    synchronized boolean putPiece(Item item, BooleanSupplier cancelled) throws InterruptedException {
        try {
            while ((isFull() || paused) && !closed && !cancelled.getAsBoolean()) {
                wait();
            }
        } finally {
            put(item);
        }
        return !closed;
    }

    /** Whether readers that have a piece wait. */
    synchronized boolean isFull() {
        return pieces >= MAX_PIECES || characters >= MAX_CHARACTERS;
    }

    /** Makes readers that have a piece wait, and the turn's thread decide which calls go on. */
    synchronized void pause() {
        paused = true;
        pauses++;
        notifyAll();
    }

    /** How often {@link #pause} was called. */
    synchronized int pauses() {
        return pauses;
    }

    /** The turn's thread has decided, unless there was another pause since it began to. */
    synchronized void resume(int seenPauses) {
        if (pauses == seenPauses) {
            paused = false;
            notifyAll();
        }
    }

    /** Whether all that has arrived has been taken. */
    synchronized boolean isEmpty() {
        return first == null;
    }

    /** Makes all waiting threads check their conditions again. */
    synchronized void wake() {
        notifyAll();
    }

    /** Returns the next item; null if the inbox is empty. */
    synchronized @Nullable Item poll() {
        Item item = first;
        if (item != null) {
            first = item.next;
            item.next = null;
            if (first == null) {
                last = null;
            }
            pieces -= item.pieces;
            characters -= item.characters;
            if (item.pieces > 0) {
                notifyAll();
            }
        }
        return item;
    }

    /**
     * Waits for the next item.
     *
     * @param timeLeft how many nanoseconds from now; at most 0: the wait is over
     * @return null if cancelled or paused, or after that time
     * @throws CancelledException if interrupted
     */
    synchronized @Nullable Item take(BooleanSupplier cancelled, LongSupplier timeLeft) {
        try {
            long nanos = timeLeft.getAsLong();
            while (first == null && !paused && !cancelled.getAsBoolean() && nanos > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, nanos);
                nanos = timeLeft.getAsLong();
            }
        } catch (InterruptedException e) {
            throw CancelledException.interrupted(e);
        }
        return poll();
    }

    /**
     * Waits for the next item at most until a time.
     *
     * @param deadline {@link System#nanoTime}
     * @return null after that, or if interrupted
     */
    synchronized @Nullable Item takeUntil(long deadline) {
        try {
            for (long left = deadline - System.nanoTime();
                    first == null && left > 0;
                    left = deadline - System.nanoTime()) {
                wait(left / 1_000_000, (int) (left % 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return poll();
    }

    /** Drops everything, now and later. */
    synchronized void close() {
        closed = true;
        first = null;
        last = null;
        pieces = 0;
        characters = 0;
        notifyAll();
    }
}
