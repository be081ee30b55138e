package org.o1api.api.responses;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.o1api.api.ApiSettings;
import org.o1api.model.Cancellation;
import org.o1api.model.Message;
import org.o1api.model.Mode;
import org.o1api.model.UsageReport;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.TestPresets;
import org.o1api.reasoning.TestStrategy;
import org.o1api.testing.ResponseSchema;
import org.o1api.turn.TurnFixture;

/** The events of a stream that do not depend on the turn. */
class ResponseTurnTest {
    private static final ResponseRequest REQUEST = ResponseRequestReader.read(
            "{\"input\": \"Hi\"}".getBytes(StandardCharsets.UTF_8), ApiSettings.RequestLimits.DEFAULT);

    private final ResponseTurn turn = new ResponseTurn(
            TurnFixture.request(
                    TestPresets.preset(TestStrategy.EMPTY),
                    null,
                    new Prompt(List.of(Message.user("Hi")), Map.of(), null, Map.of(), null),
                    new Cancellation(),
                    null),
            new ResponseObject("resp_1", 5, "thinker", REQUEST.settings(null, Mode.STANDARD), UsageReport.ANSWER),
            REQUEST.tools(),
            1,
            true);

    private static String data(String event) {
        return event.substring(event.indexOf("data: ") + "data: ".length());
    }

    @Test
    void opensWithTwoEvents() {
        String[] events = new String(turn.openingEvent(), StandardCharsets.UTF_8).split("\n\n");
        assertThat(events).hasSize(2);
        assertThat(events[0]).startsWith("event: response.created\n").contains("\"sequence_number\":0");
        assertThat(events[1]).startsWith("event: response.in_progress\n").contains("\"sequence_number\":1");
        for (String event : events) {
            ResponseSchema.checkEvent(data(event));
        }
    }

    @Test
    void endsUnexpectedlyWithAValidEvent() {
        String event = new String(turn.unexpectedEvent(), StandardCharsets.UTF_8);
        assertThat(event).startsWith("event: error\n").endsWith("\n\n");
        ResponseSchema.checkEvent(data(event.strip()));
    }
}
