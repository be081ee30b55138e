package org.o1api.reasoning.single;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Message;
import org.o1api.reasoning.ScriptedUpstream;

/** What of a reply is the answer. */
class SingleAnswerTest {
    private final SingleFixture turn = new SingleFixture();

    @Test
    void doesNotEndAnAnswerThatRepeatsItself() {
        String loop = "and so on, and so forth, ".repeat(200);
        turn.run(ScriptedUpstream.answering(SingleFixture.reply("=== Answer\n", loop, "late")));
        assertThat(turn.out.answer()).endsWith("late");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Why?                          | Four.
            Why? End with a line Answer:  | Four.\\nAnswer: 4
            """)
    void sendsTheResultLineIfTheCallerHasAskedForIt(String question, String answer) {
        turn.messages = List.of(Message.user(question));
        turn.run(ScriptedUpstream.answering("=== Step: A\nx\n=== Answer\nFour.\nAnswer: 4"));
        assertThat(turn.out.answer()).isEqualTo(answer.replace("\\n", "\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"I add them. It is 7.", "I add them.\nAnswer: 7"})
    void aReplyWithoutTheFormatIsTheAnswerAlsoForTheUsage(String reply) {
        turn.run(ScriptedUpstream.answering(reply));
        assertThat(turn.out.answer()).isEqualTo(reply);
        assertThat(turn.usage().reasoningTokens()).isZero();
    }
}
