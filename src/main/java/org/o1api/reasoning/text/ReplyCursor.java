package org.o1api.reasoning.text;

import org.o1api.model.ThinkBlock;

/**
 * The text of a reply that is still arriving, and a read position in it. Look-ahead is limited, and methods return {@link
 * #NEED_MORE} if more text could change the result. So the result does not depend on how the reply is split into deltas.
 */
final class ReplyCursor {
    /** Further characters of a reply are ignored; far above the output limits of today's models. */
    static final int MAX_LENGTH = 1 << 19;

    static final int MAX_LOOK_AHEAD = 256;

    /** Returned instead of an index if more text is needed to decide. */
    static final int NEED_MORE = -1;

    /** Returned instead of an index if nothing is found, whatever text follows. */
    static final int NOT_FOUND = -2;

    private static final int MAX_FENCE_LENGTH = 64;

    private final int maxLength;
    private final StringBuilder text = new StringBuilder(512);
    private boolean ended;

    /** No closing tag starts between {@code searchedFrom} and {@code searchedUntil}. */
    private int searchedFrom;

    private int searchedUntil;

    /** The index of the next character to read. */
    int position;

    /** Creates a cursor that reads the first {@value #MAX_LENGTH} characters of a reply. */
    ReplyCursor() {
        this(MAX_LENGTH);
    }

    ReplyCursor(int maxLength) {
        this.maxLength = maxLength;
    }

    void append(String more) {
        text.append(more, 0, Math.min(more.length(), maxLength - text.length()));
    }

    void end() {
        ended = true;
    }

    boolean isEnded() {
        return ended;
    }

    int length() {
        return text.length();
    }

    char charAt(int index) {
        return text.charAt(index);
    }

    /** Whether all text that has arrived is read. */
    boolean isAtEnd() {
        return position == text.length();
    }

    char peek() {
        return text.charAt(position);
    }

    StringBuilder characters() {
        return text;
    }

    String substring(int from, int to) {
        return text.substring(from, to);
    }

    @Override
    public String toString() {
        return text.toString();
    }

    void skipSpace() {
        position = afterSpace(position);
    }

    int afterSpace(int from) {
        return afterSpace(text, from, text.length());
    }

    static int afterSpace(CharSequence text, int from, int limit) {
        int i = from;
        while (i < limit && isSpace(text.charAt(i))) {
            i++;
        }
        return i;
    }

    static boolean isSpace(char c) {
        return c <= ' ';
    }

    int indexOfBrace() {
        return text.indexOf("{", position);
    }

    /**
     * Returns the index of the next {@code </think>}; -1 if none has arrived. Continues the last search unless the position has
     * moved back before it.
     */
    int indexOfClosingTag() {
        if (position < searchedFrom || position > searchedUntil) {
            searchedFrom = position;
            searchedUntil = position;
        }
        int tag = text.indexOf(ThinkBlock.END, searchedUntil);
        searchedUntil = tag >= 0 ? tag : Math.max(searchedUntil, text.length() - ThinkBlock.END.length() + 1);
        return tag;
    }

    /**
     * Returns the index of the first key, or of the closing brace, after an opening brace that seems to start a JSON object.
     */
    int firstKeyAfter(int brace) {
        int next = afterSpace(brace + 1);
        if (next - brace > MAX_LOOK_AHEAD) {
            return NOT_FOUND;
        }
        if (next == text.length()) {
            return ended ? NOT_FOUND : NEED_MORE;
        }
        return text.charAt(next) == '"' || text.charAt(next) == '}' ? next : NOT_FOUND;
    }

    /**
     * Returns the index of the quote that ends a key, if a colon follows.
     *
     * @param quote the index of the quote that starts the key
     */
    int endOfKey(int quote) {
        int limit = quote + MAX_LOOK_AHEAD;
        int end = closingQuote(quote, limit);
        int colon = end < 0 || end == limit ? end : afterSpace(end + 1);
        if (end == NEED_MORE || (colon == text.length() && colon < limit)) {
            return NEED_MORE;
        }
        return colon >= 0 && colon < limit && text.charAt(colon) == ':' ? end : NOT_FOUND;
    }

    /**
     * Decides whether a quote ends a string value. A quote inside the text that the model forgot to escape does not; a real end
     * is followed by the object's end or the next member. If the text after it exceeds the look-ahead, the quote ends the
     * string as JSON says.
     *
     * @param hasty whether a following comma is enough
     * @return the index after the quote; {@link #NOT_FOUND} if the quote is part of the text
     */
    int endOfString(int quote, boolean hasty) {
        int limit = quote + MAX_LOOK_AHEAD;
        int next = afterSpace(quote + 1);
        if (next < text.length() && next < limit && text.charAt(next) == ',') {
            if (hasty) {
                return quote + 1;
            }
            next = afterSpace(next + 1);
        }
        if (next < text.length() && next < limit) {
            if (text.charAt(next) != '"') {
                return text.charAt(next) == '}' ? quote + 1 : NOT_FOUND;
            }
            if (next == quote + 1) {
                return NOT_FOUND;
            }
            int end = closingQuote(next, limit);
            next = end < 0 ? end : afterSpace(end + 1);
        }
        if (next >= limit) {
            return quote + 1;
        }
        if (next == NEED_MORE || next == text.length()) {
            return ended ? quote + 1 : NEED_MORE;
        }
        return next >= 0 && text.charAt(next) == ':' ? quote + 1 : NOT_FOUND;
    }

    /** Returns the index of the closing quote on the same line; {@code limit} if it is not before that. */
    private int closingQuote(int quote, int limit) {
        for (int i = quote + 1; i < limit; i++) {
            if (i >= text.length()) {
                return NEED_MORE;
            }
            char c = text.charAt(i);
            if (c == '"') {
                return i;
            }
            if (c == '\n') {
                return NOT_FOUND;
            }
            if (c == '\\') {
                i++;
            }
        }
        return limit;
    }

    /**
     * Returns the end of the text before the position, without a Markdown fence at its end that only wraps the object after it.
     */
    int beforeFence(int from) {
        int minIndex = Math.max(from, position - MAX_FENCE_LENGTH);
        int i = position;
        while (i > minIndex && isSpace(text.charAt(i - 1))) {
            i--;
        }
        while (i > minIndex && Character.isLetter(text.charAt(i - 1))) {
            i--;
        }
        int ticks = i;
        while (i > minIndex && text.charAt(i - 1) == '`') {
            i--;
        }
        return i < ticks ? i : position;
    }

    /** Returns the end of the text without a partial closing tag at its end, the rest of which may still arrive. */
    int beforePartialTag() {
        return ThinkSplitter.beforePartialEnd(text, position);
    }
}
