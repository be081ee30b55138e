package org.o1api.api.responses;

/** A text that arrives and is sent in pieces. */
final class GrowingText {
    private final StringBuilder text = new StringBuilder();
    private int sent;

    void append(String piece) {
        text.append(piece);
    }

    boolean isEmpty() {
        return text.isEmpty();
    }

    boolean hasUnsent() {
        return sent < text.length();
    }

    /** Returns what was appended since the last call. */
    String takeUnsent() {
        String unsent = text.substring(sent);
        sent = text.length();
        return unsent;
    }

    /** Returns the whole text. */
    @Override
    public String toString() {
        return text.toString();
    }
}
