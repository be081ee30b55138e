package org.o1api.api.responses;

import static org.o1api.api.RequestException.require;

import com.fasterxml.jackson.core.JsonToken;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ConversationTerms;
import org.o1api.api.RequestException;
import org.o1api.api.request.Fields;
import org.o1api.api.request.JsonReader;
import org.o1api.conversation.ConversationId;
import org.o1api.model.ErrorCode;
import org.o1api.model.RawJson;

/** Reads the request fields about what a response continues, and what is kept of it. */
final class StateReader {
    /** The request field with the conversation. */
    static final String CONVERSATION = "conversation";

    static final String STORE = "store";

    private static final String PREVIOUS_RESPONSE = "previous_response_id";

    /** The value of {@code include} that requests encrypted reasoning. */
    static final String ENCRYPTED_REASONING = "reasoning.encrypted_content";

    private static final String LOGPROBS = "message.output_text.logprobs";

    private final JsonReader json;
    private final Map<String, RawJson> settings;
    private @Nullable Boolean store;
    private @Nullable String previousResponse;
    private @Nullable String conversation;
    private boolean mayTruncate = true;
    private boolean encryptsReasoning;

    /**
     * Creates a reader.
     *
     * @param settings gets what the response repeats
     */
    StateReader(JsonReader json, Map<String, RawJson> settings) {
        this.json = json;
        this.settings = settings;
    }

    /**
     * The names of this API's fields.
     *
     * @param namesConversation whether the request has a conversation
     */
    static ConversationTerms terms(boolean namesConversation) {
        return new ConversationTerms(namesConversation ? CONVERSATION : null, "input", PREVIOUS_RESPONSE);
    }

    /**
     * Reads the current value if the field is one of these.
     *
     * @return whether it is
     * @throws RequestException if the value is invalid
     */
    boolean read(String name) {
        switch (name) {
            case STORE -> store = json.bool(name);
            case PREVIOUS_RESPONSE -> {
                previousResponse = json.string(name);
                settings.put(name, json.raw());
            }
            case CONVERSATION -> readConversation(name);
            case "truncation" -> {
                String truncation = json.string(name);
                require(truncation.equals("auto") || truncation.equals("disabled"), name, "one of auto, disabled");
                mayTruncate = truncation.equals("auto");
                settings.put(name, json.raw());
            }
            case "include" -> readInclude(name);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void readConversation(String name) {
        String param = name;
        String id;
        if (json.current() == JsonToken.VALUE_STRING) {
            id = json.string(name);
        } else {
            Fields fields = new Fields(json.raw(), name);
            param = fields.path("id");
            id = fields.requiredString("id");
        }
        conversation = ConversationId.requireValid(id, param);
        settings.put(name, ResponseSettings.conversation(id));
    }

    private void readInclude(String name) {
        json.require(JsonToken.START_ARRAY, name, "a list of strings");
        for (int i = 0; json.next() != JsonToken.END_ARRAY; i++) {
            String at = name + "[" + i + "]";
            String included = json.string(at);
            if (included.equals(LOGPROBS)) {
                throw RestrictedFields.withoutLogprobs(at, LOGPROBS);
            }
            encryptsReasoning |= included.equals(ENCRYPTED_REASONING);
        }
    }

    /**
     * Returns what was read.
     *
     * @throws RequestException if the fields contradict each other
     */
    ResponseState state() {
        if (conversation != null && previousResponse != null) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    PREVIOUS_RESPONSE,
                    "'previous_response_id' and 'conversation' exclude each other. Send one of them.");
        }
        return new ResponseState(store, previousResponse, conversation, mayTruncate, encryptsReasoning);
    }
}
