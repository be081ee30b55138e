package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.Reasoning;
import com.openai.models.ReasoningEffort;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseError;
import com.openai.models.responses.ResponseFunctionToolCall;
import com.openai.models.responses.ResponseIncludable;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ResponseItem;
import com.openai.models.responses.ResponseReasoningItem;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import com.openai.models.responses.inputitems.InputItemListParams;
import com.openai.models.responses.inputtokens.InputTokenCountParams;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** OpenAI's unmodified Java client in its Responses mode. */
class OpenAiJavaResponsesIT {
    private static OpenAIClient client(GatewayFixture fixture) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(fixture.gateway().url() + "/v1")
                .apiKey(GatewayFixture.KEY)
                .maxRetries(0)
                .build();
    }

    private static ResponseCreateParams.Builder question(String question) {
        return ResponseCreateParams.builder().model("thinker").input(question);
    }

    private static String text(Response response) {
        return response.output().stream()
                .flatMap(item -> item.message().stream())
                .flatMap(message -> message.content().stream())
                .map(part -> part.asOutputText().text())
                .collect(Collectors.joining());
    }

    private static Response streamed(OpenAIClient client, ResponseCreateParams request) {
        ResponseAccumulator accumulator = ResponseAccumulator.create();
        try (StreamResponse<ResponseStreamEvent> events = client.responses().createStreaming(request)) {
            events.stream().map(ResponseStreamEvent::validate).forEach(accumulator::accumulate);
        }
        return accumulator.response();
    }

    @InContainers
    void supportsTheWholeLifeOfAResponse(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("It is 42."));
        OpenAIClient client = client(fixture);

        Response first = streamed(client, question("6 x 7?").build()).validate();
        assertThat(text(first)).isEqualTo("It is 42.");
        assertThat(first.output().get(0).asReasoning().summary())
                .extracting(ResponseReasoningItem.Summary::text)
                .containsExactly("**First**\n\none", "**Second**\n\ntwo", "**Third**\n\nthree");
        assertThat(client.responses().retrieve(first.id()).validate()).isEqualTo(first);

        fixture.script(StepScripts.threeStepsThenAnswer("43."));
        Response second = client.responses()
                .create(question("And one more?")
                        .previousResponseId(first.id())
                        .addInclude(ResponseIncludable.REASONING_ENCRYPTED_CONTENT)
                        .build())
                .validate();
        assertThat(fixture.request(0).text()).contains("It is 42.");
        assertThat(second.previousResponseId()).hasValue(first.id());
        assertThat(second.output().get(0).asReasoning().encryptedContent()).isPresent();

        List<ResponseItem> input = new ArrayList<>();
        client.responses()
                .inputItems()
                .list(InputItemListParams.builder()
                        .responseId(second.id())
                        .limit(1)
                        .build())
                .autoPager()
                .forEach(input::add);
        assertThat(input).hasSize(1).allSatisfy(ResponseItem::validate);

        client.responses().delete(first.id());
        assertThatThrownBy(() -> client.responses().retrieve(first.id())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> client.responses()
                        .create(question("?").previousResponseId(second.id()).build()))
                .isInstanceOf(NotFoundException.class);
        client.close();
    }

    @InContainers
    void countsInputTokens(GatewayFixture fixture) {
        fixture.script(Script.answer("unused"));
        OpenAIClient client = client(fixture);
        assertThat(client.responses()
                        .inputTokens()
                        .count(InputTokenCountParams.builder()
                                .model("thinker")
                                .input("6 x 7?")
                                .build())
                        .validate()
                        .inputTokens())
                .isGreaterThan(5);
        assertThat(fixture.requests()).isEmpty();
        client.close();
    }

    @InContainers
    void callsAToolAndUsesItsResult(GatewayFixture fixture) {
        OpenAIClient client = client(fixture);
        FunctionTool weather = FunctionTool.builder()
                .name("weather")
                .strict(false)
                .parameters(FunctionTool.Parameters.builder()
                        .putAdditionalProperty("type", JsonValue.from("object"))
                        .build())
                .build();
        fixture.script(StepScripts.threeStepsThenAnswer(Script.toolCalls("weather", "{\"city\": \"Rome\"}")));
        Response called = streamed(
                        client, question("Rain in Rome?").addTool(weather).build())
                .validate();
        ResponseFunctionToolCall call = called.output().stream()
                .flatMap(item -> item.functionCall().stream())
                .findFirst()
                .orElseThrow();
        assertThat(call.name()).isEqualTo("weather");
        assertThat(call.arguments()).isEqualTo("{\"city\": \"Rome\"}");

        fixture.script(StepScripts.threeStepsThenAnswer("No rain."));
        ResponseInputItem output = ResponseInputItem.ofFunctionCallOutput(ResponseInputItem.FunctionCallOutput.builder()
                .callId(call.callId())
                .output("dry")
                .build());
        Response answer = client.responses()
                .create(ResponseCreateParams.builder()
                        .model("thinker")
                        .previousResponseId(called.id())
                        .inputOfResponse(List.of(output))
                        .addTool(weather)
                        .build())
                .validate();
        assertThat(text(answer)).isEqualTo("No rain.");
        assertThat(fixture.request(0).text()).contains("Rome", "dry");
        client.close();
    }

    @InContainers
    void reportsFailures(GatewayFixture fixture) {
        OpenAIClient client = client(fixture);
        assertThatThrownBy(() ->
                        client.responses().create(question("?").temperature(3).build()))
                .isInstanceOfSatisfying(
                        BadRequestException.class, e -> assertThat(e.param()).hasValue("temperature"));

        fixture.dispatch(request -> exchange -> exchange.stream().text("It is").reset());
        Response failed = streamed(
                client,
                question("?")
                        .reasoning(
                                Reasoning.builder().effort(ReasoningEffort.NONE).build())
                        .build());
        assertThat(failed.status()).hasValue(ResponseStatus.FAILED);
        assertThat(failed.error().orElseThrow().code()).isEqualTo(ResponseError.Code.SERVER_ERROR);
        client.close();
    }
}
