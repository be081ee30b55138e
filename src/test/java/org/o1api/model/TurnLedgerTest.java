package org.o1api.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.CallRecord.State;

class TurnLedgerTest {
    private static CallRecord step(Usage usage) {
        return call(Purpose.STEP, 1, usage, Usage.NONE, State.COMPLETED, true);
    }

    private static CallRecord answer(Usage usage) {
        return call(Purpose.ANSWER, 1, usage, Usage.NONE, State.COMPLETED, true);
    }

    private static CallRecord call(
            Purpose purpose, int attempts, Usage usage, Usage failedAttempts, State state, boolean shown) {
        return new CallRecord(purpose, "main", "m", attempts, usage, failedAttempts, state, shown);
    }

    private static CallRecord withoutReply(Purpose purpose, int attempts, Usage failedAttempts) {
        return call(purpose, attempts, Usage.NONE, failedAttempts, State.FAILED, false);
    }

    private static CallRecord brokenOff(Purpose purpose, Usage usage) {
        return call(purpose, 1, usage, Usage.NONE, State.FAILED, false);
    }

    private static Usage used(long input, long output) {
        return new Usage(input, 0, output, 0);
    }

    static List<Arguments> turns() {
        return List.of(
                Arguments.of("no call", List.of(), TurnUsage.NONE),
                Arguments.of(
                        "an answer at once",
                        List.of(answer(new Usage(10, 4, 2, 8, 3))),
                        new TurnUsage(new Usage(10, 4, 2, 8, 3), new Usage(10, 4, 2, 8, 3), 1, 1)),
                Arguments.of(
                        "steps and an answer that reasons by itself",
                        List.of(
                                step(new Usage(10, 4, 1, 5, 2)),
                                step(new Usage(20, 10, 2, 6, 0)),
                                answer(new Usage(30, 20, 3, 9, 4))),
                        new TurnUsage(new Usage(10, 4, 1, 20, 15), new Usage(60, 34, 6, 20, 15), 3, 3)),
                Arguments.of(
                        "a step that was cancelled",
                        List.of(
                                call(Purpose.STEP, 1, used(10, 3), Usage.NONE, State.CANCELLED, true),
                                answer(used(20, 5))),
                        new TurnUsage(new Usage(10, 0, 8, 3), new Usage(30, 0, 8, 3), 2, 2)),
                Arguments.of(
                        "attempts of a step that failed before its reply",
                        List.of(
                                call(Purpose.STEP, 3, used(10, 5), used(20, 170), State.COMPLETED, true),
                                answer(used(20, 5))),
                        new TurnUsage(new Usage(10, 0, 10, 5), new Usage(50, 0, 180, 175), 2, 4)),
                Arguments.of(
                        "a step without a reply",
                        List.of(withoutReply(Purpose.STEP, 3, used(30, 255)), answer(used(12, 5))),
                        new TurnUsage(new Usage(12, 0, 5, 0), new Usage(42, 0, 260, 255), 2, 4)),
                Arguments.of(
                        "a step that broke off and was made again",
                        List.of(brokenOff(Purpose.STEP, used(11, 2)), step(used(10, 5)), answer(used(20, 5))),
                        new TurnUsage(new Usage(10, 0, 10, 5), new Usage(41, 0, 12, 7), 3, 3)),
                Arguments.of(
                        "an answer that broke off while it reasoned and was made again",
                        List.of(brokenOff(Purpose.ANSWER, new Usage(11, 0, 4, 4)), answer(new Usage(10, 0, 7, 3))),
                        new TurnUsage(new Usage(10, 0, 7, 3), new Usage(21, 0, 11, 7), 2, 2)),
                Arguments.of(
                        "samples of which none is the answer yet",
                        List.of(
                                call(Purpose.SAMPLE, 1, used(10, 5), Usage.NONE, State.COMPLETED, true),
                                call(Purpose.SAMPLE, 2, used(10, 6), used(3, 1), State.CANCELLED, true)),
                        new TurnUsage(used(10, 0), new Usage(23, 0, 12, 12), 2, 3)),
                Arguments.of(
                        "samples, a judge and a closing call",
                        List.of(
                                call(Purpose.SAMPLE, 1, used(10, 5), Usage.NONE, State.COMPLETED, true),
                                call(Purpose.JUDGE, 1, used(15, 1), Usage.NONE, State.COMPLETED, true),
                                answer(used(20, 4))),
                        new TurnUsage(used(10, 4), new Usage(45, 0, 10, 6), 3, 3)),
                Arguments.of(
                        "a call that was not started",
                        List.of(
                                call(Purpose.SAMPLE, 0, Usage.NONE, Usage.NONE, State.NOT_STARTED, false),
                                answer(used(20, 4))),
                        new TurnUsage(used(20, 4), used(20, 4), 1, 1)),
                Arguments.of(
                        "nothing but a call that never sent a request",
                        List.of(withoutReply(Purpose.ANSWER, 0, Usage.NONE)),
                        new TurnUsage(Usage.NONE, Usage.NONE, 1, 0)),
                Arguments.of(
                        "nothing but a call that broke off",
                        List.of(brokenOff(Purpose.ANSWER, used(11, 4))),
                        new TurnUsage(used(11, 0), used(11, 4), 1, 1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("turns")
    void reportsTheReplyLikeASingleCallAndTheTotals(String turn, List<CallRecord> calls, TurnUsage usage) {
        TurnLedger ledger = new TurnLedger();
        calls.forEach(ledger::add);
        assertThat(ledger.usage()).isEqualTo(usage);
        assertThat(ledger.records()).isEqualTo(calls);
        assertThat(ledger.unsentSamples()).isEqualTo(calls.size() - usage.calls());
    }

    @Test
    void countsARepeatedCallInTheTotalsOnly() {
        TurnLedger ledger = new TurnLedger();
        ledger.add(step(used(10, 5)));
        ledger.add(step(used(20, 6)));
        ledger.discardLast();
        ledger.add(step(used(20, 7)));
        assertThat(ledger.answerUsage()).isEqualTo(new Usage(10, 0, 12, 12));
        assertThat(ledger.totalUsage()).isEqualTo(new Usage(50, 0, 18, 18));
    }

    @Test
    void usesTheLastOfSeveralClosingCalls() {
        TurnLedger ledger = new TurnLedger();
        ledger.add(step(used(10, 5)));
        ledger.add(answer(used(20, 6)));
        ledger.add(answer(used(15, 7)));
        assertThat(ledger.answerUsage()).isEqualTo(new Usage(10, 0, 12, 5));
        assertThat(ledger.totalUsage()).isEqualTo(new Usage(45, 0, 18, 5));
    }

    @Test
    void theSampleThatIsTheAnswerDoesNotCountAsReasoning() {
        TurnLedger ledger = new TurnLedger();
        ledger.add(answer(used(30, 9))); // discarded for the sample
        int winner = ledger.add(call(Purpose.SAMPLE, 1, new Usage(10, 0, 5, 2), Usage.NONE, State.COMPLETED, true));
        ledger.add(call(Purpose.SAMPLE, 1, used(10, 6), Usage.NONE, State.COMPLETED, true));
        ledger.markAsAnswer(winner);
        assertThat(ledger.answerUsage()).isEqualTo(new Usage(10, 0, 5, 2));
        assertThat(ledger.records()).extracting(CallRecord::purpose).contains(Purpose.ANSWER, Purpose.SAMPLE);
        ledger.add(answer(used(40, 3)));
        assertThat(ledger.answerUsage()).isEqualTo(used(10, 3));
        assertThat(ledger.totalUsage()).isEqualTo(new Usage(90, 0, 23, 8));
    }

    @Test
    void reportsAsConfigured() {
        TurnUsage usage = new TurnUsage(used(1, 2), used(3, 4), 2, 2);
        assertThat(usage.reported(UsageReport.ANSWER)).isEqualTo(used(1, 2));
        assertThat(usage.reported(UsageReport.TURN)).isEqualTo(used(3, 4));
    }
}
