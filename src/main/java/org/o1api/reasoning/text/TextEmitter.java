package org.o1api.reasoning.text;

import java.util.function.Consumer;
import org.o1api.model.SurrogateGuard;

/** Buffers text for the client and emits it in whole characters: a surrogate pair is never split. */
final class TextEmitter {
    private final Consumer<String> out;
    private final StringBuilder text = new StringBuilder();
    private int emittedLength;
    private int blankLength;
    private boolean sectionStarts;

    TextEmitter(Consumer<String> out) {
        this.out = out;
    }

    /** Separates the next text from the text before it by a blank line. */
    void startSection() {
        sectionStarts = true;
    }

    void append(CharSequence source, int from, int to) {
        if (from < to) {
            addSeparator();
            text.append(source, from, to);
        }
    }

    void append(String more) {
        append(more, 0, more.length());
    }

    void append(char c) {
        addSeparator();
        text.append(c);
    }

    /** The number of characters so far, including those that are not emitted yet. */
    int length() {
        return text.length();
    }

    /** Copies the text from an index on. */
    void copyTo(StringBuilder copy, int from) {
        copy.append(text, from, text.length());
    }

    private void addSeparator() {
        if (sectionStarts && !text.isEmpty()) {
            text.append("\n\n");
        }
        sectionStarts = false;
    }

    /** Emits the buffered text, except a high surrogate at the end, whose other half may follow. */
    void emit() {
        emitUntil(SurrogateGuard.completeLength(text));
    }

    /** Emits the rest, even an incomplete surrogate pair. */
    void finish() {
        emitUntil(text.length());
    }

    /** Whether all text so far is white space. */
    boolean isBlank() {
        while (blankLength < text.length() && Character.isWhitespace(text.charAt(blankLength))) {
            blankLength++;
        }
        return blankLength == text.length();
    }

    private void emitUntil(int end) {
        if (end > emittedLength) {
            SurrogateGuard.replaceUnpaired(text, emittedLength, end);
            String newText = text.substring(emittedLength, end);
            emittedLength = end;
            out.accept(newText);
        }
    }
}
