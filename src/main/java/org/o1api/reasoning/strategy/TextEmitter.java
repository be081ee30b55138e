package org.o1api.reasoning.strategy;

import java.util.function.Consumer;

/** Text on its way to the client: gathers what one delta brought and reports it at once, in whole characters. */
final class TextEmitter {
    private static final char REPLACEMENT = '\uFFFD';

    private final Consumer<String> out;
    private final StringBuilder text = new StringBuilder();
    private int reported;
    private int blankUntil;
    private boolean sectionBegins;

    TextEmitter(Consumer<String> out) {
        this.out = out;
    }

    /** What follows is a thing of its own: a blank line keeps it from what is there. */
    void startSection() {
        sectionBegins = true;
    }

    void append(CharSequence source, int from, int to) {
        if (from < to) {
            separate();
            text.append(source, from, to);
        }
    }

    void append(String more) {
        append(more, 0, more.length());
    }

    void append(char c) {
        separate();
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

    private void separate() {
        if (sectionBegins && !text.isEmpty()) {
            text.append("\n\n");
        }
        sectionBegins = false;
    }

    /** Reports what is there. The first half of a character waits for the other one. */
    void emit() {
        int end = text.length();
        if (end > reported && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        reportUntil(end);
    }

    /** Reports the rest; a half of a character waits no longer. */
    void finish() {
        reportUntil(text.length());
    }

    /** Whether there is nothing but white space. */
    boolean isBlank() {
        while (blankUntil < text.length() && Character.isWhitespace(text.charAt(blankUntil))) {
            blankUntil++;
        }
        return blankUntil == text.length();
    }

    /** All that was reported. */
    String emitted() {
        return text.substring(0, reported);
    }

    private void reportUntil(int end) {
        if (end > reported) {
            replaceLoneSurrogates(text, reported, end);
            String news = text.substring(reported, end);
            reported = end;
            out.accept(news);
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
