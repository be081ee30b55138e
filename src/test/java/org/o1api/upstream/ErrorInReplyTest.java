package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.ErrorCode;

/** Errors inside a reply with status 200 are treated like the same error with its own status. */
class ErrorInReplyTest {
    private final UpstreamErrors errors = new UpstreamErrors(new UpstreamSettings(
            "main",
            URI.create("http://127.0.0.1:9/"),
            "sk-test-key",
            null,
            UpstreamSettings.Timeouts.DEFAULT,
            UpstreamSettings.Limits.DEFAULT,
            Map.of(),
            null));

    private UpstreamException exceptionFor(String body) {
        return errors.ofErrorInReply(ProviderErrorBody.of(body.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            # by its number
            {"error":{"message":"m","code":400}}                                    | UPSTREAM_REFUSED           | false | upstream_refused
            {"error":{"message":"m","code":"400"}}                                  | UPSTREAM_REFUSED           | false | upstream_refused
            {"error":{"message":"m","status":422,"code":"c"}}                       | UPSTREAM_REFUSED           | false | c
            {"error":{"message":"m","status_code":400,"code":"c"}}                  | UPSTREAM_REFUSED           | false | c
            {"error":{"message":"m"},"http_status":400}                             | UPSTREAM_REFUSED           | false | upstream_refused
            {"error":{"message":"m","code":401}}                                    | UPSTREAM_MISCONFIGURED     | false | upstream_misconfigured
            {"error":{"message":"m","code":402}}                                    | UPSTREAM_MISCONFIGURED     | false | upstream_misconfigured
            {"error":{"message":"m","code":403}}                                    | UPSTREAM_MISCONFIGURED     | false | upstream_misconfigured
            {"error":{"message":"m","code":404}}                                    | UPSTREAM_MISCONFIGURED     | false | upstream_misconfigured
            {"error":{"message":"m","code":413}}                                    | UPSTREAM_REQUEST_TOO_LARGE | false | upstream_request_too_large
            {"error":{"message":"m","code":429}}                                    | UPSTREAM_RATE_LIMIT        | true  | upstream_rate_limit
            {"error":{"message":"m","code":500}}                                    | UPSTREAM_FAILED            | true  | upstream_failed
            {"error":{"message":"m","code":502}}                                    | UPSTREAM_FAILED            | true  | upstream_failed
            {"error":{"message":"m","code":"503"}}                                  | UPSTREAM_UNAVAILABLE       | true  | upstream_unavailable
            {"error":{"message":"m","code":504}}                                    | UPSTREAM_TIMEOUT           | true  | upstream_timeout
            # by its code
            {"error":{"message":"m","code":"string_above_max_length"}}              | UPSTREAM_REFUSED           | false | string_above_max_length
            {"error":{"message":"m","code":"unsupported_value"}}                    | UPSTREAM_REFUSED           | false | unsupported_value
            {"error":{"message":"m","code":"content_filter"}}                       | UPSTREAM_REFUSED           | false | content_filter
            {"error":{"message":"m","code":"data_inspection_failed"}}               | UPSTREAM_REFUSED           | false | data_inspection_failed
            {"code":"InvalidParameter","message":"m"}                               | UPSTREAM_REFUSED           | false | InvalidParameter
            {"code":"Client specified an invalid argument","error":"m"}             | UPSTREAM_REFUSED           | false | upstream_refused
            {"error":{"message":"m","code":"rate_limit_exceeded"}}                  | UPSTREAM_RATE_LIMIT        | true  | rate_limit_exceeded
            {"error":{"message":"m","code":"insufficient_quota"}}                   | UPSTREAM_RATE_LIMIT        | false | insufficient_quota
            {"error":{"message":"m","code":"invalid_api_key","type":"invalid_request_error"}} | UPSTREAM_MISCONFIGURED | false | upstream_misconfigured
            {"error":{"message":"m","code":"model_not_found","type":"invalid_request_error"}} | UPSTREAM_MISCONFIGURED | false | upstream_misconfigured
            {"error":{"message":"m","code":"server_error"}}                         | UPSTREAM_FAILED            | true  | server_error
            {"error":{"message":"m","code":"1301"}}                                 | UPSTREAM_REFUSED           | false | 1301
            {"error":{"message":"m","code":"1302"}}                                 | UPSTREAM_RATE_LIMIT        | true  | 1302
            {"error":{"message":"m","code":"1400"}}                                 | UPSTREAM_FAILED            | true  | 1400
            # by its type
            {"error":{"message":"m","type":"invalid_request_error","code":null}}    | UPSTREAM_REFUSED           | false | upstream_refused
            {"error":{"message":"m","type":"BadRequestError"}}                      | UPSTREAM_REFUSED           | false | upstream_refused
            {"error":{"message":"m","status":"INVALID_ARGUMENT"}}                   | UPSTREAM_REFUSED           | false | upstream_refused
            {"error":"m","error_type":"validation"}                                 | UPSTREAM_REFUSED           | false | upstream_refused
            {"error":"m","error_type":"overloaded"}                                 | UPSTREAM_UNAVAILABLE       | true  | upstream_unavailable
            {"error":{"message":"m","type":"RateLimitError"}}                       | UPSTREAM_RATE_LIMIT        | true  | upstream_rate_limit
            {"error":{"message":"m","status":"RESOURCE_EXHAUSTED"}}                 | UPSTREAM_RATE_LIMIT        | true  | upstream_rate_limit
            {"error":{"message":"m","status":"UNAVAILABLE"}}                        | UPSTREAM_UNAVAILABLE       | true  | upstream_unavailable
            {"error":{"message":"m","type":"overloaded_error"}}                     | UPSTREAM_UNAVAILABLE       | true  | upstream_unavailable
            {"error":{"message":"m","type":"authentication_error"}}                 | UPSTREAM_MISCONFIGURED     | false | upstream_misconfigured
            {"error":{"message":"m","type":"permission_error"}}                     | UPSTREAM_MISCONFIGURED     | false | upstream_misconfigured
            {"error":{"message":"m","type":"not_found_error"}}                      | UPSTREAM_MISCONFIGURED     | false | upstream_misconfigured
            {"error":{"message":"m","type":"api_error"}}                            | UPSTREAM_FAILED            | true  | upstream_failed
            {"error":{"message":"m","type":"InternalServerError"}}                  | UPSTREAM_FAILED            | true  | upstream_failed
            {"error":{"message":"m","type":"GatewayTimeout"}}                       | UPSTREAM_TIMEOUT           | true  | upstream_timeout
            # MiniMax
            {"base_resp":{"status_code":1000,"status_msg":"m"}}                     | UPSTREAM_FAILED            | true  | 1000
            {"base_resp":{"status_code":1001,"status_msg":"m"}}                     | UPSTREAM_TIMEOUT           | true  | 1001
            {"base_resp":{"status_code":1002,"status_msg":"m"}}                     | UPSTREAM_RATE_LIMIT        | true  | 1002
            {"base_resp":{"status_code":1004,"status_msg":"m"}}                     | UPSTREAM_MISCONFIGURED     | false | upstream_misconfigured
            {"base_resp":{"status_code":1008,"status_msg":"m"}}                     | UPSTREAM_MISCONFIGURED     | false | upstream_misconfigured
            {"base_resp":{"status_code":1026,"status_msg":"m"}}                     | UPSTREAM_REFUSED           | false | 1026
            {"base_resp":{"status_code":1027,"status_msg":"m"}}                     | UPSTREAM_REFUSED           | false | 1027
            {"base_resp":{"status_code":1039,"status_msg":"m"}}                     | UPSTREAM_REFUSED           | false | context_length_exceeded
            {"base_resp":{"status_code":2013,"status_msg":"m"}}                     | UPSTREAM_REFUSED           | false | 2013
            # the context, whatever else it says
            {"error":{"message":"m","code":"context_length_exceeded"}}              | UPSTREAM_REFUSED           | false | context_length_exceeded
            {"error":{"message":"m","code":500,"type":"exceed_context_size_error"}} | UPSTREAM_REFUSED           | false | context_length_exceeded
            {"error":{"message":"m","code":413,"type":"prompt_too_long"}}           | UPSTREAM_REFUSED           | false | context_length_exceeded
            {"error":{"message":"m","code":"1261"}}                                 | UPSTREAM_REFUSED           | false | context_length_exceeded
            # nothing tells
            {"error":{"message":"m"}}                                               | UPSTREAM_FAILED            | true  | upstream_failed
            {"error":{"message":"m","code":"odd"}}                                  | UPSTREAM_FAILED            | true  | odd
            {"error":{"message":"m","code":200}}                                    | UPSTREAM_FAILED            | true  | upstream_failed
            {"error":{"message":"m","code":0,"status":"error"}}                     | UPSTREAM_FAILED            | true  | upstream_failed
            """)
    void isTreatedLikeTheSameErrorWithAStatus(String body, ErrorCode code, boolean retryable, String wireCode) {
        UpstreamException failure = exceptionFor(body);
        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure.retryable()).isEqualTo(retryable);
        assertThat(failure.wireCode()).isEqualTo(wireCode);
        assertThat(failure)
                .hasMessageContaining(
                        code == ErrorCode.UPSTREAM_MISCONFIGURED
                                ? "operator"
                                : code == ErrorCode.UPSTREAM_REQUEST_TOO_LARGE ? "too large" : "m");
    }

    @Test
    void keepsTheParamOfACallersError() {
        assertThat(exceptionFor("{\"error\":{\"message\":\"m\",\"param\":\"seed\",\"code\":400}}")
                        .param())
                .isEqualTo("seed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"key sk-test-key at http://10.0.0.7/x\",\"code\":400}}",
                "{\"error\":{\"message\":\"key sk-test-key at http://10.0.0.7/x\"}}"
            })
    void sanitizesTheMessage(String body) {
        assertThat(exceptionFor(body)).hasMessageEndingWith("key [redacted] at [address]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"error":{"message":"m","code":429,"details":[{"retryDelay":"39.5s"}]}}  | PT39.5S | false
            {"error":{"message":"Please try again in 7.66s.","code":429}}           | PT7.66S | true
            {"error":{"message":"m","code":503},"retry_after":3}                     | PT3S    | true
            """)
    void keepsTheRequestedWait(String body, Duration wait, boolean retryable) {
        UpstreamException failure = exceptionFor(body);
        assertThat(failure.retryAfter()).isEqualTo(wait);
        assertThat(failure.retryable()).isEqualTo(retryable); // max_retry_wait is 10 s
    }
}
