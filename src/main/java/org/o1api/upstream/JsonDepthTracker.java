package org.o1api.upstream;

/** Follows JSON text that arrives in pieces: whether its object or array has been closed. It does not check the rest of the syntax. */
final class JsonDepthTracker {
    private boolean started;
    private boolean isContainer;
    private boolean inString;
    private boolean escaped;
    private int depth;

    /** Takes the next piece. */
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

    /** Whether it is an object or array that still lacks its end. */
    boolean isOpen() {
        return isContainer && depth > 0;
    }

    /** Whether it is an object or array whose end is there. */
    boolean isClosed() {
        return isContainer && depth <= 0;
    }
}
