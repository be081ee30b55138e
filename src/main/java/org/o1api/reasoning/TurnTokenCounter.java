package org.o1api.reasoning;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Usage;
import org.o1api.upstream.CallRequest;

/**
 * Counts the tokens of one turn's calls whose upstream counted none. A text that stands in several calls, as most of a prompt does,
 * is counted once. Images count as the text of their JSON. Belongs to the turn's thread.
 */
final class TurnTokenCounter {
    /** What chat models are told around each message, by OpenAI's cookbook on counting tokens. */
    private static final int PER_MESSAGE = 3;

    private final BooleanSupplier turnOver;
    private final Map<String, Long> counted = new HashMap<>();

    /** Counts until the turn is over; after that it estimates, because nobody waits for the numbers any more. */
    TurnTokenCounter(BooleanSupplier turnOver) {
        this.turnOver = turnOver;
    }

    /**
     * The usage of a call.
     *
     * @param text the answer and the arguments of tool calls
     * @param reasoning the model's own reasoning
     */
    Usage usageOf(CallRequest request, CharSequence text, CharSequence reasoning) {
        long input = PER_MESSAGE;
        for (Message message : request.messages()) {
            input += PER_MESSAGE;
            if (message.content() instanceof Content.Text content) {
                input += countOnce(content.text());
            } else if (message.content() instanceof Content.Parts parts) {
                input += countOnce(parts.json().text());
            }
            for (RawJson field : message.fields().values()) {
                input += countOnce(field.text());
            }
        }
        RawJson tools = request.fields().get("tools");
        long reasoningTokens = countTokens(reasoning);
        return new Usage(
                input + (tools == null ? 0 : countOnce(tools.text())),
                0,
                countTokens(text) + reasoningTokens,
                reasoningTokens);
    }

    /** The tokens of a text that occurs once. */
    long countTokens(CharSequence text) {
        return TokenCounter.count(text, turnOver);
    }

    private long countOnce(String text) {
        Long tokens = counted.get(text);
        if (tokens == null) {
            tokens = countTokens(text);
            counted.put(text, tokens);
        }
        return tokens;
    }
}
