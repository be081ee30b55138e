package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseIncludable;
import com.openai.models.responses.ResponseItem;
import com.openai.models.responses.ResponseReasoningItem;
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
}
