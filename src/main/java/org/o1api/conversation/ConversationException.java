package org.o1api.conversation;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/** A request for a conversation that was rejected, or a turn that could not be stored. */
public final class ConversationException extends GatewayException {
    private static final long serialVersionUID = 1;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final @Nullable Reason reason;
    private final @Nullable String param;

    /** What a request was rejected for. Each API surface has its own names for it, and its own advice. */
    public enum Subject {
        CONVERSATION,
        MESSAGES,
        PREVIOUS_RESPONSE,
        PARENT
    }

    /** Why a request was rejected whose fields are valid. */
    public enum Reason {
        /** The conversation does not exist or belongs to another caller. */
        NOT_FOUND(ErrorCode.CONVERSATION_NOT_FOUND, Subject.CONVERSATION),
        /** Another turn of the conversation is running. */
        BUSY(ErrorCode.CONVERSATION_BUSY, Subject.CONVERSATION),
        /** The turn has lost its conversation: it was deleted, or another turn has taken over the lease. */
        CHANGED(ErrorCode.CONVERSATION_CHANGED, Subject.CONVERSATION),
        /** A part of the conversation that every prompt needs is too long for a prompt. */
        TOO_LONG(ErrorCode.INVALID_REQUEST, Subject.CONVERSATION),
        /** The conversation has all messages of the request already, and does not wait for an answer. */
        NOTHING_NEW(ErrorCode.INVALID_REQUEST, Subject.MESSAGES),
        /** The messages of the request contradict the conversation. */
        DIFFERS(ErrorCode.CONVERSATION_DIFFERS, Subject.MESSAGES),
        /** The response to continue does not exist, belongs to another caller, or a response before it was deleted. */
        PREVIOUS_RESPONSE_NOT_FOUND(ErrorCode.RESPONSE_NOT_FOUND, Subject.PREVIOUS_RESPONSE),
        /** The turn to continue does not exist in the conversation. */
        TURN_NOT_FOUND(ErrorCode.TURN_NOT_FOUND, Subject.PARENT);

        private final ErrorCode code;
        private final Subject subject;

        Reason(ErrorCode code, Subject subject) {
            this.code = code;
            this.subject = subject;
        }

        public Subject subject() {
            return subject;
        }
    }

    /**
     * A request that was rejected for its conversation.
     *
     * @param message what is wrong, without names of request fields and advice, which {@link #inTerms} adds
     */
    public ConversationException(Reason reason, String message) {
        super(reason.code, message, null);
        this.reason = reason;
        param = null;
    }

    /**
     * A rejected request.
     *
     * @param param the name of the invalid request field; null if the error does not concern a field
     */
    public ConversationException(ErrorCode code, @Nullable String param, String message) {
        super(code, message, null);
        reason = null;
        this.param = param;
    }

    private ConversationException(ConversationException cause, @Nullable String param, String message) {
        super(cause.code(), message, cause);
        reason = null;
        this.param = param;
    }

    /** The error for a conversation that does not exist or belongs to another caller. */
    public static ConversationException notFound(String id) {
        return new ConversationException(
                Reason.NOT_FOUND, "Conversation '" + id + "' does not exist for this API key.");
    }

    /**
     * The error for a response that does not exist or belongs to another caller.
     *
     * @param param what contains its ID
     */
    public static ConversationException responseNotFound(String param) {
        return new ConversationException(
                ErrorCode.RESPONSE_NOT_FOUND,
                param,
                "The response does not exist for this API key: it was not stored, or was deleted"
                        + " (conversations.time_to_live, conversations.responses_per_caller).");
    }

    static ConversationException previousResponseNotFound() {
        return new ConversationException(
                Reason.PREVIOUS_RESPONSE_NOT_FOUND,
                "The response to continue does not exist for this API key: it was not stored, or it or a response before it"
                        + " was deleted (conversations.time_to_live, conversations.responses_per_caller).");
    }

    static ConversationException turnNotFound() {
        return new ConversationException(
                Reason.TURN_NOT_FOUND,
                "The turn to continue does not exist in this conversation: it was not stored, was deleted, or belongs to another"
                        + " conversation.");
    }

    static ConversationException changed() {
        return new ConversationException(
                Reason.CHANGED,
                "The conversation was deleted or taken over by another turn while this turn was running. Nothing was stored.");
    }

    /** Why the request was rejected; null if the error names its field already, or has none. */
    public @Nullable Reason reason() {
        return reason;
    }

    /**
     * The same error as an API surface reports it. This one is its cause.
     *
     * @param field what the surface calls the {@link Subject}; null: the request has no such field
     * @param advice what the client can do
     */
    public ConversationException inTerms(@Nullable String field, String advice) {
        return new ConversationException(this, field, getMessage() + " " + advice);
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
