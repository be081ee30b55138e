package org.o1api.api;

import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationException;
import org.o1api.conversation.ConversationId;
import org.o1api.model.GatewayException;

/**
 * The names that the requests of an API surface have for what the errors of conversations are about.
 *
 * @param conversation the field with the conversation; null: the request has none
 * @param messages the field with the messages
 * @param previousResponse the field with the response to continue; null: the surface has none
 */
public record ConversationTerms(
        @Nullable String conversation,
        String messages,
        @Nullable String previousResponse) {
    /** The names in requests for chat completions, and in the routes of conversations. */
    public static final ConversationTerms CHAT = new ConversationTerms(ConversationId.FIELD, "messages", null);

    /** A failure with these names, and with advice that uses them. A failure of another kind is returned as it is. */
    public GatewayException of(GatewayException failure) {
        if (!(failure instanceof ConversationException rejected)) {
            return failure;
        }
        ConversationException.Reason reason = rejected.reason();
        return reason == null ? rejected : rejected.inTerms(field(reason.subject()), advice(reason));
    }

    private @Nullable String field(ConversationException.Subject subject) {
        return switch (subject) {
            case CONVERSATION -> conversation;
            case MESSAGES -> messages;
            case PREVIOUS_RESPONSE -> previousResponse;
            case PARENT -> O1Options.PARENT;
        };
    }

    private String advice(ConversationException.Reason reason) {
        return switch (reason) {
            case NOT_FOUND -> "GET /v1/conversations lists the key's conversations.";
            case BUSY -> "Wait for its answer, then retry.";
            case CHANGED -> "Send the request again.";
            case TOO_LONG -> "To start over, " + otherConversation() + ".";
            case NOTHING_NEW -> "Add a new message to '" + messages + "'.";
            case DIFFERS ->
                (conversation == null
                                ? "GET /v1/responses/ID returns a stored response."
                                : "GET /v1/conversations/ID/items lists what is stored.")
                        + " Send only the new messages in '" + messages + "', or " + otherConversation() + ".";
            case PREVIOUS_RESPONSE_NOT_FOUND -> "Send the whole conversation in '" + messages + "'.";
            case TURN_NOT_FOUND ->
                "Send the 'x_o1.turn' of an answer of this conversation, or leave out '" + O1Options.PARENT
                        + "' to continue its newest turn.";
        };
    }

    private String otherConversation() {
        return conversation == null ? "leave out '" + previousResponse + "'" : "use another '" + conversation + "'";
    }
}
