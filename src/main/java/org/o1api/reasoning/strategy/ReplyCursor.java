package org.o1api.reasoning.strategy;

import org.o1api.model.ThinkBlock;

/**
 * A reply as far as it has arrived, and how far it is read. It looks ahead a bounded way, and says when what would decide has
 * not arrived yet: so nothing that is decided depends on how the reply was cut into pieces.
 */
final class ReplyCursor {
    /** Characters of a reply that are read; far above any output limit of today's models. */
    static final int MAX_LENGTH = 1 << 19;

    static final int MAX_LOOK_AHEAD = 256;

    /** In place of an index: the text that decides has not arrived. */
    static final int NEED_MORE = -1;

    /** In place of an index: there is none, whatever arrives. */
    static final int NOT_FOUND = -2;

    private static final int MAX_FENCE_LENGTH = 64;

    private final int maxLength;
    private final StringBuilder text = new StringBuilder(512);
    private boolean complete;

    /** No closing tag begins between these two. */
    private int searchedFrom;

    private int searchedUntil;

    /** What is read, and needs no second look. */
    int position;

    /** A reply of which the first {@value #MAX_LENGTH} characters are read. */
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
        complete = true;
    }

    boolean isEnded() {
        return complete;
    }

    int length() {
        return text.length();
    }

    char charAt(int index) {
        return text.charAt(index);
    }

    /** Whether all that has arrived is read. */
    boolean isAtEnd() {
        return position == text.length();
    }

    char peek() {
        return text.charAt(position);
    }

    CharSequence characters() {
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
        int i = from;
        while (i < text.length() && isSpace(text.charAt(i))) {
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
     * Where the next {@code </think>} stands; -1 if none has arrived. What was searched is not searched again, unless the position
     * has gone back before it.
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

    /** Where a JSON object seems to begin at this brace: its first key, or its end, comes next. */
    int firstKeyAfter(int brace) {
        int next = afterSpace(brace + 1);
        if (next - brace > MAX_LOOK_AHEAD) {
            return NOT_FOUND;
        }
        if (next == text.length()) {
            return complete ? NOT_FOUND : NEED_MORE;
        }
        return text.charAt(next) == '"' || text.charAt(next) == '}' ? next : NOT_FOUND;
    }

    /** Where the key ends that begins with this quote, given that a colon follows. */
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
     * Where the text goes on when this quote ends a value; {@link #NOT_FOUND} when it is a quote in the text that the model forgot to
     * escape. A quote that ends a value stands before the object's end or the next member. JSON's word counts where it is too
     * far to tell.
     *
     * @param hasty whether a comma is enough
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
            return complete ? quote + 1 : NEED_MORE;
        }
        return next >= 0 && text.charAt(next) == ':' ? quote + 1 : NOT_FOUND;
    }

    /** Where the quote stands that closes this one on the same line; the limit itself when it is not before that. */
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

    /** Where the text before the position ends when a Markdown fence at its end, which only wraps what follows, is left out. */
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

    /** Where the text ends that cannot belong to this tag, of which the rest may still come. */
    int beforePartial(String tag) {
        for (int i = Math.max(position, text.length() - tag.length() + 1); i < text.length(); i++) {
            if (text.charAt(i) == tag.charAt(0) && tag.startsWith(text.substring(i))) {
                return i;
            }
        }
        return text.length();
    }
}
