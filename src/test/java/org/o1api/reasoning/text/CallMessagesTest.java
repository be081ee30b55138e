package org.o1api.reasoning.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

class CallMessagesTest {
    private static final Message USER = Message.user("?");
    private static final Message CALL = Message.assistant("call");
    private static final Message PLAIN = result("plain");
    private static final Message FIRST = result("first", "1", "2");
    private static final Message SECOND = result("second", "3");

    private static Message result(String id, String... attachments) {
        return MessageJson.toolResult(id, new Content.Text(id))
                .withAttachments(List.of(attachments).stream().map(RawJson::new).toList());
    }

    private static String heading(String id) {
        return "{\"type\":\"text\",\"text\":\"Output of the call " + id + ":\"}";
    }

    @Test
    void saysWhereTheOutputIsIfTheResultHasNoText() {
        Message.ToolResult image = MessageJson.toolResult("c", new Content.Text(""));
        List<Message> sent = new CallMessages(
                        List.of(USER, CALL, image.withAttachments(List.of(new RawJson("1"))), PLAIN), 1)
                .withAttachmentsAsMessages()
                .messages();
        assertThat(sent.get(2).content())
                .isEqualTo(new Content.Text("The output of this call is in the next message of the user."));
        assertThat(sent.get(4)).isEqualTo(attached("[" + heading("c") + ",1]"));
    }

    private static Message attached(String parts) {
        return new Message.User(new Content.Parts(new RawJson(parts)), Map.of());
    }

    @Test
    void sendsAttachmentsAfterAllResultsOfAnAnswer() {
        CallMessages messages =
                new CallMessages(List.of(USER, CALL, FIRST, PLAIN, SECOND, CALL, PLAIN, CALL, SECOND), 1);
        assertThat(messages.withAttachmentsAsMessages())
                .isEqualTo(new CallMessages(
                        List.of(
                                USER,
                                CALL,
                                FIRST,
                                PLAIN,
                                SECOND,
                                attached("[" + heading("first") + ",1,2," + heading("second") + ",3]"),
                                CALL,
                                PLAIN,
                                CALL,
                                SECOND,
                                attached("[" + heading("second") + ",3]")),
                        1));
    }

    /** The messages of the answer that the call continues stay the same. */
    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "2, 2", "3, 4", "4, 5", "5, 6", "2147483647, 2147483647"})
    void keepsWhatTheCallContinues(int before, int after) {
        CallMessages messages = new CallMessages(List.of(USER, CALL, FIRST, USER, CALL), before);
        assertThat(messages.withAttachmentsAsMessages().continuedFrom()).isEqualTo(after);
    }
}
