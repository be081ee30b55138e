package org.o1api.model;

/**
 * Unpaired surrogates in a text. UTF-8 cannot encode them, so they are replaced or escaped before the text leaves the gateway.
 * Half a pair at the end of a piece waits for the next piece, which may start with the other half.
 */
public final class SurrogateGuard {
    private static final char REPLACEMENT = '\uFFFD';

    private SurrogateGuard() {}

    /** The length of a text without half a pair at its end, whose other half may follow. */
    public static int completeLength(CharSequence text) {
        int length = text.length();
        return length > 0 && Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    }

    /** Replaces the unpaired surrogates in a range of a text by U+FFFD. The length does not change. */
    public static void replaceUnpaired(StringBuilder text, int from, int to) {
        for (int i = indexOfUnpaired(text, from, to); i >= 0; i = indexOfUnpaired(text, i + 1, to)) {
            text.setCharAt(i, REPLACEMENT);
        }
    }

    /** Returns a text with U+FFFD for each unpaired surrogate. */
    public static String replaceUnpaired(String text) {
        StringBuilder replaced = new StringBuilder(text);
        replaceUnpaired(replaced, 0, replaced.length());
        return replaced.toString();
    }

    /** Returns the index of the first unpaired surrogate in a range of a text; -1 if all are paired. */
    public static int indexOfUnpaired(CharSequence text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c) || i + 1 == to || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }
}
