package org.o1api.api.responses;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.o1api.api.RequestException;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/** Codex, the client for which the codes matter most, compacts its history, waits, repeats the request or gives up. */
class ResponseErrorTest {
    /** Every code, so that a new one needs a row. */
    private static final String EXPECTED = """
            CLIENT_DISCONNECTED invalid_prompt
            CONTEXT_LENGTH_EXCEEDED context_length_exceeded
            CONVERSATION_BUSY server_error
            CONVERSATION_CHANGED invalid_prompt
            CONVERSATION_DIFFERS invalid_prompt
            CONVERSATION_NOT_FOUND invalid_prompt
            CROSS_SITE_REQUEST invalid_prompt
            IDEMPOTENCY_KEY_IN_USE server_error
            IDEMPOTENCY_KEY_REUSED invalid_prompt
            INTERNAL_ERROR server_error
            INVALID_API_KEY invalid_prompt
            INVALID_JSON invalid_prompt
            INVALID_REQUEST invalid_prompt
            LOOP_DETECTED invalid_prompt
            METHOD_NOT_ALLOWED invalid_prompt
            MODEL_NOT_FOUND invalid_prompt
            NOT_ACCEPTABLE invalid_prompt
            OVERLOADED server_error
            RATE_LIMIT_EXCEEDED rate_limit_exceeded
            REQUEST_TIMEOUT server_error
            REQUEST_TOO_LARGE invalid_prompt
            RESPONSE_NOT_FOUND invalid_prompt
            SHUTTING_DOWN server_error
            STORAGE_QUOTA_EXCEEDED invalid_prompt
            STORE_UNAVAILABLE server_error
            TURN_NOT_FOUND invalid_prompt
            UNKNOWN_URL invalid_prompt
            UNSUPPORTED_MEDIA_TYPE invalid_prompt
            UNSUPPORTED_VALUE invalid_prompt
            UPSTREAM_FAILED server_error
            UPSTREAM_MISCONFIGURED server_error
            UPSTREAM_RATE_LIMIT rate_limit_exceeded
            UPSTREAM_REFUSED invalid_prompt
            UPSTREAM_REQUEST_TOO_LARGE context_length_exceeded
            UPSTREAM_TIMEOUT server_error
            UPSTREAM_UNAVAILABLE server_error
            """;

    /** A failure with a provider's code. */
    private static final class ProviderFailure extends GatewayException {
        private static final long serialVersionUID = 1;
        private final String providerCode;
        private final @Nullable Duration delay;

        ProviderFailure(ErrorCode code, String providerCode, @Nullable Duration delay) {
            super(code, "No.", null);
            this.providerCode = providerCode;
            this.delay = delay;
        }

        @Override
        public String wireCode() {
            return providerCode;
        }

        @Override
        public @Nullable Duration retryAfter() {
            return delay;
        }
    }

    @Test
    void hasACodeThatMakesClientsDoTheRightThing() {
        Map<ErrorCode, String> codes = new TreeMap<>((a, b) -> a.name().compareTo(b.name()));
        Arrays.stream(ErrorCode.values())
                .forEach(code -> codes.put(
                        code,
                        ResponseError.of(new RequestException(code, null, "No."))
                                .code()));
        StringBuilder actual = new StringBuilder();
        codes.forEach(
                (code, sent) -> actual.append(code).append(' ').append(sent).append('\n'));
        assertThat(actual.toString()).isEqualTo(EXPECTED);
    }

    @Test
    void keepsAProvidersCodeOnlyForAFullContext() {
        assertThat(code("context_length_exceeded")).isEqualTo("context_length_exceeded");
        assertThat(code("content_policy_violation")).isEqualTo("invalid_prompt");
    }

    private static String code(String providerCode) {
        return ResponseError.of(new ProviderFailure(ErrorCode.UPSTREAM_REFUSED, providerCode, null))
                .code();
    }

    /** In the words that Codex looks for. */
    @Test
    void saysWhenToTryAgain() {
        Duration delay = Duration.ofMillis(1500);
        assertThat(ResponseError.of(new ProviderFailure(ErrorCode.UPSTREAM_RATE_LIMIT, "x", delay))
                        .message())
                .isEqualTo("No. Try again in 2 s.");
        assertThat(ResponseError.of(new ProviderFailure(ErrorCode.UPSTREAM_UNAVAILABLE, "x", delay))
                        .message())
                .isEqualTo("No.");
    }
}
