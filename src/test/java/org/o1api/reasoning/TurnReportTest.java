package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.model.EndedBy;
import org.o1api.model.StepKind;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.model.TurnSummary.Agreement;
import org.o1api.model.TurnSummary.Samples;

class TurnReportTest {
    private final TurnLog log = new TurnLog(new Transcript());

    @Test
    void aTurnWithoutReasoningHasNothingToReport() {
        log.answerText("a");
        assertThat(log.report().steps()).isZero();
        assertThat(log.report().samples()).isNull();
        assertThat(log.report().agreement()).isNull();
        assertThat(log.report().endedBy()).isNull();
        assertThat(log.report().route()).isNull();
    }

    @Test
    void countsARetriedStepOnce() {
        log.stepStarted(1);
        log.stepEnded(1);
        log.stepStarted(2);
        log.stepEnded(2, StepOutcome.FAILED, "It broke off.");
        log.stepStarted(2);
        log.stepEnded(2);
        assertThat(log.report().steps()).isEqualTo(2);
        assertThat(log.report().samples()).isNull();
    }

    @Test
    void countsSamplesByHowTheyEndedLast() {
        for (int sample = 1; sample <= 5; sample++) {
            log.stepStarted(sample, StepKind.SAMPLE, "Sample " + sample);
        }
        log.stepEnded(1, StepOutcome.COMPLETED, "42");
        log.stepEnded(2, StepOutcome.FAILED, "It broke off.");
        log.stepStarted(2, StepKind.SAMPLE, "Sample 2");
        log.stepEnded(2, StepOutcome.COMPLETED, "42");
        log.stepEnded(3, StepOutcome.FAILED, "Busy.");
        log.stepEnded(4, StepOutcome.CANCELLED, "Decided.");
        log.stepStarted(6, StepKind.VOTE, "Vote");
        log.stepEnded(6, StepOutcome.COMPLETED, "42");
        log.stepStarted(7);
        log.stepEnded(7);

        assertThat(log.report().samples()).isEqualTo(new Samples(5, 2, 1, 1)); // the fifth is open
        assertThat(log.report().steps()).isOne();
    }

    @Test
    void theFirstReasonAndTheLastRouteCount() {
        log.route("single");
        log.route("vote");
        log.endedBy(EndedBy.DECIDED);
        log.endedBy(EndedBy.ANSWERED);
        Agreement agreement = new Agreement("42", 3, 4, 0.9375);
        log.agreed(agreement);
        assertThat(log.report().route()).isEqualTo("vote");
        assertThat(log.report().endedBy()).isEqualTo(EndedBy.DECIDED);
        assertThat(log.report().agreement()).isEqualTo(agreement);
    }

    @ParameterizedTest
    @CsvSource({"0, 8, 2, 1", "1, 7, 1, 1", "2, 6, 0, 1", "3, 5, 0, 0"})
    void samplesThatWereNeverSentDoNotCount(int unsent, int started, int cancelled, int failed) {
        assertThat(new Samples(8, 5, 2, 1).withoutUnsent(unsent)).isEqualTo(new Samples(started, 5, cancelled, failed));
    }
}
