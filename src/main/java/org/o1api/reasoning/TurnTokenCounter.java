package org.o1api.reasoning;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import org.o1api.json.ContentText;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Usage;
import org.o1api.upstream.CallRequest;

/**
 * Counts the tokens of a turn's calls if the upstream does not report them. Texts that several calls share, such as most of the
 * prompt, are counted once. An image counts as the text of its JSON. Used by the turn's thread only.
 */
final class TurnTokenCounter {
    /** Tokens that the chat format adds to each message, according to OpenAI's cookbook on counting tokens. */
    private static final int PER_MESSAGE = 3;

    /** About what providers charge for an image of a million pixels. The data of a file do not show what it costs. */
    private static final long PER_OTHER_PART = 1000;

    private final BooleanSupplier turnOver;
    private final Map<String, Long> counted = new HashMap<>();
    private final Map<RawJson, Long> estimatedParts = new HashMap<>();

    /** Counts exactly until the turn is over; after that it estimates, so that nothing waits for the count. */
    TurnTokenCounter(BooleanSupplier turnOver) {
        this.turnOver = turnOver;
    }

    /**
     * Counts the usage of a call.
     *
     * @param text the answer and the arguments of tool calls
     * @param reasoning the model's reasoning
     */
    Usage usageOf(CallRequest request, CharSequence text, CharSequence reasoning) {
        long reasoningTokens = countTokens(reasoning);
        return new Usage(
                inputOf(request, parts -> countOnce(parts.json().text())),
                0,
                countTokens(text) + reasoningTokens,
                reasoningTokens);
    }

    /** Estimates the input of a call that will be made. An image or a file counts as {@value #PER_OTHER_PART} tokens. */
    long estimateInput(CallRequest request) {
        return inputOf(request, parts -> estimatedParts.computeIfAbsent(parts.json(), unused -> estimate(parts)));
    }

    private long estimate(Content.Parts parts) {
        return countOnce(ContentText.of(parts)) + PER_OTHER_PART * ContentText.otherParts(parts);
    }

    private long inputOf(CallRequest request, ToLongFunction<Content.Parts> countParts) {
        long input = PER_MESSAGE;
        for (Message message : request.messages()) {
            input += PER_MESSAGE;
            if (message.content() instanceof Content.Text content) {
                input += countOnce(content.text());
            } else if (message.content() instanceof Content.Parts parts) {
                input += countParts.applyAsLong(parts);
            }
            for (RawJson field : message.fields().values()) {
                input += countOnce(field.text());
            }
        }
        RawJson tools = request.fields().get("tools");
        return input + (tools == null ? 0 : countOnce(tools.text()));
    }

    /** Counts a text without remembering it. */
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
