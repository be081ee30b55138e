package org.o1api.fuzz;

/**
 * One valid interpretation of a provider reply as a complete answer.
 *
 * @param text the answer, without leading and trailing white space
 * @param refusal the model's refusal
 * @param arguments the arguments of all tool calls, concatenated in their order
 * @param end how it ended, as far as a client can tell
 */
record Interpretation(String text, String refusal, String arguments, End end) {
    enum End {
        /** The model stopped or called tools. */
        COMPLETE,
        LENGTH,
        CONTENT_FILTER
    }

    Interpretation {
        text = normalized(text);
        refusal = normalized(refusal);
    }

    /** Strips white space at both ends, and replaces unpaired surrogates, which UTF-8 cannot encode, with U+FFFD. */
    static String normalized(String text) {
        return text.codePoints()
                .map(c -> c <= Character.MAX_VALUE && Character.isSurrogate((char) c) ? '\ufffd' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
    }
}
