package org.o1api.reasoning.strategy;

import java.util.function.Consumer;

/** Text on its way to the client: gathers what one delta brought and reports it at once, in whole characters. */
final class TextEmitter {
    private static final char REPLACEMENT = '\uFFFD';

    private final Consumer<String> out;
    private final StringBuilder text = new StringBuilder();
    private int emittedLength;
    private int blankLength;
    private boolean sectionStarts;

    TextEmitter(Consumer<String> out) {
        this.out = out;
    }

    /** What follows is a thing of its own: a blank line keeps it from what is there. */
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

    /** Characters so far, the ones that are not reported included. */
    int length() {
        return text.length();
    }

    /** Copies what came after an index. */
    void copyTo(StringBuilder copy, int from) {
        copy.append(text, from, text.length());
    }

    private void addSeparator() {
        if (sectionStarts && !text.isEmpty()) {
            text.append("\n\n");
        }
        sectionStarts = false;
    }

    /** Reports what is there. The first half of a character waits for the other one. */
    void emit() {
        int end = text.length();
        if (end > emittedLength && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        emitUntil(end);
    }

    /** Reports the rest; a half of a character waits no longer. */
    void finish() {
        emitUntil(text.length());
    }

    /** Whether there is nothing but white space. */
    boolean isBlank() {
        while (blankLength < text.length() && Character.isWhitespace(text.charAt(blankLength))) {
            blankLength++;
        }
        return blankLength == text.length();
    }

    /** All that was reported. */
    String emitted() {
        return text.substring(0, emittedLength);
    }

    private void emitUntil(int end) {
        if (end > emittedLength) {
            replaceLoneSurrogates(text, emittedLength, end);
            String newText = text.substring(emittedLength, end);
            emittedLength = end;
            out.accept(newText);
        }
    }

    /** Replaces half characters, which no encoding can carry. */
    static void replaceLoneSurrogates(StringBuilder text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < to && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else {
                text.setCharAt(i, REPLACEMENT);
            }
        }
    }
}
