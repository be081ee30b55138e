package org.o1api.upstream;

/**
 * Tracks whether the object or array of a JSON text that arrives in pieces has been closed. Does not check the syntax otherwise.
 */
final class JsonDepthTracker {
    private boolean started;
    private boolean isContainer;
    private boolean inString;
    private boolean escaped;
    private int depth;

    /** Adds the next piece. */
    void feed(String piece) {
        for (int i = 0; i < piece.length(); i++) {
            feed(piece.charAt(i));
        }
    }

    private void feed(char c) {
        if (inString) {
            inString = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if (c == '{' || c == '[') {
            isContainer |= !started;
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
        } else if (c == '"') {
            inString = true;
        }
        started |= !Character.isWhitespace(c);
    }

    /** Whether the text is an object or array that has not been closed. */
    boolean isOpen() {
        return isContainer && depth > 0;
    }

    /** Whether the text is an object or array that has been closed. */
    boolean isClosed() {
        return isContainer && depth <= 0;
    }
}
