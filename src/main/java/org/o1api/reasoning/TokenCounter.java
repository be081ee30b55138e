package org.o1api.reasoning;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import org.o1api.llm.Content;
import org.o1api.llm.Message;
import org.o1api.llm.RawJson;
import org.o1api.llm.Usage;
import org.o1api.upstream.CallRequest;

/**
 * Counts the tokens of a call whose upstream counted none, by the tokenizer of OpenAI's newer models (o200k_base). Other
 * models cut text otherwise, and images count as the text of their JSON, so this is near the truth and not the bill.
 */
public final class TokenCounter {
    /** What chat models are told around each message, by OpenAI's cookbook on counting tokens. */
    private static final int PER_MESSAGE = 3;

    /** The tokenizer's table, read when it is first needed. */
    private static final class Table {
        static final Encoding ENCODING = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    }

    private TokenCounter() {}

    /**
     * The usage of a call.
     *
     * @param text the answer and the arguments of tool calls
     * @param reasoning the model's own reasoning
     */
    static Usage count(CallRequest request, CharSequence text, CharSequence reasoning) {
        long input = PER_MESSAGE;
        for (Message message : request.messages()) {
            input += PER_MESSAGE;
            if (message.content() instanceof Content.Text content) {
                input += tokens(content.text());
            } else if (message.content() instanceof Content.Parts parts) {
                input += tokens(parts.json().text());
            }
            for (RawJson field : message.fields().values()) {
                input += tokens(field.text());
            }
        }
        RawJson tools = request.fields().get("tools");
        long reasoningTokens = tokens(reasoning);
        return new Usage(
                input + (tools == null ? 0 : tokens(tools.text())), 0, tokens(text) + reasoningTokens, reasoningTokens);
    }

    /** The tokens of a text. */
    public static long tokens(CharSequence text) {
        return text.isEmpty() ? 0 : Table.ENCODING.countTokensOrdinary(text.toString());
    }
}
