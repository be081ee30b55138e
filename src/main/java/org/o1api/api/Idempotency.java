package org.o1api.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationRef;
import org.o1api.model.ErrorCode;

/**
 * The header {@code Idempotency-Key} of a request, and {@code x-o1-idempotency} of its response, which says whether a repeated request
 * will be recognized. A surface reads the {@link #key} and makes its {@link #promise}; without one the answer is not stored.
 */
public final class Idempotency implements ContainerResponseFilter {
    private static final String KEY = "Idempotency-Key";
    private static final String STATE = "x-o1-idempotency";
    private static final int MAX_KEY_LENGTH = 255;

    /** Name of the request property with the promised {@link State}, which only this class uses. */
    private static final String PROPERTY = Idempotency.class.getName();

    private enum State {
        NOT_STORED,
        STORED,
        REPLAYED;

        String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Whether a request has a key. */
    static boolean isRequested(ContainerRequestContext context) {
        return context.getHeaderString(KEY) != null;
    }

    /**
     * The key of a request whose body is valid JSON and whose answer is stored; null if the request has none.
     *
     * @throws RequestException if the key is empty or too long
     */
    public static ConversationRef.@Nullable IdempotencyKey key(ContainerRequestContext context) {
        String key = context.getHeaderString(KEY);
        if (key == null) {
            return null;
        }
        if (key.isBlank() || key.length() > MAX_KEY_LENGTH) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    KEY,
                    "The header 'Idempotency-Key' must have 1 to " + MAX_KEY_LENGTH + " characters.");
        }
        return new ConversationRef.IdempotencyKey(
                key, RequestDigest.of(RequestJson.body(context).bytes()));
    }

    /**
     * Declares that the answer of a request will be stored. Without effect if the request has no key, or fails.
     *
     * @param replayed whether it was stored already, for an earlier request with the same key
     */
    public static void promise(ContainerRequestContext context, boolean replayed) {
        context.setProperty(PROPERTY, replayed ? State.REPLAYED : State.STORED);
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (isRequested(request)) {
            boolean failed = response.getStatus() >= 400;
            State state =
                    !failed && request.getProperty(PROPERTY) instanceof State promised ? promised : State.NOT_STORED;
            response.getHeaders().putSingle(STATE, state.wireName());
        }
    }
}
