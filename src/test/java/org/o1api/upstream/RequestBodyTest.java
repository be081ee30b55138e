package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;

class RequestBodyTest {
    private static final String STREAMED = ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}";

    private static final ReasoningFields NO_REASONING = new ReasoningFields(ReasoningHistory.DROP, Map.of(), Set.of());

    @Test
    void writesMessagesInOrderAndRawJsonUnchanged() {
        Map<String, RawJson> toolFields = new LinkedHashMap<>();
        toolFields.put("tool_calls", new RawJson("[ {\"id\": \"x\"} ]"));
        toolFields.put("name", new RawJson("\"\\u0041\""));
        CallRequest request = new CallRequest(
                "m",
                List.of(
                        Message.system("a \"quote\"\n\\ \u5fae \ud83d\ude00 \u2028"),
                        MessageJson.message(
                                Role.USER,
                                new Content.Parts(new RawJson("[{\"type\":\"text\", \"text\":\"b\"}]")),
                                Map.of()),
                        MessageJson.message(Role.ASSISTANT, null, toolFields)),
                Map.of("seed", new RawJson("1.0")));
        assertThat(text(request, Set.of()))
                .isEqualTo("{\"model\":\"m\",\"messages\":["
                        + "{\"role\":\"system\",\"content\":\"a \\\"quote\\\"\\n\\\\ \u5fae \ud83d\ude00 \\u2028\"},"
                        + "{\"role\":\"user\",\"content\":[{\"type\":\"text\", \"text\":\"b\"}]},"
                        + "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[ {\"id\": \"x\"} ],\"name\":\"\\u0041\"}],"
                        + "\"seed\":1.0" + STREAMED);
        assertThat(text(request, Set.of())).isEqualTo(text(request, Set.of()));
    }

    @Test
    void omitsOnlyRemovableFields() {
        CallRequest request = new CallRequest(
                "m",
                List.of(),
                Map.of("temperature", new RawJson("0.2"), "max_tokens", new RawJson("5")),
                Set.of("temperature"));
        assertThat(text(request, Set.of("temperature", "stream_options")))
                .isEqualTo("{\"model\":\"m\",\"messages\":[],\"max_tokens\":5,\"stream\":true}");
        assertThat(text(request, Set.of("temperature", "max_tokens", "stream")))
                .isEqualTo("{\"model\":\"m\",\"messages\":[],\"max_completion_tokens\":5}");
        assertThat(text(request, Set.of("temperature", "max_tokens", "max_completion_tokens", "stream")))
                .isEqualTo("{\"model\":\"m\",\"messages\":[],\"max_tokens\":5}");
    }

    @ParameterizedTest
    @CsvSource({"DROP, false, false", "TOOL_TURNS, true, false", "KEEP, true, true"})
    void sendsEarlierReasoningBackIfConfigured(ReasoningHistory history, boolean withToolCalls, boolean withText) {
        Map<String, RawJson> reasoning = Map.of("reasoning_content", new RawJson("\"I \\u0041.\""));
        Map<String, RawJson> calls = Map.of("tool_calls", new RawJson("[{}]"));
        CallRequest request = new CallRequest(
                "m",
                List.of(
                        MessageJson.message(Role.ASSISTANT, null, calls, reasoning),
                        MessageJson.message(Role.ASSISTANT, new Content.Text("b"), Map.of(), reasoning),
                        MessageJson.message(Role.ASSISTANT, new Content.Text("c"), reasoning, reasoning)),
                Map.of());
        String sent = ",\"reasoning_content\":\"I \\u0041.\"";
        assertThat(new String(
                        RequestBody.of(request, Set.of(), new ReasoningFields(history, Map.of(), Set.of()), false),
                        StandardCharsets.UTF_8))
                .isEqualTo("{\"model\":\"m\",\"messages\":["
                        + "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{}]" + (withToolCalls ? sent : "")
                        + "},"
                        + "{\"role\":\"assistant\",\"content\":\"b\"" + (withText ? sent : "") + "},"
                        + "{\"role\":\"assistant\",\"content\":\"c\"" + sent + "}]" + STREAMED);
    }

    /** The reasoning that a call continues reaches the model whatever fields its provider accepts. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "b"                                  | DROP       | -                 | "I A.\\n\\nb"
            ""                                   | DROP       | -                 | "I A."
            null                                 | DROP       | -                 | "I A."
            [{"type":"text", "text":"b"}]        | DROP       | -                 | [{"type":"text","text":"I A.\\n\\n"},{"type":"text", "text":"b"}]
            "b"                                  | TOOL_TURNS | -                 | "I A.\\n\\nb"
            "b"                                  | KEEP       | -                 | "b","reasoning_content":"I \\u0041."
            "b"                                  | KEEP       | reasoning_content | "I A.\\n\\nb"
            """)
    void sendsContinuedReasoningAsTextIfNoFieldContainsIt(
            String content, ReasoningHistory history, String rejected, String written) {
        Content contentValue = switch (content.charAt(0)) {
            case 'n' -> null;
            case '[' -> new Content.Parts(new RawJson(content));
            default -> new Content.Text(content.substring(1, content.length() - 1));
        };
        Map<String, RawJson> reasoning = Map.of("reasoning_content", new RawJson("\"I \\u0041.\""));
        Message earlier = MessageJson.message(Role.ASSISTANT, new Content.Text("a"), Map.of(), reasoning);
        Message answer = MessageJson.message(Role.ASSISTANT, contentValue, Map.of(), reasoning);
        Message user = MessageJson.message(Role.USER, new Content.Text("u"), Map.of(), reasoning);
        CallRequest request = new CallRequest(
                "m",
                List.of(earlier, user, answer, Message.user("x")),
                Map.of(),
                Set.of(),
                new CallRequest.EarlierReasoning(false, 1));
        ReasoningFields fields = new ReasoningFields(history, Map.of(), Set.of(rejected));
        String body = new String(RequestBody.of(request, Set.of(), fields, false), StandardCharsets.UTF_8);
        assertThat(body)
                .contains("{\"role\":\"assistant\",\"content\":" + written + "}")
                .contains("\"content\":\"u\"}");
        assertThat(body).startsWith("{\"model\":\"m\",\"messages\":[{\"role\":\"assistant\",\"content\":\"a\"");
    }

    @Test
    void replacesAnUnpairedSurrogate() {
        CallRequest request = new CallRequest("m", List.of(Message.user("a\ud83db")), Map.of());
        assertThat(text(request, Set.of())).contains("\"a\\ufffdb\"");
    }

    private static String text(CallRequest request, Set<String> omitted) {
        return new String(RequestBody.of(request, omitted, NO_REASONING, false), StandardCharsets.UTF_8);
    }
}
