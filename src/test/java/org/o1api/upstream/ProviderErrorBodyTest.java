package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each provider's error format, and what is read from it. */
class ProviderErrorBodyTest {
    private static ProviderErrorBody read(String body) {
        return ProviderErrorBody.of(body.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', nullValues = "-", textBlock = """
            # OpenAI, Groq, Azure, Cerebras, vLLM, SGLang, llama.cpp, Ollama
            {"error":{"message":"m","type":"invalid_request_error","param":"seed","code":"bad_seed"}} | m | seed | bad_seed | invalid_request_error | 0
            {"error":{"message":"m","type":"t","param":"","code":null}} | m | - | - | t | 0
            {"error":{"message":"m","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}} | m | prompt | content_filter | - | 400
            {"error":{"code":"429","message":"m"}} | m | - | - | - | 429
            {"message":"m","type":"too_many_requests_error","param":"quota","code":"request_quota_exceeded"} | m | quota | request_quota_exceeded | too_many_requests_error | 0
            {"error":{"message":"m","code":"wrong_api_key"},"status_code":401} | m | - | wrong_api_key | - | 401
            {"object":"error","message":"m","type":"BadRequestError","param":null,"code":400} | m | - | - | BadRequestError | 400
            {"error":{"object":"error","message":"m","type":"BadRequestError","param":null,"code":400}} | m | - | - | BadRequestError | 400
            {"error":{"code":400,"message":"m","type":"exceed_context_size_error","n_prompt_tokens":9,"n_ctx":8}} | m | - | - | exceed_context_size_error | 400
            {"error":"m"} | m | - | - | - | 0
            {"error":"m","error_type":"validation"} | m | - | - | validation | 0
            {"error":{"message":"m","http_status_code":422}} | m | - | - | - | 422
            {"error":{"message":"m","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"secret","status_code":400}} | m | - | tool_use_failed | invalid_request_error | 400
            {"id":"1","choices":[],"x_groq":{"id":"2","error":"m"}} | m | - | - | - | 0
            # xAI, DashScope, LM Studio, new-api, one-api, LiteLLM, Azure API Management, Kimi, Anthropic
            {"code":"Client specified an invalid argument","error":"m"} | m | - | Client specified an invalid argument | - | 0
            {"code":"InvalidParameter","message":"m","request_id":"r"} | m | - | InvalidParameter | - | 0
            {"error":{"message":"m"},"message":"m"} | m | - | - | - | 0
            {"error":{"message":"m","type":"upstream_error","param":"422","code":"bad_response_status_code"}} | m | - | bad_response_status_code | upstream_error | 422
            {"error":{"message":"m","type":"None","param":"None","code":"429"}} | m | - | - | - | 429
            {"statusCode":429,"message":"m"} | m | - | - | - | 429
            {"statusCode":400,"error":"Bad Request","message":"m"} | m | - | - | Bad Request | 400
            {"error":{"type":"content_filter","message":"m"}} | m | - | - | content_filter | 0
            {"type":"error","error":{"details":null,"type":"overloaded_error","message":"m"},"request_id":"r"} | m | - | - | overloaded_error | 0
            # Gemini
            [{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}] | m | - | - | INVALID_ARGUMENT | 400
            {"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"generation_config.temperature","description":"d"}]}]}} | m | generation_config.temperature | - | INVALID_ARGUMENT | 400
            {"error":{"message":"{\\n \\"error\\": {\\n \\"code\\": 503, \\"message\\": \\"m\\", \\"status\\": \\"UNAVAILABLE\\"}}","code":502,"status":"Bad Gateway"}} | m | - | - | UNAVAILABLE | 503
            # Mistral and FastAPI
            {"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","metadata"],"msg":"m","input":{"k":"secret"}}]},"type":"invalid_request_error","param":null,"code":null} | m | metadata | - | invalid_request_error | 0
            {"object":"error","message":"{\\"detail\\":[{\\"type\\":\\"extra_forbidden\\",\\"loc\\":[\\"body\\",\\"stream_options\\",\\"include_usage\\"],\\"msg\\":\\"m\\",\\"input\\":true}]}","type":"invalid_request_error","code":"1000"} | m | stream_options.include_usage | 1000 | invalid_request_error | 0
            {"object":"Error","detail":[{"loc":["body","tools"],"msg":"m","input":[]}],"message":[{"loc":["body","tools"],"msg":"m","input":[]}],"type":"invalid_request_error","code":3001} | m | tools | 3001 | invalid_request_error | 0
            {"detail":[{"loc":["body","seed"],"msg":"m","input":"secret"}]} | m | seed | - | - | 0
            {"detail":[{"loc":["body","messages",0,"role"],"msg":"m"}]} | m | messages[0].role | - | - | 0
            {"detail":[{"loc":["body","messages",3,"assistant","reasoning_content"],"msg":"m"}]} | m | messages[3].reasoning_content | - | - | 0
            {"detail":[{"loc":["body","messages",0,"ChatCompletionSystemMessageParam","role"],"msg":"m"}]} | m | messages[0].role | - | - | 0
            {"detail":[{"loc":["body","a"],"msg":"m"},{"loc":["body","b",1],"msg":"n"}]} | a: m; b[1]: n | a | - | - | 0
            {"detail":"m"} | m | - | - | - | 0
            {"detail":["m","n"]} | m; n | - | - | - | 0
            {"detail":{"error":{"message":"m","param":"p"}}} | m | p | - | - | 0
            {"detail":{"message":"m","code":"c"}} | m | - | c | - | 0
            {"code":422,"details":"m"} | m | - | - | - | 422
            {"object":"error","message":"[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options'), 'msg': 'm', 'input': {'include_usage': 'secret'}}]","type":"BadRequestError","param":null,"code":400} | m | stream_options | - | BadRequestError | 400
            {"error":{"message":"OpenAIException - Error code: 422 - {'detail': [{'type': 'extra_forbidden', 'loc': ['body', 'user'], 'msg': 'm', 'input': 'secret'}]}","code":422}} | m | user | - | - | 422
            {"message":"1 validation error for ChatCompletionRequest\\nmetadata\\n  m [type=extra_forbidden, input_value={'k': 'secret'}, input_type=dict]\\n    For further information visit https://x"} | m | metadata | - | - | 0
            # what is quoted, in text; words that begin like an event
            {"error":{"message":"data: URLs are not supported"}} | data: URLs are not supported | - | - | - | 0
            {"error":{"message":"event: not known"}} | event: not known | - | - | - | 0
            {"message":"data: {\\"error\\":{\\"message\\":\\"m\\"}}"} | m | - | - | - | 0
            # lists
            {"errors":[{"message":"m","field":"seed","code":"c"}]} | m | seed | c | - | 0
            {"errors":["m","n"]} | m; n | - | - | - | 0
            {"errors":[{"message":"m","path":"messages[0].content"},{"message":"n"}]} | messages[0].content: m; n | messages[0].content | - | - | 0
            {"message":"m","errors":[{"message":"n","field":"seed"}]} | m | seed | - | - | 0
            # a message that quotes JSON of the request
            {"error":{"message":"Invalid schema: {\\"type\\":\\"object\\",\\"code\\":\\"429\\",\\"description\\":\\"x\\"}","code":"c"}} | Invalid schema: {"type":"object","code":"429","description":"x"} | - | c | - | 0
            # OpenRouter
            {"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\\"error\\":{\\"message\\":\\"m\\",\\"type\\":\\"t\\",\\"param\\":\\"p\\",\\"code\\":\\"c\\",\\"failed_generation\\":\\"secret\\"}}","provider_name":"x"}}} | m | p | c | t | 400
            {"error":{"message":"Provider returned error","code":502,"metadata":{"raw":"m"}}} | m | - | - | - | 502
            {"error":{"message":"m","code":502,"metadata":{"raw":"{\\"failed_generation\\":\\"secret\\"}"}}} | m | - | - | - | 502
            {"id":"1","choices":[{"delta":{"content":""},"finish_reason":"error","error":{"code":502,"message":"m"}}]} | m | - | - | - | 502
            {"error":{"code":"server_error","message":"m"},"choices":[{"delta":{"content":""}}]} | m | - | server_error | - | 0
            # MiniMax and GLM
            {"id":"1","choices":null,"base_resp":{"status_code":1002,"status_msg":"m"}} | m | - | 1002 | - | 429
            {"base_resp":{"status_code":0,"status_msg":""}} | - | - | - | - | 0
            {"type":"error","error":{"type":"bad_request_error","message":"m","http_code":"400"},"request_id":"r"} | m | - | - | bad_request_error | 400
            {"error":{"code":"1301","message":"m"}} | m | - | 1301 | - | 0
            {"error":{"code":1400,"message":"m"}} | m | - | 1400 | - | 0
            # events as a body
            data: {"error":{"code":"invalid_parameter_error","message":"m"}} | m | - | invalid_parameter_error | - | 0
            data: "{\\"error\\":{\\"message\\":\\"m\\"}}" | m | - | - | - | 0
            "m" | m | - | - | - | 0
            # cut in the middle
            {"detail":[{"loc":["body","seed"],"msg":"m","input":"secr | m | seed | - | - | 0
            {"error":{"message":"m","code":"c","failed_generation":"secr | m | - | c | - | 0
            # nothing to read
            {"error":{"message":["x"],"param":["p"],"code":{"a":1}}} | x | - | - | - | 0
            {"request":"secret"} | - | - | - | - | 0
            {"error":{}} | - | - | - | - | 0
            [] | - | - | - | - | 0
            {} | - | - | - | - | 0
            {'error': 'secret | - | - | - | - | 0
            <html><title>502</title> | - | - | - | - | 0
            """)
    void readsErrors(
            String body,
            @Nullable String message,
            @Nullable String param,
            @Nullable String code,
            @Nullable String type,
            int status) {
        ProviderErrorBody error = read(body);
        assertThat(error.message()).isEqualTo(message);
        assertThat(error.param()).isEqualTo(param);
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.type()).isEqualTo(type);
        assertThat(error.status()).isEqualTo(status);
        assertThat(error.text()).isEqualTo(message == null ? "" : message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"error":{"code":429,"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"39.5s"}]}} | PT39.5S
            [{"error":{"code":429,"details":[{"@type":"x"},{"retryDelay":"35.123456789s"}]}}]                           | PT35.124S
            {"error":{"message":"m"},"retry_after":60}                                                                 | PT60S
            {"error":{"message":"m","retry_after":"1.5"}}                                                              | PT1.5S
            {"error":{"message":"m","retry_after_ms":340}}                                                             | PT0.34S
            {"error":{"message":"m","retryAfter":"2m"}}                                                                | PT2M
            {"error":{"message":"m","metadata":{"headers":{"Retry-After":"7"}}}}                                       | PT7S
            {"error":{"message":"m","metadata":{"headers":{"X-RateLimit-Reset":"1000000000000"}}}}                     | PT0S
            """)
    void readsTheRequestedWait(String body, Duration wait) {
        assertThat(read(body).retryAfter()).isEqualTo(wait);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Failed to deserialize the JSON body into the target type: messages[0].role: unknown variant",
                "[1214] Incorrect role information"
            })
    void plainTextIsTextWithoutAMessage(String body) {
        assertThat(read(body).text()).isEqualTo(body);
        assertThat(read(body).message()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Error code: 400 - {'error': {'message': 'm', 'failed_generation': 'secret'}}",
                "1 validation error for Request\nmetadata\n  m [type=extra_forbidden, input_value='secret', input_type=str]",
                "Invalid request: {'input': 'secret'}"
            })
    void removesQuotationsFromPlainText(String text) {
        ProviderErrorBody body = read(text);
        assertThat(body.text()).isNotEmpty().doesNotContain("secret");
        assertThat(String.valueOf(body.message())).doesNotContain("secret");
    }

    @Test
    void readsADeepOrLongBodyAsFarAsPossible() {
        assertThat(read("[".repeat(100_000)).message()).isNull();
        assertThat(read("{\"error\":".repeat(1000)).message()).isNull();
        assertThat(read("{\"error\":{\"message\":\"" + "x".repeat(100_000) + "\"}}")
                        .text())
                .hasSize(2000);
    }

    @Test
    void doesNotPrintItsText() {
        assertThat(read("{\"error\":{\"message\":\"secret\"}}").toString()).doesNotContain("secret");
    }
}
