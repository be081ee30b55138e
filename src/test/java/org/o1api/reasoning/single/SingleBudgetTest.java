package org.o1api.reasoning.single;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Budget;
import org.o1api.model.EndedBy;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.reasoning.Transcript;
import org.o1api.upstream.UpstreamException;

/** What a budget does to the only call: the time ends reasoning, nothing else does, and an answer follows. */
class SingleBudgetTest {
    private final SingleFixture turn = new SingleFixture();

    private static final Reply REFUSED =
            Reply.of().withFailure(new UpstreamException(ErrorCode.UPSTREAM_REFUSED, "Not so.", false, null));

    /** A reply that has not come to its answer is reasoning, whether it has headings or not. In the table {@code ;} is a line break. */
    @ParameterizedTest
    @ValueSource(strings = {"half a", "=== Step: A;half a", "half a;=== Step: A;x", "<think>half a", "  "})
    void aReplyThatIsCutByTheTimeForReasoningIsReasoning(String text) {
        turn.out = new Transcript(() -> turn.calls().expireReasoning());
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                SingleFixture.reply(text.replace(';', '\n'), " sentence"), SingleFixture.reply("Four."));

        assertThat(turn.run(upstream)).isEqualTo(FinishReason.STOP);

        assertThat(turn.out.answer()).isEqualTo("Four.");
        assertThat(turn.endedBy()).isEqualTo(EndedBy.BUDGET_TIME);
    }

    @Test
    void aReplyThatIsCutByAllOfTheTimeIsTheAnswer() {
        turn.out = new Transcript(() -> {
            turn.calls().expireReasoning();
            turn.calls().expireTurn();
        });
        ScriptedUpstream upstream = ScriptedUpstream.answering(SingleFixture.reply("half a", " sentence"));

        assertThat(turn.run(upstream)).isEqualTo(FinishReason.LENGTH);

        assertThat(turn.out.answer()).isEqualTo("half a");
        assertThat(turn.endedBy()).isEqualTo(EndedBy.BUDGET_TIME);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            It is | four, as I said.
            === Step: A;It is four.;=== Answer;It is | four, as I said.
            """)
    void tokensDoNotEndTheOnlyCall(String start, String end) {
        turn.budget = new Budget(30, 2, Duration.ofMinutes(5), 6);
        ScriptedUpstream upstream =
                ScriptedUpstream.answering(SingleFixture.reply(start.replace(';', '\n'), " " + end));

        assertThat(turn.run(upstream)).isEqualTo(FinishReason.STOP);

        assertThat(turn.out.answer()).isEqualTo("It is four, as I said.");
        assertThat(turn.endedBy()).isEqualTo(EndedBy.ANSWERED);
    }

    /** It is only a draft, and the closing call gives the answer. */
    @Test
    void tokensEndACallWhoseTextIsNotTheAnswer() {
        turn.budget = new Budget(30, 2, Duration.ofMinutes(5), 6);
        turn.closingFields = Map.of("stop", new RawJson("\"x\""));
        ScriptedUpstream upstream = ScriptedUpstream.answering(
                SingleFixture.reply("It is four,", " as I said.", " late"), SingleFixture.reply("Four."));

        assertThat(turn.run(upstream)).isEqualTo(FinishReason.STOP);

        assertThat(turn.out.answer()).isEqualTo("Four.");
        assertThat(turn.out.step(1)).doesNotContain("late");
        assertThat(turn.endedBy()).isEqualTo(EndedBy.BUDGET_TOKENS);
    }

    @Test
    void aDraftThatTheTokensEndIsTheAnswerIfTheClosingCallFails() {
        turn.budget = new Budget(30, 2, Duration.ofMinutes(5), 6);
        turn.closingFields = Map.of("stop", new RawJson("\"x\""));
        ScriptedUpstream upstream =
                ScriptedUpstream.answering(SingleFixture.reply("It is four,", " as I said."), REFUSED);

        assertThat(turn.run(upstream)).isEqualTo(FinishReason.LENGTH);

        assertThat(turn.out.answer()).isEqualTo("It is four,");
        assertThat(turn.out.step(1)).isEqualTo("It is four,");
        assertThat(turn.endedBy()).isEqualTo(EndedBy.BUDGET_TOKENS);
    }

    @Test
    void aReplyThatTheTimeEndsIsTheAnswerIfTheClosingCallFails() {
        turn.out = new Transcript(() -> turn.calls().expireReasoning());
        ScriptedUpstream upstream = ScriptedUpstream.answering(SingleFixture.reply("half a", " sentence"), REFUSED);

        assertThat(turn.run(upstream)).isEqualTo(FinishReason.LENGTH);

        assertThat(turn.out.answer()).isEqualTo("half a");
        assertThat(turn.out.step(1)).isEqualTo("half a");
        assertThat(turn.endedBy()).isEqualTo(EndedBy.BUDGET_TIME);
    }

    /** In the table {@code ;} is a line break. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            === Step: A;I think;== not                  | I think;== not
            I think;=                                   | I think;=
            I think.</thi                               | I think.</thi
            === Step: A;I think;=== Answer;Answer: four | I think;;Answer: four
            """)
    void whatWasHeldBackIsShownWhenTheTokensEndTheCall(String start, String shown) {
        turn.budget = new Budget(30, 2, Duration.ofMinutes(5), 6);
        turn.closingFields = Map.of("stop", new RawJson("\"x\""));
        turn.run(ScriptedUpstream.answering(
                SingleFixture.reply(start.replace(';', '\n'), " late"), SingleFixture.reply("Four.")));

        assertThat(turn.out.step(1)).isEqualTo(shown.replace(';', '\n'));
        assertThat(turn.out.answer()).isEqualTo("Four.");
    }
}
