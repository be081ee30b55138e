package org.o1api.api.responses;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestException;
import org.o1api.conversation.ConversationException;
import org.o1api.conversation.ConversationRef;
import org.o1api.model.Cancellation;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;
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
    private static final ResponseRequest REQUEST = ResponseRequestReader.readFields(
                    "{\"input\": \"Hi\"}", ApiSettings.RequestLimits.DEFAULT)
            .withInput(KnownItems.NONE);

    private final ResponseTurn turn = turn(new ConversationRef("team-a", "c", null));

    private static ResponseTurn turn(ConversationRef conversation) {
        return new ResponseTurn(
                TurnFixture.request(
                        TestPresets.preset(TestStrategy.EMPTY),
                        null,
                        new Prompt(List.of(Message.user("Hi")), Map.of(), null, Map.of(), null),
                        new Cancellation(),
                        conversation),
                new ResponseObject(
                        "resp_1", 5, "thinker", REQUEST.settings(null, Mode.STANDARD, true), UsageReport.ANSWER),
                new OutputForm(1, REQUEST.tools(), true, OutputForm.PLAIN));
    }

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

    /** Columns: whether the request names a conversation, the error, the field that its client reads, and the advice. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "true | NOT_FOUND | conversation | GET /v1/conversations lists the key's conversations.",
                "true | BUSY | conversation | Wait for its answer, then retry.",
                "false | CHANGED | | Send the request again.",
                "true | TOO_LONG | conversation | To start over, use another 'conversation'.",
                "false | TOO_LONG | | To start over, leave out 'previous_response_id'.",
                "true | NOTHING_NEW | input | Add a new message to 'input'.",
                "true | DIFFERS | input | GET /v1/conversations/ID/items lists what is stored. Send only the new messages in 'input',"
                        + " or use another 'conversation'.",
                "false | DIFFERS | input | GET /v1/responses/ID returns a stored response. Send only the new messages in 'input',"
                        + " or leave out 'previous_response_id'.",
                "false | PREVIOUS_RESPONSE_NOT_FOUND | previous_response_id | Send the whole conversation in 'input'.",
            })
    void namesTheFieldsOfThisApiInErrors(
            boolean named, ConversationException.Reason reason, @Nullable String param, String advice) {
        ConversationRef conversation =
                named ? new ConversationRef("team-a", "c", null) : ConversationRef.unnamed("team-a", null);
        ConversationException failure = new ConversationException(reason, "It is wrong.");
        GatewayException own = turn(conversation).conversationTerms().of(failure);
        assertThat(own.param()).isEqualTo(param);
        assertThat(own).hasMessage("It is wrong. " + advice).hasCause(failure);
        assertThat(own.code()).isEqualTo(failure.code());
        assertThat(own.retryAfter()).isEqualTo(failure.retryAfter());
        assertThat(turn.conversationTerms().of(own)).isSameAs(own);
    }

    @Test
    void leavesOtherErrorsAlone() {
        GatewayException other = new RequestException(ErrorCode.INVALID_REQUEST, "messages", "'messages'");
        assertThat(turn.conversationTerms().of(other)).isSameAs(other);
    }

    @Test
    void endsUnexpectedlyWithAValidEvent() {
        String event = new String(turn.unexpectedEvent(), StandardCharsets.UTF_8);
        assertThat(event).startsWith("event: error\n").endsWith("\n\n");
        ResponseSchema.checkEvent(data(event.strip()));
    }
}
