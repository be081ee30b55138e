package org.o1api.conversation;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/** A request for a conversation that was rejected, or a turn that could not be stored. */
public final class ConversationException extends GatewayException {
    private static final long serialVersionUID = 1;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final @Nullable String param;

    /**
     * A rejected request.
     *
     * @param param the name of the invalid request field; null if the error does not concern a field
     */
    public ConversationException(ErrorCode code, @Nullable String param, String message) {
        super(code, message, null);
        this.param = param;
    }

    /** The error for a conversation that does not exist or belongs to another caller. */
    public static ConversationException notFound(String id) {
        return new ConversationException(
                ErrorCode.CONVERSATION_NOT_FOUND,
                ConversationId.FIELD,
                "Conversation '" + id
                        + "' does not exist for this API key. GET /v1/conversations lists the key's conversations.");
    }

    /**
     * The error for a response that does not exist, belongs to another caller, or cannot be continued because a response before it
     * was deleted.
     *
     * @param param what contains its ID
     */
    public static ConversationException responseNotFound(String param) {
        return new ConversationException(
                ErrorCode.RESPONSE_NOT_FOUND,
                param,
                "The response in '" + param
                        + "' does not exist for this API key. It was not stored, or it or a response"
                        + " before it was deleted (conversations.time_to_live, conversations.responses_per_caller).");
    }

    /** The error for a turn that has lost its conversation: it was deleted, or another turn has taken over the lease. */
    static ConversationException changed() {
        return new ConversationException(
                ErrorCode.CONVERSATION_CHANGED,
                ConversationId.FIELD,
                "The conversation was deleted or taken over by another turn while this turn was running."
                        + " Nothing was stored. Send the request again.");
    }

    @Override
    public @Nullable String param() {
        return param;
    }

    @Override
    public @Nullable Duration retryAfter() {
        return switch (code()) {
            case CONVERSATION_BUSY, IDEMPOTENCY_KEY_IN_USE -> RETRY_AFTER;
            default -> null;
        };
    }
}
