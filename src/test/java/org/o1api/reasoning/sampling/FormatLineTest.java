package org.o1api.reasoning.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.reasoning.Prompt;

class FormatLineTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            End with a line Answer: <number>                                  | true
            The last line must be 'ANSWER: $LETTER' (without quotes)          | true
            Finish with "Final answer: X".                                    | true
            Put your result after **Answer**: on a line of its own            | true
            1+1?~answer:                                                      | true
            Q: 1+1?\tAnswer: 2                                                | true
            x Beende die Antwort mit der Zeile "Antwort: ZAHL"                | true
            最后一行写答案：数字                                              | true
            Termine par la ligne « Réponse finale : X »                       | true
            What is the answer?                                               | false
            The answer is: 42. Right?                                         | false
            {"answer": 42}                                                    | false
            MyAnswer: 42                                                      | false
            Answers: 42                                                       | false
            Say why: it matters                                               | false
            """)
    void knowsWhetherATextMentionsTheLineOfTheResult(String text, boolean mentions) {
        assertThat(FormatLine.mentionsResult(text.replace('~', '\n').replace("\\t", "\t")))
                .isEqualTo(mentions);
    }

    @Test
    void onlyTheCallersOwnMessagesAskForTheResult() {
        String text = "End with Answer: X";
        Content parts = new Content.Parts(new RawJson("[{\"type\":\"text\",\"text\":\"So:\\nAnswer: X\"}]"));
        assertThat(isAskedFor(Message.user(text))).isTrue();
        assertThat(isAskedFor(new Message.User(parts, Map.of()))).isTrue();
        assertThat(isAskedFor(Message.system(text), Message.user("Why?"))).isTrue();
        assertThat(isAskedFor(
                        new Message.System(Role.DEVELOPER, new Content.Text(text), Map.of()), Message.user("Why?")))
                .isTrue();
        assertThat(isAskedFor(Message.user("Hi"), Message.assistant(text), Message.user("Why?")))
                .isFalse();
    }

    private static boolean isAskedFor(Message... messages) {
        return SampleReader.isResultAskedFor(new Prompt(List.of(messages), Map.of(), null, Map.of(), null));
    }
}
