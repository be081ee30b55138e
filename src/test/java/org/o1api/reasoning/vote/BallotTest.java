package org.o1api.reasoning.vote;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BallotTest {
    /** Each vote is the sample's number and its value; a value of {@code -} is no vote. */
    @ParameterizedTest
    @CsvSource({
        "5, 0a 1a 2a,       true,  0",
        "5, 0a 1a,          false, 0",
        "5, 1a 2a 3b 4a,    true,  1",
        "5, 2a 3a 4b,       false, 2",
        "5, 0a 1b 2c 3d 4e, true,  0",
        "4, 3b 2b 1a 0a,    true,  0",
        // the open sample 3 can only make a tie, which sample 0 wins
        "4, 0a 1a 2b,       true,  0",
        // the open sample 0 can make a tie that it wins
        "4, 2a 3a 1b,       false, 2",
        "3, 0- 1- 2-,       true,  -1",
        "3, 0- 1-,          false, -1",
        "3, 0- 1- 2a,       true,  2",
        "3, 0a 1-,          true,  0",
        "3, 1a 2-,          false, 1",
        "1, 0a,             true,  0"
    })
    void isDecidedWhenTheWinnerCannotChange(int samples, String votes, boolean decided, int winner) {
        Ballot ballot = new Ballot(samples);
        for (String vote : votes.split(" ", -1)) {
            String value = vote.substring(1);
            ballot.end(Integer.parseInt(vote.substring(0, 1)), value.equals("-") ? null : value);
        }
        assertThat(ballot.isDecided()).isEqualTo(decided);
        assertThat(ballot.winner()).isEqualTo(winner);
    }
}
