package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.function.UnaryOperator;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.InOneContainer;
import org.o1api.testing.Script;

/** Provider extensions that are forwarded unchanged: images, and additional fields of tool calls. */
@InOneContainer
class ProviderExtensionsIT {
    private static final String NO_REASONING = "\"reasoning_effort\": \"none\"";

    /** Contains a number that a double cannot represent, and a line separator. */
    private static final String IMAGE =
            "{ \"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,iVBORw0KGgo=\"},\"n\":1E400,\"s\":\"\u2028\"}";

    private static final String IMAGE_SENT = IMAGE.replace("\u2028", "\\u2028");

    private static final String CALL = "{\"index\":0,\"id\":\"fc-1\",\"type\":\"function\","
            + "\"extra_content\":{\"google\": {\"thought_signature\":\"U0lH\",\"n\":1.50}},"
            + "\"function\":{\"name\":\"weather\",\"arguments\":\"{}\",\"x\":[1.0]}}";

    private static final String TOOLS =
            "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"parameters\": {}}}]";

    private static Script image() {
        return exchange -> exchange.stream()
                .text("Here: ")
                .delta("{\"images\":[" + IMAGE + "]}")
                .text("done.")
                .finish("stop")
                .usage(10, 5)
                .done();
    }

    private static Script call() {
        return exchange -> exchange.stream()
                .delta("{\"tool_calls\":[" + CALL + "]}")
                .finish("stop")
                .usage(10, 5)
                .done();
    }

    @InContainers
    void streamsAnImageBetweenTheTexts(GatewayFixture fixture) {
        fixture.script(image());
        try (ChatClient.Stream stream = fixture.client().streamQuestion("Draw a dot.", NO_REASONING)) {
            List<Event> events = stream.remainingEvents();
            assertThat(ChatClient.content(events)).isEqualTo("Here: done.");
            List<Event> images = events.stream()
                    .filter(event -> event.data().contains("\"images\""))
                    .toList();
            assertThat(images).hasSize(1);
            assertThat(images.get(0).data()).contains("\"delta\":{\"images\":[" + IMAGE_SENT + "]}");
            assertThat(events.indexOf(images.get(0))).isBetween(2, events.size() - 4);
        }
    }

    @InContainers
    void sendsAnImageWithTheMessage(GatewayFixture fixture) {
        String pretty = IMAGE.replace(",\"", ",\n  \"");
        fixture.script(Script.status(
                200,
                "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,\"images\":[\n"
                        + pretty + "]},\"finish_reason\":\"stop\"}]}"));
        JsonResponse answer = fixture.client().postQuestion("Draw a dot.", NO_REASONING);
        assertThat(answer.content()).isEmpty();
        assertThat(answer.response().body())
                .contains("\"images\":[" + pretty.replace('\n', ' ').replace("\u2028", "\\u2028") + "]");
    }

    @InContainers
    void doesNotSendImagesOfSteps(GatewayFixture fixture) {
        Script image = exchange -> exchange.stream()
                .delta("{\"images\":[" + IMAGE + "]}")
                .text("{\"title\":\"T\",\"content\":\"c\",\"next_action\":\"final_answer\"}")
                .finish("stop")
                .done();
        fixture.script(image, Script.answer("Well."));
        JsonResponse answer = fixture.client().postQuestion("?", "\"reasoning_effort\": \"minimal\"");
        assertThat(answer.content()).isEqualTo("Well.");
        assertThat(answer.reasoning()).contains("T\nc");
        assertThat(answer.response().body()).doesNotContain("images");
    }

    @InContainers
    void replaysAnImageButSendsItToNoModel(GatewayFixture fixture) {
        fixture.script(image());
        String body = "{\"conversation_id\": \"draws\", " + NO_REASONING
                + ", \"messages\": [{\"role\": \"user\", \"content\": \"Draw a dot.\"}]}";
        JsonResponse first = fixture.client().send("/v1/chat/completions", idempotentPost(body));
        JsonNode message = first.json().at("/choices/0/message");
        assertThat(message.at("/images/0/image_url/url").asText()).startsWith("data:image/png");
        JsonResponse again = fixture.client().send("/v1/chat/completions", idempotentPost(body));
        assertThat(again.json().at("/choices/0/message/images/0/image_url"))
                .isEqualTo(message.at("/images/0/image_url"));
        assertThat(again.content()).isEqualTo("Here: done.");
        assertThat(fixture.requests()).hasSize(1);

        fixture.script(Script.answer("Yes."));
        fixture.client().postQuestion("Sure?", "\"conversation_id\": \"draws\"", NO_REASONING);
        assertThat(fixture.request(0).text()).contains("Here: done.").doesNotContain("image");
    }

    @InContainers
    void forwardsUnknownFieldsOfAToolCall(GatewayFixture fixture) {
        fixture.script(call(), call());
        try (ChatClient.Stream stream = fixture.client().streamQuestion("Weather?", NO_REASONING, TOOLS)) {
            assertThat(stream.remainingEvents())
                    .anySatisfy(event -> assertThat(event.data())
                            .contains("\"extra_content\":{\"google\": {\"thought_signature\":\"U0lH\",\"n\":1.50}}")
                            .contains("\"arguments\":\"{}\",\"x\":[1.0]}"));
        }
        JsonResponse jsonReply = fixture.client().postQuestion("Weather?", NO_REASONING, TOOLS);
        assertThat(jsonReply.response().body())
                .contains(
                        "\"arguments\":\"{}\",\"x\":[1.0]},\"extra_content\":{\"google\": {\"thought_signature\":\"U0lH\",\"n\":1.50}}");
    }

    @InContainers
    void storesUnknownFieldsOfAToolCall(GatewayFixture fixture) {
        fixture.script(call());
        String body = "{\"conversation_id\": \"signs\", " + NO_REASONING + ", " + TOOLS
                + ", \"messages\": [{\"role\": \"user\", \"content\": \"Weather?\"}]}";
        JsonNode first = fixture.client()
                .send("/v1/chat/completions", idempotentPost(body))
                .json();
        JsonNode again = fixture.client()
                .send("/v1/chat/completions", idempotentPost(body))
                .json();
        assertThat(again.at("/choices/0/message")).isEqualTo(first.at("/choices/0/message"));

        fixture.script(Script.answer("Sunny."));
        fixture.client()
                .post("{\"conversation_id\": \"signs\", " + NO_REASONING + ", " + TOOLS
                        + ", \"messages\": [{\"role\": \"tool\", \"tool_call_id\": \"fc-1\", \"content\": \"25 C\"}]}");
        JsonNode called = fixture.request(0).body().at("/messages/1/tool_calls/0");
        assertThat(called.at("/extra_content/google/thought_signature").asText())
                .isEqualTo("U0lH");
        assertThat(called.at("/function/x/0").asInt()).isEqualTo(1);
        assertThat(called.has("index")).isFalse();
    }

    private static UnaryOperator<HttpRequest.Builder> idempotentPost(String body) {
        return request -> ChatClient.postJson(body).apply(request.header("Idempotency-Key", "k"));
    }
}
