package org.o1api.eval;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows how far a run is: a bar that is drawn again on a terminal, otherwise a line every ten seconds. Shows no questions and no answers.
 * Safe for concurrent use.
 */
public final class Progress {
    private static final int WIDTH = 30;
    private static final long LINE_NANOS = 10_000_000_000L;
    private static final long BAR_NANOS = 100_000_000L;

    private final PrintStream out;
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private long startNanos;
    private long shownNanos;
    private int skipped;
    private int done;
    private int total;
    private int correct;

    /**
     * Creates a display.
     *
     * @param terminal whether lines can be drawn again
     * @param nanoTime the clock
     */
    public Progress(PrintStream out, boolean terminal, LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
    }

    /** Starts with what earlier runs have done. */
    synchronized void start(int doneBefore, int correctBefore, int trials) {
        skipped = doneBefore;
        done = doneBefore;
        correct = correctBefore;
        total = trials;
        startNanos = nanoTime.getAsLong();
        shownNanos = startNanos;
        if (skipped > 0) {
            out.println(skipped + " of " + total + " turns are done already.");
        }
    }

    synchronized void add(boolean isCorrect) {
        done++;
        correct += isCorrect ? 1 : 0;
        long now = nanoTime.getAsLong();
        if (done == total || now - shownNanos >= (terminal ? BAR_NANOS : LINE_NANOS)) {
            shownNanos = now;
            show(now);
        }
    }

    /** Leaves the bar, so that what follows starts on a line of its own. */
    synchronized void end() {
        if (terminal && done > skipped) {
            show(nanoTime.getAsLong());
            out.println();
        }
    }

    private void show(long now) {
        String counts = String.format(Locale.ROOT, "%d of %d turns, %d right%s", done, total, correct, remaining(now));
        if (!terminal) {
            out.println(counts);
            return;
        }
        int filled = total == 0 ? WIDTH : (int) ((long) WIDTH * done / total);
        out.print("\r\u001b[K[" + "#".repeat(filled) + "-".repeat(WIDTH - filled) + "] " + counts);
        out.flush();
    }

    private String remaining(long now) {
        int doneNow = done - skipped;
        if (doneNow == 0 || done == total) {
            return "";
        }
        double seconds = (now - startNanos) / 1e9 / doneNow * (total - done);
        return seconds < 90
                ? String.format(Locale.ROOT, ", about %.0f s left", seconds)
                : String.format(Locale.ROOT, ", about %.0f min left", seconds / 60);
    }
}
