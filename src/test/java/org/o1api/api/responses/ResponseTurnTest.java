package org.o1api.api.responses;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
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
    private static final ResponseRequest REQUEST = ResponseRequestReader.read(
            "{\"input\": \"Hi\"}".getBytes(StandardCharsets.UTF_8), ApiSettings.RequestLimits.DEFAULT, KnownItems.NONE);

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

    /** Columns: the error of a conversation, and what the client of this API reads. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "conversation_id | Conversation 'x' does not exist. | conversation | Conversation 'x' does not exist.",
                "messages | 'messages' contains nothing new. | input | 'input' contains nothing new.",
                "messages | use another conversation_id. | input | use another conversation.",
                "previous_response_id | 'previous_response_id' does not exist. | previous_response_id | 'previous_response_id' does not exist.",
            })
    void namesTheFieldsOfThisApiInErrors(String param, String message, String expectedParam, String expectedMessage) {
        GatewayException own = turn.inOwnTerms(new ConversationException(ErrorCode.CONVERSATION_BUSY, param, message));
        assertThat(own.param()).isEqualTo(expectedParam);
        assertThat(own).hasMessage(expectedMessage);
        assertThat(own.code()).isEqualTo(ErrorCode.CONVERSATION_BUSY);
        assertThat(own.retryAfter()).isNotNull();
    }

    @Test
    void namesNoConversationThatTheRequestDoesNotName() {
        GatewayException own = turn(ConversationRef.unnamed("team-a", null))
                .inOwnTerms(new ConversationException(ErrorCode.CONVERSATION_CHANGED, "conversation_id", "changed"));
        assertThat(own.param()).isNull();
    }

    @Test
    void leavesOtherErrorsAlone() {
        GatewayException other = new RequestException(ErrorCode.INVALID_REQUEST, "messages", "'messages'");
        assertThat(turn.inOwnTerms(other)).isSameAs(other);
    }

    @Test
    void endsUnexpectedlyWithAValidEvent() {
        String event = new String(turn.unexpectedEvent(), StandardCharsets.UTF_8);
        assertThat(event).startsWith("event: error\n").endsWith("\n\n");
        ResponseSchema.checkEvent(data(event.strip()));
    }
}
