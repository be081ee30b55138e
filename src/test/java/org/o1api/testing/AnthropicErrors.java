package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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

    static void check(JsonNode body) {
        assertThat(body.path("type").asText()).isEqualTo("error");
        assertThat(body.at("/error/type").asText()).isIn(TYPES);
        assertThat(body.at("/error/message").asText()).isNotEmpty();
        assertThat(body.path("request_id").asText()).isNotEmpty().isNotEqualTo("null");
        assertThat(body.path("error")).hasSize(2);
    }
}
