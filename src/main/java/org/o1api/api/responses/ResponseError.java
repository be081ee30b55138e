package org.o1api.api.responses;

import org.o1api.api.ErrorBody;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/**
 * The error of a failed response. A stream has no status and no {@code Retry-After}, so that clients decide by the code, and find the
 * delay in the message.
 *
 * @param code one of those of OpenAI's API, or {@code context_length_exceeded}, for which Codex compacts its history
 */
record ResponseError(String code, String message) {
    /** The request is wrong: clients give up. */
    private static final String INVALID_PROMPT = "invalid_prompt";

    private static final String RATE_LIMIT_EXCEEDED = "rate_limit_exceeded";
    /** The same request may succeed: clients send it again. */
    private static final String SERVER_ERROR = "server_error";

    static ResponseError of(GatewayException failure) {
        ErrorBody body = ErrorBody.of(failure);
        String code = code(failure);
        return code.equals(RATE_LIMIT_EXCEEDED) && body.retryAfterSeconds() > 0
                ? new ResponseError(code, body.message() + " Try again in " + body.retryAfterSeconds() + " s.")
                : new ResponseError(code, body.message());
    }

    private static String code(GatewayException failure) {
        String tooLong = ErrorCode.CONTEXT_LENGTH_EXCEEDED.wireName();
        if (failure.wireCode().equals(tooLong) || failure.code() == ErrorCode.UPSTREAM_REQUEST_TOO_LARGE) {
            return tooLong;
        }
        if (failure.code().status() == 429) {
            return RATE_LIMIT_EXCEEDED;
        }
        return failure.code().isRetryable() ? SERVER_ERROR : INVALID_PROMPT;
    }
}
