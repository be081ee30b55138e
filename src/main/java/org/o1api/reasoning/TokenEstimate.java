package org.o1api.reasoning;

import org.o1api.llm.Content;
import org.o1api.llm.Message;
import org.o1api.llm.Usage;
import org.o1api.upstream.CallRequest;

/** Counts the tokens of a call whose upstream counted none: about four characters each. */
final class TokenEstimate {
    private static final int CHARACTERS_PER_TOKEN = 4;

    private TokenEstimate() {}

    /**
     * The usage of a call.
     *
     * @param text characters of the answer and of tool calls
     * @param reasoning characters of the model's own reasoning
     */
    static Usage of(CallRequest request, long text, long reasoning) {
        long input = 0;
        for (Message message : request.messages()) {
            if (message.content() instanceof Content.Text content) {
                input += content.text().length();
            }
        }
        long reasoningTokens = tokens(reasoning);
        return new Usage(tokens(input), 0, tokens(text) + reasoningTokens, reasoningTokens);
    }

    private static long tokens(long characters) {
        return (characters + CHARACTERS_PER_TOKEN - 1) / CHARACTERS_PER_TOKEN;
    }
}
