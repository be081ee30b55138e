package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.List;

/** The form of errors in Anthropic's API. */
final class AnthropicErrors {
    private static final List<String> TYPES = List.of(
            "invalid_request_error",
            "authentication_error",
            "permission_error",
            "not_found_error",
            "request_too_large",
            "rate_limit_error",
            "api_error",
            "timeout_error",
            "overloaded_error");

    private AnthropicErrors() {}

    /** Fails unless a body, or the data of an event, is an error of this response. */
    static void check(JsonNode body, HttpResponse<?> response) {
        assertThat(body.path("type").asText()).isEqualTo("error");
        assertThat(body.at("/error/type").asText()).isIn(TYPES);
        assertThat(body.at("/error/message").asText()).isNotEmpty();
        assertThat(body.path("error")).hasSize(2);
        assertThat(body.path("request_id").asText())
                .isNotEmpty()
                .isEqualTo(response.headers().firstValue("x-request-id").orElse(null));
    }

    /** The type of the errors that have a code in OpenAI's API. */
    static String typeOf(String code) {
        return switch (code) {
            case "upstream_refused" -> "invalid_request_error";
            case "request_too_large" -> "request_too_large";
            case "rate_limit_exceeded", "upstream_rate_limit" -> "rate_limit_error";
            case "upstream_failed", "upstream_misconfigured" -> "api_error";
            case "overloaded", "shutting_down", "upstream_unavailable" -> "overloaded_error";
            case "upstream_timeout" -> "timeout_error";
            default -> throw new AssertionError("no test expects the type of " + code);
        };
    }

    /** The status of the errors that have a code and a status in OpenAI's API. */
    static int statusOf(String code, int status) {
        return code.equals("overloaded") || code.equals("upstream_unavailable") ? 529 : status;
    }
}
