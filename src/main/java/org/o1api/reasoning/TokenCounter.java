package org.o1api.reasoning;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.function.BooleanSupplier;

/**
 * Counts the tokens of a text by the tokenizer of OpenAI's newer models (o200k_base). Other models cut text otherwise, so this is
 * near the truth and not the bill.
 */
public final class TokenCounter {
    /** Texts are counted in pieces: the time for one is bounded, and between two of them counting may stop. */
    private static final int PIECE_LENGTH = 16_384;

    /** How far before the end of a piece to look for white space, at which a cut changes nothing. */
    private static final int SPLIT_MARGIN = 256;

    /** Of English text. */
    private static final int CHARACTERS_PER_TOKEN = 4;

    private static final Lazy<Encoding> ENCODING =
            new Lazy<>(() -> Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE));

    private TokenCounter() {}

    /** Loads the tokenizer's table, which takes most of a second; otherwise the first turn that counts does it. */
    public static void load() {
        ENCODING.get();
    }

    /** The tokens of a text. */
    public static long count(CharSequence text) {
        return count(text, () -> false);
    }

    /**
     * The tokens of a text.
     *
     * @param stop once it is true the rest is estimated by its length
     */
    static long count(CharSequence text, BooleanSupplier stop) {
        long tokens = 0;
        int from = 0;
        while (from < text.length()) {
            if (stop.getAsBoolean()) {
                return tokens + (text.length() - from + CHARACTERS_PER_TOKEN - 1) / CHARACTERS_PER_TOKEN;
            }
            int to = endOfPiece(text, from);
            tokens += ENCODING.get()
                    .countTokensOrdinary(text.subSequence(from, to).toString());
            from = to;
        }
        return tokens;
    }

    /** Where a piece ends: before white space if there is some near, never within a surrogate pair. */
    private static int endOfPiece(CharSequence text, int from) {
        int end = from + PIECE_LENGTH;
        if (end >= text.length()) {
            return text.length();
        }
        for (int i = end; i > end - SPLIT_MARGIN; i--) {
            if (Character.isWhitespace(text.charAt(i)) && !Character.isWhitespace(text.charAt(i - 1))) {
                return i;
            }
        }
        return Character.isLowSurrogate(text.charAt(end)) ? end - 1 : end;
    }
}
