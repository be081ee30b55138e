package org.o1api.model;

import java.util.Locale;

/** The errors that clients can get: each code with its HTTP status and OpenAI's error type. */
public enum ErrorCode {
    INVALID_REQUEST(400, Type.INVALID_REQUEST),
    /** The stored conversation does not fit, and the request forbids to leave out its oldest turns. */
    CONTEXT_LENGTH_EXCEEDED(400, Type.INVALID_REQUEST),
    INVALID_JSON(400, Type.INVALID_REQUEST),
    UNSUPPORTED_VALUE(400, Type.INVALID_REQUEST),
    /** The gateway has got a request that it sent itself, as its own provider. */
    LOOP_DETECTED(400, Type.INVALID_REQUEST),
    INVALID_API_KEY(401, Type.INVALID_REQUEST),
    /** A page of another site sent the request, and its origin is not allowed. */
    CROSS_SITE_REQUEST(403, Type.INVALID_REQUEST),
    /** The caller's stored conversations exceed their quota. */
    STORAGE_QUOTA_EXCEEDED(403, Type.INVALID_REQUEST),
    MODEL_NOT_FOUND(404, Type.INVALID_REQUEST),
    CONVERSATION_NOT_FOUND(404, Type.INVALID_REQUEST),
    /** The stored response, or the item in it, does not exist, or a response before it was deleted. */
    RESPONSE_NOT_FOUND(404, Type.INVALID_REQUEST),
    /** The turn to continue does not exist in the conversation. */
    TURN_NOT_FOUND(404, Type.INVALID_REQUEST),
    UNKNOWN_URL(404, Type.INVALID_REQUEST),
    METHOD_NOT_ALLOWED(405, Type.INVALID_REQUEST),
    NOT_ACCEPTABLE(406, Type.INVALID_REQUEST),
    /** The request body took too long to arrive. */
    REQUEST_TIMEOUT(408, Type.INVALID_REQUEST),
    /** Another request of the conversation is running. */
    CONVERSATION_BUSY(409, Type.INVALID_REQUEST),
    /** The conversation was deleted or taken over while the turn was running. */
    CONVERSATION_CHANGED(409, Type.INVALID_REQUEST),
    /** The messages of the request contradict the stored conversation. */
    CONVERSATION_DIFFERS(409, Type.INVALID_REQUEST),
    IDEMPOTENCY_KEY_IN_USE(409, Type.INVALID_REQUEST),
    IDEMPOTENCY_KEY_REUSED(422, Type.INVALID_REQUEST),
    REQUEST_TOO_LARGE(413, Type.INVALID_REQUEST),
    UNSUPPORTED_MEDIA_TYPE(415, Type.INVALID_REQUEST),
    RATE_LIMIT_EXCEEDED(429, Type.RATE_LIMIT),
    /** The client disconnected. The status is nginx's; no client sees it. */
    CLIENT_DISCONNECTED(499, Type.INVALID_REQUEST),
    INTERNAL_ERROR(500, Type.SERVER),
    /** The gateway is at one of its own limits. */
    OVERLOADED(503, Type.SERVER),
    /** The conversation database is unavailable. */
    STORE_UNAVAILABLE(503, Type.SERVER),
    /** The gateway is stopping. */
    SHUTTING_DOWN(503, Type.SERVER),
    /** The provider rejected the request because of its content. */
    UPSTREAM_REFUSED(400, Type.INVALID_REQUEST),
    UPSTREAM_REQUEST_TOO_LARGE(413, Type.INVALID_REQUEST),
    UPSTREAM_RATE_LIMIT(429, Type.RATE_LIMIT),
    /** The provider rejected the gateway's key or model name; the operator must fix the configuration. */
    UPSTREAM_MISCONFIGURED(502, Type.UPSTREAM),
    /** The provider could not be reached, or its reply broke off. */
    UPSTREAM_FAILED(502, Type.UPSTREAM),
    UPSTREAM_UNAVAILABLE(503, Type.UPSTREAM),
    UPSTREAM_TIMEOUT(504, Type.UPSTREAM);

    private static final class Type {
        static final String INVALID_REQUEST = "invalid_request_error";
        static final String RATE_LIMIT = "rate_limit_error";
        static final String SERVER = "server_error";
        static final String UPSTREAM = "upstream_error";
    }

    private final int status;
    private final String type;
    private final String wireName = name().toLowerCase(Locale.ROOT);

    ErrorCode(int status, String type) {
        this.status = status;
        this.type = type;
    }

    /** The HTTP status of the error response. */
    public int status() {
        return status;
    }

    /** Whether clients must not retry the request, although they usually do for this status. */
    public boolean isFinal() {
        return this == CONVERSATION_CHANGED || this == CONVERSATION_DIFFERS;
    }

    /** Whether the same request may succeed later. Clients that know only the status decide in the same way. */
    public boolean isRetryable() {
        return (status == 408 || status == 409 || status == 429 || status >= 500) && !isFinal();
    }

    /** OpenAI's {@code error.type}. */
    public String type() {
        return type;
    }

    /** OpenAI's {@code error.code}. */
    public String wireName() {
        return wireName;
    }
}
