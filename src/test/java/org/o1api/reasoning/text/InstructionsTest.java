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
import org.o1api.model.Role;

class InstructionsTest {
    private static Message parts(Role role, String parts) {
        return MessageJson.message(role, new Content.Parts(new RawJson(parts)), Map.of());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    [{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]        | {"type":"text","text":"b","cache_control":{"type":"ephemeral"}}
                    [ {"x": 1e999 ,"type":"text", "text":"\\u0062\\/"} , {"text":"c","type":"text"} ] | {"x": 1e999 ,"type":"text", "text":"\\u0062\\/"},{"text":"c","type":"text"}
                    [{"type":"text","text":" "},{"type":"text","text":"b","citations":false}] | {"type":"text","text":" "},{"type":"text","text":"b","citations":false}
                    """)
    void keepsPartsWithAdditionalFields(String given, String sent) {
        Message joined = Instructions.merge(
                "Ours \"\n", List.of(Message.system("a"), parts(Role.DEVELOPER, given), Message.system(" ")));

        assertThat(joined)
                .isEqualTo(parts(
                        Role.SYSTEM,
                        "[{\"type\":\"text\",\"text\":\"Ours \\\"\\n\"},{\"type\":\"text\",\"text\":\"a\"}," + sent
                                + "]"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    [{"type":"text","text":"b"},{"text":"c","type":"text"}]       | Ours;;a;;b;c
                    [{"type":"text","text":"b","cache_control":null}]             | Ours;;a;;b
                    []                                                            | Ours;;a
                    """)
    void joinsPlainTexts(String given, String sent) {
        assertThat(Instructions.merge("Ours", List.of(Message.system("a"), parts(Role.DEVELOPER, given))))
                .isEqualTo(Message.system(sent.replace(';', '\n')));
    }

    @Test
    void keepsOtherFieldsOfTheMessages() {
        RawJson cache = new RawJson("{\"type\": \"ephemeral\"}");
        Message first = MessageJson.message(Role.SYSTEM, new Content.Text("a"), Map.of("cache_control", cache));
        assertThat(Instructions.merge("Ours", List.of(first, Message.system("b"))))
                .isEqualTo(MessageJson.message(
                        Role.SYSTEM, new Content.Text("Ours\n\na\n\nb"), Map.of("cache_control", cache)));
    }
}
