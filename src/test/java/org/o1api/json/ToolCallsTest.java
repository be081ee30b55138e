package org.o1api.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;

/** Fields of a tool call that are not part of OpenAI's API, when it is written, stored and read again. */
class ToolCallsTest {
    private static String written(ToolCalls calls) {
        return new String(Json.bytes(calls::write), StandardCharsets.UTF_8);
    }

    private static String parsedAndWritten(String written) {
        ToolCalls again = new ToolCalls();
        ToolCalls.parse(new RawJson(written)).forEach(again::add);
        return written(again);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"x\":1,\"x\":2",
                "\"x\":1E400,\"y\":-0.0,\"x\":1.50",
                "\"x\":{\"a\":1,\"a\":12345678901234567890.10}",
                "\"x\":[ \"\\u0041\" , null ]",
                "\"x \\\"q\\\"\":true,\"x \\\"q\\\"\":false"
            })
    void keepsExtraFieldsWithDuplicates(String fields) {
        ToolCalls calls = new ToolCalls();
        RawJson function = new RawJson("{" + fields + "}");
        Map<String, RawJson> extra = Map.of(Delta.ToolCall.FUNCTION, function, "extra_content", function);
        calls.add(new Delta.ToolCall(0, "c", "f", "{}", extra));

        String written = written(calls);

        assertThat(written)
                .isEqualTo("[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\","
                        + fields + "},\"extra_content\":{" + fields + "}}]");
        assertThat(parsedAndWritten(written)).isEqualTo(written);
    }

    @Test
    void addsNoFieldsToAPlainCall() {
        String plain = "[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]";
        assertThat(ToolCalls.parse(new RawJson(plain))).containsExactly(new Delta.ToolCall(0, "c", "f", "{}"));
        assertThat(parsedAndWritten(plain)).isEqualTo(plain);
    }

    @Test
    void writesOneLineForAllClients() {
        ToolCalls calls = new ToolCalls();
        calls.add(new Delta.ToolCall(
                1, null, null, "\u2028\u0085\n\"\u0001\ud83d", Map.of("x \u2029", new RawJson("[\n1, \"\u2029\"]"))));
        calls.add(new Delta.ToolCall(0, "c", "\ud83d\ude00\u00e9", "a"));
        calls.add(new Delta.ToolCall(0, "d", "g", "b"));

        assertThat(written(calls))
                .isEqualTo(
                        "[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"\ud83d\ude00\u00e9\",\"arguments\":\"ab\"}},"
                                + "{\"id\":\"\",\"type\":\"function\",\"function\":{\"name\":\"\",\"arguments\":"
                                + "\"\\u2028\\u0085\\n\\\"\\u0001\ufffd\"},\"x \\u2029\":[ 1, \"\\u2029\"]}]");
    }
}
