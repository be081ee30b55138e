package org.o1api.reasoning.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BallotTest {
    private static Ballot ballot(String... texts) {
        Ballot ballot = new Ballot(false);
        for (int i = 0; i < texts.length; i++) {
            ballot.add(i, SampleKey.of(texts[i]));
        }
        return ballot;
    }

    private static String leader(Ballot ballot) {
        return Objects.requireNonNull(ballot.standing().leader()).label();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, 0.75",
        "2, 0, 0.875",
        "3, 0, 0.9375",
        "4, 0, 0.96875",
        "1, 1, 0.5",
        "3, 1, 0.8125",
        "5, 1, 0.9375",
        "6, 1, 0.96484375",
        "16, 16, 0.5"
    })
    void theProbabilityIsThatOfTheLeaderStayingAhead(int first, int second, double probability) {
        Ballot ballot = new Ballot(false);
        for (int i = 0; i < first + second; i++) {
            ballot.add(i, SampleKey.of("Answer: " + (i < first ? 1 : 2)));
        }
        assertThat(ballot.standing().probability()).isEqualTo(probability, within(1e-12));
    }

    @Test
    void theNextResultIsOutOfReachIfItCannotEvenMakeATie() {
        Ballot.Standing standing =
                ballot("Answer: 1", "Answer: 1", "Answer: 2", "Answer: 1").standing();
        assertThat(standing.isOutOfReach(1)).isTrue();
        assertThat(standing.isOutOfReach(2)).isFalse();
    }

    @Test
    void aTieIsWonByTheResultThatCameFirst() {
        assertThat(leader(ballot("Answer: 2", "Answer: 1", "Answer: 1", "Answer: 2")))
                .isEqualTo("2");
        assertThat(ballot("Answer: 2", "Answer: 1", "Answer: 1", "Answer: 2")
                        .standing()
                        .samples())
                .containsExactly(0, 3);
    }

    @ParameterizedTest
    @CsvSource({"true, B", "false, D. Boston"})
    void aLetterWithATextIsAnOptionIfTheQuestionListsOptions(boolean listsOptions, String leader) {
        Ballot ballot = new Ballot(listsOptions);
        List<String> results = List.of("B. New York", "B. New York City", "D. Boston", "D. Boston", "B. Manhattan");
        for (int i = 0; i < results.size(); i++) {
            ballot.add(i, SampleKey.of("Answer: " + results.get(i)));
        }
        assertThat(leader(ballot)).isEqualTo(leader);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Which one?\\nA. Rome\\nB. Paris      | true
            Which one? (A) Rome (B) Paris        | true
            Which one? A) Rome, B) Paris         | true
            A: Rome\\nB: Paris                   | true
            Who was A. Einstein?                 | false
            Is plan B. better?                   | false
            """)
    void optionsAreListedWithTheirLetters(String question, boolean listed) {
        assertThat(Choices.areListedIn(question.replace("\\n", "\n"))).isEqualTo(listed);
    }

    @Test
    void countsAreInTheOrderOfTheResult() {
        assertThat(ballot("Answer: Paris", "Answer: Rome", "Answer: rome!", "Nothing.")
                        .standing()
                        .counts())
                .containsExactly(Map.entry("Rome", 2), Map.entry("Paris", 1));
    }

    @Test
    void resultsWithEqualLabelsAreCountedApart() {
        String start = "Answer: " + "word ".repeat(40);
        Ballot ballot = ballot(start + "one", start + "two", start + "two", start + "three", "Answer: Rome");

        assertThat(ballot.standing().counts().values()).containsExactly(2, 1, 1, 1);
        assertThat(List.copyOf(ballot.standing().counts().keySet()))
                .startsWith(leader(ballot), leader(ballot) + " (2)", leader(ballot) + " (3)");
    }

    /** Whether a letter before a point is an option or an initial is known if another sample has an option. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            A. Einstein | A. Turing   | A. Einstein   | A. Einstein | 2
            B. Paris    | (B)         | B. The city   | B           | 3
            A. Paris    | B. Rome     | (B)           | B           | 2
            A. Paris    | A. Paris    | B. Rome       | A. Paris    | 2
            B. Paris    | B. PARIS    | (C)           | B           | 2
            """)
    void initialsAreOptionsIfASampleHasAnOption(String first, String second, String third, String leader, int votes) {
        Ballot ballot = ballot("Answer: " + first, "Answer: " + second, "Answer: " + third);
        assertThat(leader(ballot)).isEqualTo(leader);
        assertThat(ballot.standing().votes()).isEqualTo(votes);
        assertThat(ballot.keyOf(ballot.standing().samples().get(1)))
                .isEqualTo(ballot.standing().leader());
    }

    /** A last number votes until a sample with text has ended. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            It is 1. | It is 1. | Answer: 2     | 1   | 3
            It is 1. | It is 1. | Answer: Paris | Paris | 1
            It is 1. | It is 1. | Answer: (B)   | B   | 1
            It is 1. | It is 1. | Answer: yes   | yes | 1
            It is 1. | It is 1. | Nothing.      | 1   | 2
            """)
    void lastNumbersDoNotVoteAgainstText(String first, String second, String third, String leader, int voters) {
        Ballot ballot = ballot(first, second, third);
        assertThat(leader(ballot)).isEqualTo(leader);
        assertThat(ballot.standing().voters()).isEqualTo(voters);
        assertThat(ballot.keyOf(0) == null).isEqualTo(voters == 1);
    }

    @Test
    void withoutVotesThereIsNoLeader() {
        Ballot.Standing standing = ballot("Nothing.", "Hm.").standing();
        assertThat(standing.leader()).isNull();
        assertThat(standing.samples()).isEmpty();
        assertThat(standing.counts()).isEmpty();
        assertThat(standing.isOutOfReach(0)).isFalse();
        assertThat(List.of(standing.votes(), standing.voters())).containsOnly(0);
    }
}
