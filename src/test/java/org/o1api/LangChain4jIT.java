package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** LangChain4j's unmodified OpenAI client. */
class LangChain4jIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final ToolSpecification WEATHER = ToolSpecification.builder()
            .name("weather")
            .parameters(JsonObjectSchema.builder().addStringProperty("city").build())
            .build();

    private static OpenAiChatModel.OpenAiChatModelBuilder model(GatewayFixture fixture) {
        return OpenAiChatModel.builder()
                .baseUrl(fixture.gateway().url() + "/v1")
                .apiKey(GatewayFixture.KEY)
                .modelName("thinker")
                .returnThinking(true)
                .maxRetries(0);
    }

    private static OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder streaming(GatewayFixture fixture) {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(fixture.gateway().url() + "/v1")
                .apiKey(GatewayFixture.KEY)
                .modelName("thinker")
                .returnThinking(true);
    }

    private static ChatRequest.Builder question(String question) {
        return ChatRequest.builder().messages(UserMessage.from(question));
    }

    /** Collects a stream. */
    private static class Listener implements StreamingChatResponseHandler {
        final StringBuilder text = new StringBuilder();
        final StringBuilder thinking = new StringBuilder();
        final CompletableFuture<ChatResponse> response = new CompletableFuture<>();

        @Override
        public void onPartialResponse(String partial) {
            text.append(partial);
        }

        @Override
        public void onPartialThinking(PartialThinking partial) {
            thinking.append(partial.text());
        }

        @Override
        public void onCompleteResponse(ChatResponse complete) {
            response.complete(complete);
        }

        @Override
        public void onError(Throwable error) {
            response.completeExceptionally(error);
        }

        ChatResponse await(StreamingChatModel model, ChatRequest request) {
            model.chat(request, this);
            return response.orTimeout(20, TimeUnit.SECONDS).join();
        }
    }

    private static void assertUsageOfFourCalls(ChatResponse response) {
        OpenAiTokenUsage usage = (OpenAiTokenUsage) response.tokenUsage();
        assertThat(usage.inputTokenCount()).isEqualTo(10);
        assertThat(usage.outputTokenCount()).isEqualTo(20);
        assertThat(usage.totalTokenCount()).isEqualTo(30);
        assertThat(usage.outputTokensDetails().reasoningTokens()).isEqualTo(15);
    }

    @InContainers
    void getsTheAnswerTheReasoningAndTheUsage(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));

        ChatResponse response = model(fixture).build().chat(question("?").build());

        assertThat(response.aiMessage().text()).isEqualTo("It is 42.");
        assertThat(response.aiMessage().thinking()).isEqualTo(StepScripts.THREE_STEPS_TEXT);
        assertUsageOfFourCalls(response);
    }

    @InContainers
    void streamsTheReasoningTheAnswerAndTheUsage(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));

        Listener listener = new Listener();
        ChatResponse response =
                listener.await(streaming(fixture).build(), question("?").build());

        assertThat(listener.thinking.toString()).isEqualTo(StepScripts.THREE_STEPS_TEXT);
        assertThat(listener.text.toString()).isEqualTo("It is 42.");
        assertThat(response.aiMessage().text()).isEqualTo("It is 42.");
        assertThat(response.aiMessage().thinking()).isEqualTo(StepScripts.THREE_STEPS_TEXT);
        assertUsageOfFourCalls(response);
    }

    @InContainers
    void callsAToolAndUsesItsResult(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer(Script.toolCalls("weather", "{\"city\": \"Rome\"}")));
        ChatModel model = model(fixture).build();
        ChatRequest first = question("Rain in Rome?")
                .toolSpecifications(WEATHER)
                .toolChoice(ToolChoice.REQUIRED)
                .build();

        AiMessage called = model.chat(first).aiMessage();

        assertThat(called.toolExecutionRequests()).singleElement().satisfies(call -> {
            assertThat(call.id()).isEqualTo("call_1");
            assertThat(call.name()).isEqualTo("weather");
            assertThat(call.arguments()).isEqualTo("{\"city\": \"Rome\"}");
        });
        assertThat(fixture.request(3).body().path("tool_choice").asText()).isEqualTo("required");

        fixture.script(StepScripts.threeStepsThenAnswer("No rain."));
        ToolExecutionRequest call = called.toolExecutionRequests().get(0);
        ChatResponse end = model.chat(ChatRequest.builder()
                .messages(UserMessage.from("Rain in Rome?"), called, ToolExecutionResultMessage.from(call, "dry"))
                .toolSpecifications(WEATHER)
                .build());

        assertThat(end.aiMessage().text()).isEqualTo("No rain.");
        assertThat(fixture.request(0).body().at("/messages/3/content").asText()).isEqualTo("dry");
    }

    @InContainers
    void streamsParallelToolCalls(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer(
                Script.toolCalls("weather", "{\"city\": \"Rome\"}", "weather", "{\"city\": \"Oslo\"}")));

        Listener listener = new Listener();
        ChatResponse response = listener.await(
                streaming(fixture).parallelToolCalls(true).build(),
                question("Rain?").toolSpecifications(WEATHER).build());

        assertThat(listener.thinking.toString()).isEqualTo(StepScripts.THREE_STEPS_TEXT);
        assertThat(response.aiMessage().toolExecutionRequests())
                .extracting(call -> call.id() + " " + call.name() + " " + call.arguments())
                .containsExactly("call_1 weather {\"city\": \"Rome\"}", "call_2 weather {\"city\": \"Oslo\"}");
    }

    @InContainers
    void getsAStructuredAnswer(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("{\"prime\": \"no\"}"));

        ChatResponse response = model(fixture)
                .strictJsonSchema(true)
                .build()
                .chat(question("?")
                        .responseFormat(ResponseFormat.builder()
                                .type(ResponseFormatType.JSON)
                                .jsonSchema(JsonSchema.builder()
                                        .name("verdict")
                                        .rootElement(JsonObjectSchema.builder()
                                                .addStringProperty("prime")
                                                .build())
                                        .build())
                                .build())
                        .build());

        assertThat(response.aiMessage().text()).isEqualTo("{\"prime\": \"no\"}");
        assertThat(fixture.request(3)
                        .body()
                        .at("/response_format/json_schema/name")
                        .asText())
                .isEqualTo("verdict");
    }

    private static void assertFailsWith(
            GatewayFixture fixture, Class<? extends Throwable> as, String key, String model) {
        assertThatThrownBy(() ->
                        model(fixture).apiKey(key).modelName(model).build().chat("?"))
                .isInstanceOf(as);
        assertThatThrownBy(() -> new Listener()
                        .await(
                                streaming(fixture).apiKey(key).modelName(model).build(),
                                question("?").build()))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(as);
    }

    @InContainers(config = "presets: { thinker: { model: fake-model } }")
    void throwsTheExceptionOfTheStatus(GatewayFixture fixture) {
        assertFailsWith(fixture, AuthenticationException.class, "sk-wrong", "thinker");
        assertFailsWith(fixture, ModelNotFoundException.class, GatewayFixture.KEY, "thinker-2");
        fixture.dispatch(request -> Script.error(400, "No images, please."));
        assertFailsWith(fixture, InvalidRequestException.class, GatewayFixture.KEY, "thinker");
        fixture.dispatch(request -> Script.error(429, "slow down"));
        assertFailsWith(fixture, RateLimitException.class, GatewayFixture.KEY, "thinker");
    }

    @InContainers
    void reportsAnErrorInAStartedStream(GatewayFixture fixture) {
        fixture.script(exchange -> exchange.stream().text("It is").reset());

        Listener listener = new Listener();
        assertThatThrownBy(() -> listener.await(
                        streaming(fixture).reasoningEffort("none").build(),
                        question("?").build()))
                .isInstanceOf(CompletionException.class);
        assertThat(listener.text.toString()).isEqualTo("It is");
    }

    @InContainers
    void cancelsTheCall(GatewayFixture fixture) {
        fixture.script(exchange -> exchange.stream().text("It").awaitDisconnect());

        streaming(fixture).reasoningEffort("none").build().chat(question("?").build(), new Listener() {
            @Override
            public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
                context.streamingHandle().cancel();
            }
        });

        fixture.awaitAborted(TIMEOUT);
    }
}
