package org.o1api.conversation;

/** UTF-8 lengths. */
final class Utf8 {
    private Utf8() {}

    /** The number of bytes of a text in UTF-8, without encoding it. */
    static long length(String text) {
        long length = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            length += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
        }
        return length;
    }
}
