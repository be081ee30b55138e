package org.o1api.upstream.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.o1api.json.MessageJson;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.Content;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.Usage;
import org.o1api.reasoning.steps.StepsStrategyType;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.RetryBudget;
import org.o1api.upstream.UpstreamException;

class DemoUpstreamTest {
    private static final RawJson JSON_OBJECT = new RawJson("{\"type\":\"json_object\"}");
    private static final Message INSTRUCTIONS = Message.system("One JSON object a step, with \"next_action\".");

    private final Cancellation cancellation = new Cancellation();
    private final DemoUpstream upstream = demo(Duration.ZERO);

    private static DemoUpstream demo(Duration tokenDelay) {
        return new DemoUpstream("default", tokenDelay, List.of(new StepsStrategyType().demo()));
    }

    private static CallRequest request(Map<String, RawJson> fields, Message... messages) {
        return new CallRequest("demo", List.of(messages), fields, Set.of());
    }

    private String reply(CallRequest request) {
        StringBuilder reply = new StringBuilder();
        try (Call call = upstream.open(request, new CallContext(cancellation))) {
            for (Delta delta : call) {
                reply.append(((Delta.Text) delta).text());
            }
        }
        return reply.toString();
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    private static Call open(DemoUpstream upstream, Cancellation cancellation) {
        return upstream.open(request(Map.of(), Message.user("Why?")), new CallContext(cancellation));
    }

    @Test
    void followsTheStepProtocolAndQuotesTheQuestion() {
        List<Message> messages = new ArrayList<>(List.of(
                INSTRUCTIONS, Message.user("Hi"), Message.assistant("Hello"), Message.user("Why is \"it\"\n so 😀?")));
        List<String> titles = new ArrayList<>();
        String next = "continue";
        while (next.equals("continue")) {
            String reply = reply(request(Map.of("response_format", JSON_OBJECT), messages.toArray(Message[]::new)));
            JsonNode step = json(reply);
            titles.add(step.path("title").asText());
            next = step.path("next_action").asText();
            if (titles.size() == 1) {
                assertThat(step.path("content").asText()).contains("“Why is \"it\" so 😀?”");
            }
            messages.add(Message.assistant(reply));
            messages.add(Message.user("Go on."));
        }
        assertThat(titles).hasSize(4).doesNotHaveDuplicates();
        messages.set(messages.size() - 1, Message.user("Now give the final answer."));
        assertThat(reply(request(Map.of(), messages.toArray(Message[]::new))))
                .contains(
                        "Why is \"it\" so 😀?",
                        "demonstration",
                        "4 steps",
                        "default_api_url",
                        "model_provider_api_key",
                        "default_model",
                        "config.yaml",
                        "restart");
    }

    @Test
    void concludesAgainWhenAskedToCheck() {
        Message step = Message.assistant("{\"next_action\": \"final_answer\"}");
        Message check = Message.user("Check.");
        String reply = reply(request(
                Map.of("response_format", JSON_OBJECT),
                INSTRUCTIONS,
                Message.user("Why?"),
                step,
                check,
                step,
                check,
                step,
                check,
                step,
                check));
        assertThat(json(reply).path("next_action").asText()).isEqualTo("final_answer");
    }

    @Test
    void answersImmediatelyWithoutSteps() {
        assertThat(reply(request(Map.of(), Message.user("为什么？")))).contains("“为什么？”", "demonstration", "at once");
    }

    @Test
    void answersInJsonIfTheCallerRequestsJson() {
        String reply = reply(request(Map.of("response_format", JSON_OBJECT), Message.user("Why?")));
        assertThat(json(reply).path("answer").asText()).contains("demonstration");
        RawJson schema = new RawJson("{\"type\": \"json_schema\", \"json_schema\": {\"name\": \"text\"}}");
        assertThat(json(reply(request(Map.of("response_format", schema), Message.user("Why?"))))
                        .isObject())
                .isTrue();
        assertThat(reply(request(Map.of("response_format", new RawJson("{\"type\": \"text\"}")), Message.user("Why?"))))
                .startsWith("You asked");
    }

    @Test
    void quotesTheTextOfContentPartsUpToALimit() {
        Content parts = new Content.Parts(new RawJson("[{\"type\":\"text\",\"text\":\"" + "long ".repeat(100)
                + "\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}}]"));
        assertThat(reply(request(Map.of(), MessageJson.message(Role.USER, parts, Map.of()))))
                .containsPattern("“(long ){20,25}.{0,5}…”");
        assertThat(reply(request(Map.of(), Message.user("😀".repeat(100) + "x😀".repeat(100)))))
                .contains("😀…”");
    }

    @Test
    void reportsAcceptanceOnceAndStreamsSmallPieces() {
        AtomicInteger accepted = new AtomicInteger();
        int deltas = 0;
        CallContext context = new CallContext(cancellation, new RetryBudget(0), accepted::incrementAndGet);
        try (Call call = upstream.open(request(Map.of(), Message.user("Why?")), context)) {
            for (Delta delta : call) {
                assertThat(((Delta.Text) delta).text()).hasSizeBetween(1, 5);
                deltas++;
            }
            assertThat(call.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(call.usage()).isEqualTo(new Usage(1, 0, deltas, 0));
        }
        assertThat(accepted).hasValue(1);
    }

    @Test
    void stopsAtTheTokenLimit() {
        CallRequest request = request(Map.of("max_tokens", new RawJson("3")), Message.user("Why?"));
        try (Call call = upstream.open(request, new CallContext(cancellation))) {
            Iterator<Delta> deltas = call.iterator();
            for (int i = 0; i < 3; i++) {
                deltas.next();
            }
            assertThat(deltas.hasNext()).isFalse();
            assertThat(call.finishReason()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void endsImmediatelyWhenTheTurnIsCancelled() {
        DemoUpstream slow = demo(Duration.ofHours(1));
        try (Call call = open(slow, cancellation)) {
            Thread canceller = new Thread(() -> cancellation.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone"));
            canceller.start();
            assertThatThrownBy(() -> call.iterator().next())
                    .isInstanceOfSatisfying(
                            CancelledException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.CLIENT_DISCONNECTED));
        }
    }

    @Test
    void endsWhenTheCallOrTheUpstreamIsClosed() {
        Call closed = open(upstream, cancellation);
        Call open = open(upstream, cancellation);
        closed.close();
        assertThatThrownBy(() -> closed.iterator().next()).isInstanceOf(UpstreamException.class);
        upstream.close();
        assertThatThrownBy(() -> open.iterator().next())
                .isInstanceOfSatisfying(
                        UpstreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SHUTTING_DOWN));
        assertThatThrownBy(() -> open(upstream, cancellation)).isInstanceOf(UpstreamException.class);
    }
}
