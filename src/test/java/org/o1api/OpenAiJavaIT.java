package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.RateLimitException;
import com.openai.errors.SseException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ReasoningEffort;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionNamedToolChoice;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.completions.CompletionUsage;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** OpenAI's unmodified Java client. */
class OpenAiJavaIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private static OpenAIClient client(GatewayFixture fixture) {
        return client(fixture, GatewayFixture.KEY);
    }

    private static OpenAIClient client(GatewayFixture fixture, String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(fixture.gateway().url() + "/v1")
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    private static ChatCompletionCreateParams.Builder question(String question) {
        return ChatCompletionCreateParams.builder().model("thinker").addUserMessage(question);
    }

    private static List<ChatCompletionChunk> streamed(OpenAIClient client, ChatCompletionCreateParams request) {
        try (StreamResponse<ChatCompletionChunk> chunks =
                client.chat().completions().createStreaming(request)) {
            return chunks.stream().map(ChatCompletionChunk::validate).toList();
        }
    }

    private static String reasoning(List<ChatCompletionChunk> chunks) {
        return chunks.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .map(choice -> choice.delta()._allProperties().get("reasoning_content"))
                .filter(Objects::nonNull)
                .map(text -> text.convert(String.class))
                .collect(Collectors.joining());
    }

    private static ChatCompletion accumulated(List<ChatCompletionChunk> chunks) {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        chunks.forEach(accumulator::accumulate);
        return accumulator.chatCompletion();
    }

    private static void assertUsageOfFourCalls(CompletionUsage usage) {
        assertThat(usage.promptTokens()).isEqualTo(10);
        assertThat(usage.completionTokens()).isEqualTo(20);
        assertThat(usage.totalTokens()).isEqualTo(30);
        assertThat(usage.completionTokensDetails().orElseThrow().reasoningTokens())
                .hasValue(15L);
        assertThat(usage.promptTokensDetails().orElseThrow().cachedTokens()).hasValue(0L);
    }

    @InContainers
    void getsTheAnswerTheReasoningAndTheUsage(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));

        ChatCompletion reply = client(fixture)
                .chat()
                .completions()
                .create(question("?").build())
                .validate();

        ChatCompletion.Choice choice = reply.choices().get(0);
        assertThat(choice.message().content()).hasValue("It is 42.");
        assertThat(choice.message()._allProperties().get("reasoning_content"))
                .isEqualTo(JsonValue.from(StepScripts.THREE_STEPS_TEXT));
        assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        assertThat(reply.model()).isEqualTo("thinker");
        assertUsageOfFourCalls(reply.usage().orElseThrow());
    }

    @InContainers
    void streamsTheReasoningTheAnswerAndTheUsage(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));

        List<ChatCompletionChunk> chunks = streamed(
                client(fixture),
                question("?")
                        .streamOptions(ChatCompletionStreamOptions.builder()
                                .includeUsage(true)
                                .build())
                        .build());

        assertThat(reasoning(chunks)).isEqualTo(StepScripts.THREE_STEPS_TEXT);
        ChatCompletion reply = accumulated(chunks);
        assertThat(reply.choices().get(0).message().content()).hasValue("It is 42.");
        assertUsageOfFourCalls(reply.usage().orElseThrow());
    }

    @InContainers
    void acceptsTheTrace(GatewayFixture fixture) {
        for (boolean usage : new boolean[] {false, true}) {
            fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));

            List<ChatCompletionChunk> chunks = streamed(
                    client(fixture),
                    question("?")
                            .streamOptions(ChatCompletionStreamOptions.builder()
                                    .includeUsage(usage)
                                    .putAdditionalProperty("include_trace", JsonValue.from(true))
                                    .build())
                            .build());

            assertThat(chunks.stream()
                            .filter(chunk -> chunk.choices().isEmpty())
                            .map(chunk -> chunk._allProperties().get("x_o1")))
                    .hasSizeGreaterThan(9)
                    .doesNotContainNull();
            assertThat(reasoning(chunks)).isEqualTo(StepScripts.THREE_STEPS_TEXT);
            // after the finish reason the client's accumulator accepts only a chunk with usage
            ChatCompletion reply = accumulated(usage ? chunks : chunks.subList(0, chunks.size() - 1));
            assertThat(reply.choices().get(0).message().content()).hasValue("It is 42.");
            assertThat(reply.usage().isPresent()).isEqualTo(usage);
        }
    }

    @InContainers
    void streamsUsageOnRequestOnly(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));

        assertThat(streamed(client(fixture), question("?").build()))
                .allMatch(chunk -> chunk.usage().isEmpty());
    }

    @InContainers
    void setsTheReasoningEffort(GatewayFixture fixture) {
        fixture.script(Script.answer("Hi."));

        ChatCompletion reply = client(fixture)
                .chat()
                .completions()
                .create(question("Hello").reasoningEffort(ReasoningEffort.NONE).build());

        assertThat(reply.choices().get(0).message().content()).hasValue("Hi.");
        assertThat(fixture.requests()).hasSize(1);
    }

    private static FunctionDefinition tool(String name) {
        return FunctionDefinition.builder()
                .name(name)
                .parameters(FunctionParameters.builder()
                        .putAdditionalProperty("type", JsonValue.from("object"))
                        .putAdditionalProperty("properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                        .build())
                .build();
    }

    private static List<ChatCompletionMessageFunctionToolCall> calls(ChatCompletion reply) {
        ChatCompletion.Choice choice = reply.choices().get(0);
        assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
        return choice.message().toolCalls().orElseThrow().stream()
                .map(ChatCompletionMessageToolCall::asFunction)
                .toList();
    }

    @InContainers
    void callsAToolAndUsesItsResult(GatewayFixture fixture) {
        ChatCompletionCreateParams.Builder request = question("Rain in Rome?").addFunctionTool(tool("weather"));
        fixture.script(StepScripts.threeStepsThenAnswer(Script.toolCalls("weather", "{\"city\": \"Rome\"}")));
        ChatCompletion reply = client(fixture).chat().completions().create(request.build());

        assertThat(calls(reply)).singleElement().satisfies(call -> {
            assertThat(call.id()).isEqualTo("call_1");
            assertThat(call.function().name()).isEqualTo("weather");
            assertThat(call.function().arguments()).isEqualTo("{\"city\": \"Rome\"}");
        });

        request.addMessage(reply.choices().get(0).message())
                .addMessage(ChatCompletionToolMessageParam.builder()
                        .toolCallId("call_1")
                        .content("dry")
                        .build());
        fixture.script(StepScripts.threeStepsThenAnswer("No rain."));
        ChatCompletion end = client(fixture).chat().completions().create(request.build());

        assertThat(end.choices().get(0).message().content()).hasValue("No rain.");
        assertThat(fixture.request(3).body().at("/messages/2/tool_calls/0/id").asText())
                .isEqualTo("call_1");
        assertThat(fixture.request(3).body().at("/messages/3/tool_call_id").asText())
                .isEqualTo("call_1");
        assertThat(fixture.request(0).text()).doesNotContain("reasoning_content");
    }

    @InContainers
    void streamsParallelToolCalls(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer(
                Script.toolCalls("weather", "{\"city\": \"Rome\"}", "weather", "{\"city\": \"Oslo\"}")));

        List<ChatCompletionChunk> chunks = streamed(
                client(fixture),
                question("Rain in Rome and Oslo?")
                        .addFunctionTool(tool("weather"))
                        .parallelToolCalls(true)
                        .build());

        assertThat(reasoning(chunks)).isEqualTo(StepScripts.THREE_STEPS_TEXT);
        assertThat(calls(accumulated(chunks)))
                .extracting(call -> call.id() + " " + call.function().arguments())
                .containsExactly("call_1 {\"city\": \"Rome\"}", "call_2 {\"city\": \"Oslo\"}");
        assertThat(fixture.request(3).body().path("parallel_tool_calls").asBoolean())
                .isTrue();
        assertThat(fixture.request(2).body().has("parallel_tool_calls")).isFalse();
    }

    @InContainers
    void forcesATool(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer(Script.toolCalls("weather", "{}")));

        ChatCompletion reply = client(fixture)
                .chat()
                .completions()
                .create(question("?")
                        .addFunctionTool(tool("weather"))
                        .addFunctionTool(tool("time"))
                        .toolChoice(ChatCompletionNamedToolChoice.builder()
                                .function(ChatCompletionNamedToolChoice.Function.builder()
                                        .name("weather")
                                        .build())
                                .build())
                        .build());

        assertThat(calls(reply)).hasSize(1);
        assertThat(fixture.requests().stream()
                        .map(request -> request.body().path("tool_choice").toString()))
                .containsExactly(
                        "\"none\"",
                        "\"none\"",
                        "\"none\"",
                        "{\"function\":{\"name\":\"weather\"},\"type\":\"function\"}");
    }

    @InContainers
    void getsAStructuredAnswerWhateverTheReasoningFormat(GatewayFixture fixture) {
        ResponseFormatJsonSchema format = ResponseFormatJsonSchema.builder()
                .jsonSchema(ResponseFormatJsonSchema.JsonSchema.builder()
                        .name("x")
                        .schema(ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .build())
                        .build())
                .build();
        for (String where : List.of("think", "markdown", "details")) {
            fixture.script(StepScripts.threeStepsThenAnswer("{\"x\": 1}"));
            List<ChatCompletionChunk> chunks = streamed(
                    client(fixture),
                    question("?")
                            .responseFormat(format)
                            .putAdditionalBodyProperty("reasoning_format", JsonValue.from(where))
                            .build());
            assertThat(accumulated(chunks).choices().get(0).message().content())
                    .as(where)
                    .hasValue("{\"x\": 1}");
            assertThat(reasoning(chunks)).as(where).isEqualTo(StepScripts.THREE_STEPS_TEXT);
            assertThat(fixture.request(3).body().at("/response_format/json_schema/schema"))
                    .hasToString("{\"type\":\"object\"}");
            assertThat(fixture.request(2).asksForJson()).isTrue();
        }
    }

    private static <T extends OpenAIServiceException> T failure(Class<T> as, OpenAIClient client, String model) {
        ChatCompletionCreateParams request = question("?")
                .model(model)
                .putAdditionalBodyProperty("x", JsonValue.from(1))
                .build();
        T notStreamed =
                catchThrowableOfType(as, () -> client.chat().completions().create(request));
        T onStream = catchThrowableOfType(as, () -> streamed(client, request));
        assertThat(onStream.code()).isEqualTo(notStreamed.code());
        assertThat(onStream.statusCode()).isEqualTo(notStreamed.statusCode());
        return notStreamed;
    }

    @InContainers(config = "presets: { thinker: { model: fake-model } }")
    void throwsTheExceptionOfTheStatus(GatewayFixture fixture) {
        assertThat(failure(UnauthorizedException.class, client(fixture, "sk-wrong"), "thinker")
                        .code())
                .hasValue("invalid_api_key");
        assertThat(failure(NotFoundException.class, client(fixture), "thinker-2")
                        .code())
                .hasValue("model_not_found");
        fixture.dispatch(request -> Script.error(400, "No images, please."));
        assertThat(failure(BadRequestException.class, client(fixture), "thinker"))
                .hasMessageContaining("No images, please.");
        fixture.dispatch(request -> Script.error(429, "slow down", "Retry-After: 30"));
        RateLimitException limited = failure(RateLimitException.class, client(fixture), "thinker");
        assertThat(limited.code()).hasValue("upstream_rate_limit");
        assertThat(limited.headers().values("Retry-After")).containsExactly("30");
    }

    @InContainers
    void namesTheInvalidField(GatewayFixture fixture) {
        BadRequestException rejected = catchThrowableOfType(
                BadRequestException.class,
                () -> client(fixture)
                        .chat()
                        .completions()
                        .create(question("?").n(2).build()));

        assertThat(rejected.param()).hasValue("n");
        assertThat(rejected.type()).hasValue("invalid_request_error");
    }

    @InContainers
    void throwsIfAStartedStreamFails(GatewayFixture fixture) {
        fixture.script(exchange -> exchange.stream().text("It is").reset());

        SseException failure = catchThrowableOfType(
                SseException.class,
                () -> streamed(
                        client(fixture),
                        question("?").reasoningEffort(ReasoningEffort.NONE).build()));

        assertThat(failure.code()).hasValue("upstream_failed");
    }

    @InContainers
    void cancelsTheCallByClosingTheStream(GatewayFixture fixture) {
        fixture.script(exchange -> exchange.stream().text("It").awaitDisconnect());

        try (StreamResponse<ChatCompletionChunk> chunks = client(fixture)
                .chat()
                .completions()
                .createStreaming(
                        question("?").reasoningEffort(ReasoningEffort.NONE).build())) {
            Iterator<ChatCompletionChunk> all = chunks.stream().iterator();
            String shown = "";
            while (shown.isEmpty()) {
                shown = all.next().choices().get(0).delta().content().orElse("");
            }
            assertThat(shown).isEqualTo("It");
        }

        fixture.awaitAborted(TIMEOUT);
    }

    @InContainers(config = "presets: { thinker: { model: fake-model } }")
    void listsTheModels(GatewayFixture fixture) {
        assertThat(client(fixture).models().list().data()).singleElement().satisfies(model -> {
            assertThat(model.validate().id()).isEqualTo("thinker");
            assertThat(model.ownedBy()).isEqualTo("o1-api");
        });
        assertThat(client(fixture).models().retrieve("thinker").id()).isEqualTo("thinker");
        assertThat(catchThrowableOfType(
                                NotFoundException.class,
                                () -> client(fixture).models().retrieve("thinker-2"))
                        .code())
                .hasValue("model_not_found");
    }
}
