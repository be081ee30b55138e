package org.o1api.fuzz;

/**
 * One way in which a reply of the provider may be read as complete.
 *
 * @param text what it says, without white space at its ends
 * @param refusal the text of the model's refusal
 * @param arguments of all tool calls, in the order in which they came
 * @param end how it ended, in classes that a client can tell apart
 */
record Interpretation(String text, String refusal, String arguments, End end) {
    enum End {
        /** By the model's own decision, tool calls included. */
        COMPLETE,
        LENGTH,
        CONTENT_FILTER
    }

    Interpretation {
        text = normalized(text);
        refusal = normalized(refusal);
    }

    /** Without white space at the ends, and with U+FFFD for half surrogate pairs, which no encoding can carry. */
    static String normalized(String text) {
        return text.codePoints()
                .map(c -> c <= Character.MAX_VALUE && Character.isSurrogate((char) c) ? '\ufffd' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
    }
}
