package org.o1api.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.model.ErrorCode;
import org.o1api.server.ErrorFormat;

/** Which requests get errors in Anthropic's form, and its types and statuses. */
class AnthropicErrorTest {
    private final ErrorFormat format = new ApiErrorFormat();

    private ErrorFormat.ErrorResponse render(ErrorCode code, String path, boolean hasVersion) {
        Map<String, String> headers = hasVersion ? Map.of("anthropic-version", "2023-06-01") : Map.of();
        return format.of(
                new RequestException(code, null, "m"), new ErrorFormat.FailedRequest(path, headers::get, "req_1"));
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/messages, false, true",
        "/v1/messages/count_tokens, false, true",
        "/v1/messages/nothing, false, true",
        "/v1/models, true, true",
        "/v1/models/x, true, true",
        "/v1/models, false, false",
        "/v1/messagesx, true, false",
        "/v1/chat/completions, true, false",
        "/v1/responses, false, false",
    })
    void isUsedForRequestsOfAnthropicsClients(String path, boolean hasVersion, boolean expected) {
        String json = render(ErrorCode.INVALID_REQUEST, path, hasVersion).json();
        assertThat(json.startsWith(
                        "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"m\"}"))
                .isEqualTo(expected);
        assertThat(json.contains("\"request_id\":\"req_1\"")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_JSON, 400, invalid_request_error",
        "INVALID_API_KEY, 401, authentication_error",
        "STORAGE_QUOTA_EXCEEDED, 403, permission_error",
        "MODEL_NOT_FOUND, 404, not_found_error",
        "METHOD_NOT_ALLOWED, 405, invalid_request_error",
        "REQUEST_TOO_LARGE, 413, request_too_large",
        "UPSTREAM_RATE_LIMIT, 429, rate_limit_error",
        "INTERNAL_ERROR, 500, api_error",
        "UPSTREAM_FAILED, 502, api_error",
        "OVERLOADED, 529, overloaded_error",
        "UPSTREAM_UNAVAILABLE, 529, overloaded_error",
        "SHUTTING_DOWN, 503, overloaded_error",
        "UPSTREAM_TIMEOUT, 504, timeout_error",
    })
    void hasAnthropicsTypesAndStatuses(ErrorCode code, int status, String type) {
        ErrorFormat.ErrorResponse error = render(code, "/v1/messages", false);
        assertThat(error.status()).isEqualTo(status);
        assertThat(error.json()).contains("\"type\":\"" + type + "\"");
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void hasTheSameHeadersAsOpenAis(ErrorCode code) {
        assertThat(render(code, "/v1/messages", false).headers())
                .isEqualTo(render(code, "/v1/chat/completions", false).headers());
    }

    @ParameterizedTest
    @CsvSource({"503, 529", "414, 414", "404, 404", "500, 500"})
    void rendersStatusesOfTheContainer(int status, int expected) {
        assertThat(format.ofStatus(status, new ErrorFormat.FailedRequest("/v1/messages", name -> null, "req_1"))
                        .status())
                .isEqualTo(expected);
    }
}
