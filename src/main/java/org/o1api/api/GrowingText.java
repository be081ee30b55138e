package org.o1api.api;

import org.o1api.json.JsonSlices;

/** A text that arrives and is sent in pieces. */
public final class GrowingText {
    private final StringBuilder text = new StringBuilder();
    private int sent;
    /** The length at which {@link #complete} was determined. */
    private int parsed;

    private boolean complete;

    public void append(String piece) {
        text.append(piece);
    }

    /** Adds a piece at the beginning of a text of which nothing was sent. */
    public void prepend(String piece) {
        if (!isUnsent()) {
            throw new IllegalStateException("a part of the text was sent");
        }
        text.insert(0, piece);
    }

    public boolean isUnsent() {
        return sent == 0;
    }

    public boolean isEmpty() {
        return text.isEmpty();
    }

    public boolean hasUnsent() {
        return sent < text.length();
    }

    /** Returns what was appended since the last call. */
    public String takeUnsent() {
        String unsent = text.substring(sent);
        sent = text.length();
        return unsent;
    }

    /** Whether the whole text is exactly one JSON object or array. It is parsed again only if it has grown. */
    public boolean isObjectOrArray() {
        if (parsed != text.length()) {
            parsed = text.length();
            complete = JsonSlices.isObjectOrArray(text.toString());
        }
        return complete;
    }

    /** Returns the whole text. */
    @Override
    public String toString() {
        return text.toString();
    }
}
