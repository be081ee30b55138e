package org.o1api.reasoning.sampling;

import java.util.function.Consumer;
import org.o1api.model.SurrogateGuard;

/**
 * The text of one part of a reply on its way out: without white space at its start and end, and in whole characters. White space is held
 * back until text follows.
 */
final class PartText {
    private static final String BLANK_LINE = "\n\n";

    private final Consumer<String> out;
    private final StringBuilder held = new StringBuilder();
    private boolean started;
    private boolean sectionStarts;

    PartText(Consumer<String> out) {
        this.out = out;
    }

    /** Whether there is text so far. */
    boolean hasText() {
        return started;
    }

    void append(CharSequence text, int from, int to) {
        int start = from;
        boolean atStart = held.isEmpty() && (!started || sectionStarts);
        while (atStart && start < to && isSpace(text.charAt(start))) {
            start++;
        }
        if (start == to) {
            return;
        }
        int heldLength = held.length();
        if (sectionStarts && started) {
            held.append(BLANK_LINE);
        }
        sectionStarts = false;
        held.append(text, start, to);
        emit(heldLength);
    }

    /** Sends what ends in text after an index: before it there is only what had to wait for more. */
    private void emit(int from) {
        int end = SurrogateGuard.completeLength(held);
        while (end > from && isSpace(held.charAt(end - 1))) {
            end--;
        }
        if (end > from) {
            send(end);
        }
    }

    private void send(int end) {
        if (end > 0) {
            SurrogateGuard.replaceUnpaired(held, 0, end);
            String text = held.substring(0, end);
            held.delete(0, end);
            started = true;
            out.accept(text);
        }
    }

    /** Separates the next text from the text before it by a blank line. */
    void startSection() {
        finish();
        sectionStarts = true;
    }

    /** Ends the part. The next text starts another one. */
    void end() {
        finish();
        started = false;
        sectionStarts = false;
    }

    private void finish() {
        int end = held.length();
        while (end > 0 && isSpace(held.charAt(end - 1))) {
            end--;
        }
        send(end); // half a character, which no other half follows
        held.setLength(0);
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || c == '\u00a0' || c == '\ufeff';
    }
}
