package org.o1api.reasoning;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.upstream.CallRequest;

/**
 * Counts tokens with the tokenizer of OpenAI's newer models (o200k_base). For other models the result is an estimate, not the
 * number that is billed.
 */
public final class TokenCounter {
    /** Texts are counted in pieces of this many characters, so that counting can stop between two of them. */
    private static final int PIECE_LENGTH = 16_384;

    /** How many characters before the end of a piece to search for white space. Splitting there does not change the count. */
    private static final int SPLIT_MARGIN = 256;

    /** Estimate for English text. */
    private static final int CHARACTERS_PER_TOKEN = 4;

    /** The resolution of {@link #estimate}. */
    static final int UNITS_PER_TOKEN = 3;

    private static final Lazy<Encoding> ENCODING =
            new Lazy<>(() -> Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE));

    private TokenCounter() {}

    /** Loads the tokenizer's tables, which takes almost a second. Otherwise the first turn that counts tokens loads them. */
    public static void load() {
        ENCODING.get();
    }

    /**
     * Estimates the tokens of a piece of a reply at almost no cost, rather too high: a token for three ASCII characters or one other
     * character.
     *
     * @return in units of {@link #UNITS_PER_TOKEN}
     */
    static long estimate(Delta delta) {
        String text = textOf(delta);
        long units = 0;
        for (int i = 0; i < text.length(); i++) {
            units += text.charAt(i) < 128 ? 1 : UNITS_PER_TOKEN;
        }
        return units;
    }

    private static String textOf(Delta delta) {
        if (delta instanceof Delta.Text piece) {
            return piece.text();
        } else if (delta instanceof Delta.Reasoning piece) {
            return piece.text();
        } else if (delta instanceof Delta.Refusal piece) {
            return piece.text();
        }
        return delta instanceof Delta.ToolCall piece ? piece.arguments() : "";
    }

    /** Returns the number of tokens in a text. */
    public static long count(CharSequence text) {
        return count(text, () -> false);
    }

    /**
     * Counts the input tokens of a call as if it were made. An image or a file counts as a thousand tokens.
     *
     * @param stop once it returns true, the rest is estimated from its length
     */
    public static long countInput(CallRequest request, BooleanSupplier stop) {
        return new TurnTokenCounter(stop).estimateInput(request);
    }

    /**
     * Counts the tokens of a prompt, without what a strategy adds to it.
     *
     * @param limit the time after which the rest is estimated
     */
    public static long countInput(Prompt prompt, Duration limit) {
        long start = System.nanoTime();
        RawJson tools = prompt.tools();
        CallRequest request = new CallRequest("", prompt.messages(), tools == null ? Map.of() : Map.of("tools", tools));
        return new TurnTokenCounter(() -> System.nanoTime() - start > limit.toNanos()).estimateInput(request);
    }

    /**
     * Returns the number of tokens in a text.
     *
     * @param stop once it returns true, the rest is estimated from its length
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

    /** The end of a piece: before white space if there is some nearby, never inside a surrogate pair. */
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
