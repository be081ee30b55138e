package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.RateLimitException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import com.anthropic.models.models.ModelInfo;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** Anthropic's unmodified Java client. */
class AnthropicJavaIT {
    private static AnthropicClient client(GatewayFixture fixture, String key) {
        return AnthropicOkHttpClient.builder()
                .baseUrl(fixture.gateway().url().toString())
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    private static MessageCreateParams.Builder question(String question) {
        return MessageCreateParams.builder().model("fake-model").maxTokens(4000).addUserMessage(question);
    }

    private static Message streamed(AnthropicClient client, MessageCreateParams request) {
        MessageAccumulator accumulator = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> events = client.messages().createStreaming(request)) {
            events.stream().map(RawMessageStreamEvent::validate).forEach(accumulator::accumulate);
        }
        return accumulator.message();
    }

    private static String thinking(Message message) {
        return message.content().get(0).asThinking().thinking().strip();
    }

    private static String text(Message message) {
        return message.content().stream()
                .flatMap(block -> block.text().stream())
                .map(block -> block.text())
                .collect(Collectors.joining());
    }

    @InContainers
    void getsTheReasoningAndTheAnswer(GatewayFixture fixture) {
        AnthropicClient client = client(fixture, GatewayFixture.KEY);
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));
        Message whole = client.messages().create(question("6 x 7?").build()).validate();
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));
        Message streamed = streamed(client, question("6 x 7?").build()).validate();

        for (Message message : List.of(whole, streamed)) {
            assertThat(thinking(message)).isEqualTo(StepScripts.THREE_STEPS_TEXT);
            assertThat(message.content().get(0).asThinking().signature()).isNotEmpty();
            assertThat(text(message)).isEqualTo("It is 42.");
            assertThat(message.stopReason()).hasValue(StopReason.END_TURN);
            assertThat(message.usage().outputTokens()).isEqualTo(20);
        }
        client.close();
    }

    @InContainers
    void callsAToolAndContinuesTheReasoning(GatewayFixture fixture) {
        AnthropicClient client = client(fixture, GatewayFixture.KEY);
        MessageCreateParams.Builder request = question("Weather in Paris?")
                .addTool(Tool.builder()
                        .name("get_weather")
                        .inputSchema(Tool.InputSchema.builder()
                                .type(JsonValue.from("object"))
                                .build())
                        .build());
        fixture.script(StepScripts.threeStepsThenAnswer(Script.toolCalls("get_weather", "{\"location\":\"Paris\"}")));
        Message first = streamed(client, request.build()).validate();
        assertThat(first.stopReason()).hasValue(StopReason.TOOL_USE);
        ToolUseBlock call = first.content().stream()
                .flatMap(block -> block.toolUse().stream())
                .findFirst()
                .orElseThrow();
        assertThat(call._input()).isEqualTo(JsonValue.from(Map.of("location", "Paris")));

        fixture.script(Script.answer(StepScripts.step("Done", "sunny", "final_answer")), Script.answer("Sunny."));
        Message second = client.messages()
                .create(request.addMessage(first)
                        .addUserMessageOfContentBlockParams(
                                List.of(ContentBlockParam.ofToolResult(ToolResultBlockParam.builder()
                                        .toolUseId(call.id())
                                        .content("sunny")
                                        .build())))
                        .build())
                .validate();
        assertThat(text(second)).isEqualTo("Sunny.");
        assertThat(fixture.request(0).text()).contains("Step 2: Second").contains("sunny");
        assertThat(second.content()).extracting(ContentBlock::isThinking).startsWith(true);
        client.close();
    }

    @InContainers
    void countsTokensAndListsModels(GatewayFixture fixture) {
        AnthropicClient client = client(fixture, GatewayFixture.KEY);
        fixture.script();
        assertThat(client.messages()
                        .countTokens(MessageCountTokensParams.builder()
                                .model("fake-model")
                                .addUserMessage("6 x 7?")
                                .build())
                        .validate()
                        .inputTokens())
                .isGreaterThan(5);
        List<ModelInfo> models = client.models().list().autoPager().stream().toList();
        assertThat(models).isNotEmpty();
        ModelInfo one = client.models().retrieve(models.get(0).id());
        assertThat(one.displayName()).isEqualTo(models.get(0).displayName());
        assertThat(one.createdAt()).isEqualTo(models.get(0).createdAt());
        client.close();
    }

    @InContainers(config = "presets: { thinker: { aliases: [fake-model] } }")
    void recognizesErrors(GatewayFixture fixture) {
        AnthropicClient client = client(fixture, GatewayFixture.KEY);
        MessageCreateParams request = question("?").build();
        fixture.dispatch(call -> Script.error(429, "slow", "Retry-After: 600"));
        assertThatThrownBy(() -> client.messages().create(request)).isInstanceOf(RateLimitException.class);
        assertThatThrownBy(() -> client.messages()
                        .create(request.toBuilder().model("unknown").build()))
                .isInstanceOf(NotFoundException.class);
        AnthropicClient wrong = client(fixture, "sk-wrong");
        assertThatThrownBy(() -> wrong.messages().create(request)).isInstanceOf(UnauthorizedException.class);
        wrong.close();
        fixture.dispatch(call -> exchange ->
                exchange.stream().text("{\"title\": \"A\", \"content\": \"It").reset());
        assertThatThrownBy(() -> streamed(client, request)).isInstanceOf(AnthropicServiceException.class);
        client.close();
    }
}
