package org.o1api.api.items;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.conversation.StoredTurn;
import org.o1api.json.Json;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

class ItemWriterTest {
    private static final String TURN = "0123456789abcdef0123456789abcdef";

    @ParameterizedTest
    @ValueSource(strings = {"turn_", "chatcmpl-"})
    void derivesTheTurnFromAnItemId(String prefix) {
        StoredTurn turn = new StoredTurn(prefix + TURN, 5, "m", List.of(Message.user("Hi"), Message.user("?")), null);
        assertThat(ItemWriter.items(turn))
                .extracting(ItemWriter.Item::id)
                .containsExactly("msg_" + TURN + "_0", "msg_" + TURN + "_1");
        assertThat(ItemWriter.turnId("msg_" + TURN + "_1")).isEqualTo("turn_" + TURN);
    }

    @Test
    void writesTheAttachmentsOfAResult() {
        Message.ToolResult result = MessageJson.toolResult("c", new Content.Text("a"))
                .withAttachments(List.of(
                        new RawJson("{\"type\":\"image_url\",\"image_url\":{\"url\":\"u\",\"detail\":\"low\"}}")));
        StoredTurn turn = new StoredTurn("turn_" + TURN, 5, "m", List.of(result), null);
        String json = new String(Json.bytes(ItemWriter.items(turn).get(0).body()), StandardCharsets.UTF_8);
        assertThat(json)
                .contains("\"output\":[{\"type\":\"input_text\",\"text\":\"a\"},"
                        + "{\"type\":\"input_image\",\"image_url\":\"u\",\"detail\":\"low\"}]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "msg", "msg__0", "msg_" + TURN, "msg_" + TURN + "_", "msg_" + TURN + "_x", "msg_\0_0"})
    void findsNoTurnForInvalidItemIds(String id) {
        assertThat(ItemWriter.turnId(id)).isNull();
    }
}
