package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventDataKindTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            quoteCharacter = '~',
            value = {
                "[DONE]|DONE",
                " [DONE]|DONE",
                "  [DONE]  |DONE",
                "\t[DONE]\t|DONE",
                "[done]|DONE",
                "[DONE] |DONE",
                "{\"choices\":[]}|JSON",
                " {|JSON",
                "[{\"error\":{}}]|JSON",
                "[DON|JSON",
                "[|JSON",
                "\"text\"|JSON",
                "<html>|JSON",
                "~~|KEEP_ALIVE",
                "   |KEEP_ALIVE",
                ": STILL WORKING|KEEP_ALIVE",
                ": OPENROUTER PROCESSING|KEEP_ALIVE",
                "OPENROUTER PROCESSING|KEEP_ALIVE",
                "keep-alive|KEEP_ALIVE",
                "ping|KEEP_ALIVE",
                "ping - 2025-01-01 12:00:00.123456|KEEP_ALIVE",
                "heartbeat|KEEP_ALIVE",
                "null|KEEP_ALIVE",
                "0|KEEP_ALIVE",
                "\u5904\u7406\u4e2d|KEEP_ALIVE",
                "lo\"}}]}|OTHER",
                "choices: [|OTHER",
                "}|OTHER",
                "wait <br>|OTHER",
                "a\\nb|OTHER",
                "Internal Server Error|OTHER",
                "error|OTHER",
                "upstream request timeout|OTHER",
                "Request failed|OTHER",
                "service unavailable|OTHER"
            })
    void classifiesData(String data, EventDataKind kind) {
        assertThat(of(data)).isEqualTo(kind);
    }

    @Test
    void aLongTextIsNotAKeepAlive() {
        assertThat(of("a".repeat(256))).isEqualTo(EventDataKind.KEEP_ALIVE);
        assertThat(of("a".repeat(257))).isEqualTo(EventDataKind.OTHER);
    }

    private static EventDataKind of(String data) {
        byte[] bytes = ("xx" + data + "xx").getBytes(StandardCharsets.UTF_8);
        return EventDataKind.of(bytes, 2, bytes.length - 4);
    }
}
