package org.o1api.api.responses;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.o1api.api.RequestException;
import org.o1api.api.SurfaceTurn;
import org.o1api.json.Json;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnUsage;
import org.o1api.model.UsageReport;
import org.o1api.reasoning.TurnClient;
import org.o1api.server.RecordedStream;
import org.o1api.testing.ResponseSchema;

/** The end of a response whose answer is complete when the store fails. */
class UnstoredResponseTest {
    private static final Pattern DATA = Pattern.compile("(?m)^data: (.*)$");
    private static final ResponseObject RESPONSE =
            new ResponseObject("resp_1", 5, "o1", settings(), UsageReport.ANSWER);
    private static final List<TurnEvent> EVENTS =
            List.of(new TurnEvent.AnswerText("Yes."), new TurnEvent.Completed(FinishReason.STOP, TurnUsage.NONE));

    private final RecordedStream recorded = new RecordedStream(new byte[0]);
    private final NumberedEvents encoder = new NumberedEvents(2);
    private final StreamingResponseWriter streaming =
            new StreamingResponseWriter(RESPONSE, encoder, output(encoder), recorded.stream());

    private static Map<String, RawJson> settings() {
        Map<String, RawJson> settings = ResponseSettings.defaults();
        settings.put("reasoning", new RawJson("{\"effort\":null,\"summary\":null}"));
        return settings;
    }

    private static ResponseOutput output(ResponseEvents events) {
        return new ResponseOutput(
                "0".repeat(32), new OutputForm(1, new ToolNames(List.of()), true, OutputForm.PLAIN), events);
    }

    private static List<JsonNode> responses(String events) {
        return DATA.matcher(events)
                .results()
                .map(data -> {
                    ResponseSchema.checkEvent(data.group(1));
                    return Json.tree(new RawJson(data.group(1))).path("response");
                })
                .filter(response -> !response.isMissingNode())
                .toList();
    }

    private static void complete(TurnClient writer, Consumer<TurnClient> afterwards) {
        EVENTS.forEach(writer::write);
        afterwards.accept(writer);
        writer.end();
    }

    @Test
    void saysInItsLastEventWhetherItIsStored() {
        complete(streaming, writer -> {});
        assertThat(responses(String.join("", recorded.writes())))
                .singleElement()
                .satisfies(response ->
                        assertThat(response.path("store").asBoolean()).isTrue());
    }

    @Test
    void saysInItsLastEventThatItIsNotStored() {
        complete(streaming, TurnClient::notStored);
        assertThat(responses(String.join("", recorded.writes())))
                .singleElement()
                .satisfies(response -> {
                    assertThat(response.path("store").asBoolean(true)).isFalse();
                    assertThat(response.path("status").asText()).isEqualTo("completed");
                    assertThat(response.at("/output/0/content/0/text").asText()).isEqualTo("Yes.");
                });
    }

    @Test
    void saysInItsObjectThatItIsNotStored() {
        List<String> sent = new ArrayList<>();
        ResponseWriter whole = new ResponseWriter(RESPONSE, output((type, fields) -> {}), new SurfaceTurn.JsonTarget() {
            @Override
            public void probe() {}

            @Override
            public void send(byte[] json) {
                sent.add(new String(json, StandardCharsets.UTF_8));
            }
        });
        complete(whole, TurnClient::notStored);
        ResponseSchema.check(sent.get(0));
        assertThat(Json.tree(new RawJson(sent.get(0))).path("store").asBoolean(true))
                .isFalse();
    }

    /** A response ends once: it is not complete if it had to be stored. */
    @Test
    void failsInsteadOfBeingCompleteIfItMustBeStored() {
        EVENTS.forEach(streaming::write);
        byte[] events = streaming.errorEvents(new RequestException(ErrorCode.STORE_UNAVAILABLE, null, "no"));
        assertThat(responses(new String(events, StandardCharsets.UTF_8)))
                .singleElement()
                .satisfies(
                        response -> assertThat(response.path("status").asText()).isEqualTo("failed"));
    }
}
