package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.function.FunctionToolCallback;

/** Spring AI's unmodified OpenAI client. */
class SpringAiIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private static OpenAiChatOptions.Builder options(GatewayFixture fixture) {
        return OpenAiChatOptions.builder()
                .baseUrl(fixture.gateway().url() + "/v1")
                .apiKey(GatewayFixture.KEY)
                .maxRetries(0)
                .model("thinker");
    }

    private static OpenAiChatModel model(OpenAiChatOptions.Builder options) {
        return OpenAiChatModel.builder().options(options.build()).build();
    }

    private static AssistantMessage message(ChatResponse response) {
        return Objects.requireNonNull(response.getResult()).getOutput();
    }

    private static Object reasoning(AssistantMessage message) {
        Object text = message.getMetadata().get("reasoningContent");
        return text == null ? "" : text;
    }

    private static void assertUsageOfFourCalls(Usage usage) {
        assertThat(usage.getPromptTokens()).isEqualTo(10);
        assertThat(usage.getCompletionTokens()).isEqualTo(20);
        assertThat(usage.getTotalTokens()).isEqualTo(30);
    }

    @InContainers
    void getsTheAnswerTheReasoningAndTheUsage(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));

        ChatResponse response = model(options(fixture)).call(new Prompt("?"));

        assertThat(message(response).getText()).isEqualTo("It is 42.");
        assertThat(reasoning(message(response))).isEqualTo(StepScripts.THREE_STEPS_TEXT);
        assertUsageOfFourCalls(response.getMetadata().getUsage());
    }

    private static List<ChatResponse> streamed(OpenAiChatModel model, Prompt prompt) {
        return Objects.requireNonNull(model.stream(prompt).collectList().block(Duration.ofSeconds(20)));
    }

    private static List<AssistantMessage> messages(List<ChatResponse> responses) {
        return responses.stream()
                .filter(response -> response.getResult() != null)
                .map(SpringAiIT::message)
                .toList();
    }

    @InContainers
    void streamsTheReasoningTheAnswerAndTheUsage(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));

        List<ChatResponse> responses = streamed(model(options(fixture).streamUsage(true)), new Prompt("?"));

        assertThat(messages(responses).stream()
                        .map(AssistantMessage::getText)
                        .filter(Objects::nonNull)
                        .collect(Collectors.joining()))
                .isEqualTo("It is 42.");
        List<AssistantMessage> messages = messages(responses); // each contains all reasoning so far
        assertThat(reasoning(messages.get(messages.size() - 1))).isEqualTo(StepScripts.THREE_STEPS_TEXT);
        assertUsageOfFourCalls(responses.get(responses.size() - 1).getMetadata().getUsage());
    }

    /** The arguments of the tool. */
    record WeatherQuery(String city) {}

    private static ToolCallback weather() {
        return FunctionToolCallback.builder("weather", (WeatherQuery place) -> "dry in " + place.city())
                .description("Tells the weather")
                .inputType(WeatherQuery.class)
                .build();
    }

    @InContainers
    void callsAToolAndUsesItsResult(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer(Script.toolCalls("weather", "{\"city\": \"Rome\"}")));
        OpenAiChatModel model = model(options(fixture).toolCallbacks(weather()));
        UserMessage question = new UserMessage("Rain in Rome?");

        AssistantMessage called = message(model.call(new Prompt(question)));

        assertThat(called.getToolCalls()).singleElement().satisfies(call -> {
            assertThat(call.id()).isEqualTo("call_1");
            assertThat(call.name()).isEqualTo("weather");
            assertThat(call.arguments()).isEqualTo("{\"city\": \"Rome\"}");
        });

        fixture.script(StepScripts.threeStepsThenAnswer("No rain."));
        ToolResponseMessage result = ToolResponseMessage.builder()
                .responses(List.of(new ToolResponseMessage.ToolResponse("call_1", "weather", "dry")))
                .build();
        ChatResponse end = model.call(new Prompt(List.of(question, called, result)));

        assertThat(message(end).getText()).isEqualTo("No rain.");
        assertThat(fixture.request(0).body().at("/messages/3/content").asText()).isEqualTo("dry");
    }

    @InContainers
    void streamsParallelToolCalls(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer(
                Script.toolCalls("weather", "{\"city\": \"Rome\"}", "weather", "{\"city\": \"Oslo\"}")));

        List<ChatResponse> responses = streamed(
                model(options(fixture)
                        .toolCallbacks(weather())
                        .toolChoice("required")
                        .parallelToolCalls(true)),
                new Prompt("Rain?"));

        assertThat(messages(responses).stream().flatMap(message -> message.getToolCalls().stream()))
                .extracting(call -> call.id() + " " + call.arguments())
                .containsExactly("call_1 {\"city\": \"Rome\"}", "call_2 {\"city\": \"Oslo\"}");
    }

    @InContainers
    void getsAStructuredAnswer(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("{\"prime\": false}"));

        ChatResponse response = model(options(fixture)
                        .outputSchema("{\"type\": \"object\", \"properties\": {\"prime\": {\"type\": \"boolean\"}}}"))
                .call(new Prompt("Is 91 prime?"));

        assertThat(message(response).getText()).isEqualTo("{\"prime\": false}");
        assertThat(fixture.request(3).body().at("/response_format/type").asText())
                .isEqualTo("json_schema");
    }

    private static void assertFailsWith(OpenAiChatOptions.Builder options, Class<? extends Throwable> as) {
        assertThatThrownBy(() -> model(options).call(new Prompt("?"))).isInstanceOf(as);
        assertThatThrownBy(() -> streamed(model(options), new Prompt("?")))
                .satisfiesAnyOf(
                        failure -> assertThat(failure).isInstanceOf(as),
                        failure -> assertThat(failure).hasCauseInstanceOf(as));
    }

    @InContainers(config = "presets: { thinker: { model: fake-model } }")
    void throwsTheExceptionOfTheStatus(GatewayFixture fixture) {
        assertFailsWith(options(fixture).apiKey("sk-wrong"), UnauthorizedException.class);
        assertFailsWith(options(fixture).model("thinker-2"), NotFoundException.class);
        fixture.dispatch(request -> Script.error(400, "No images, please."));
        assertFailsWith(options(fixture), BadRequestException.class);
        fixture.dispatch(request -> Script.error(429, "slow down"));
        assertFailsWith(options(fixture), RateLimitException.class);
    }

    @InContainers
    void cancelsTheCall(GatewayFixture fixture) {
        fixture.script(exchange -> exchange.stream().text("It").awaitDisconnect());

        model(options(fixture).reasoningEffort("none")).stream(new Prompt("?"))
                .filter(response -> response.getResult() != null
                        && "It".equals(message(response).getText()))
                .blockFirst(Duration.ofSeconds(20));

        fixture.awaitAborted(TIMEOUT);
    }
}
