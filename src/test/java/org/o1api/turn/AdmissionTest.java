package org.o1api.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.o1api.model.Cancellation;
import org.o1api.model.ErrorCode;
import org.o1api.reasoning.TurnException;

class AdmissionTest {
    private static final Duration GRACE = Duration.ZERO;
    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);

    @AfterEach
    void close() {
        scheduler.shutdownNow();
    }

    private static TurnException rejection(Admission admission, String caller) {
        return catchThrowableOfType(TurnException.class, () -> admission.admit(caller, () -> {}));
    }

    @Test
    void rejectsAboveTheGlobalLimit() {
        Admission admission = new Admission(new TurnLimits(2, 2, GRACE));
        Admission.Ticket first = admission.admit("a", () -> {});
        admission.admit("b", () -> {});
        assertThat(rejection(admission, "c").code()).isEqualTo(ErrorCode.OVERLOADED);

        first.close();
        first.close(); // a second time has no effect

        admission.admit("c", () -> {});
        assertThat(rejection(admission, "d").code()).isEqualTo(ErrorCode.OVERLOADED);
    }

    @Test
    void rejectsAboveTheLimitOfACaller() {
        Admission admission = new Admission(new TurnLimits(10, 1, GRACE));
        Admission.Ticket first = admission.admit("a", () -> {});
        admission.admit("b", () -> {});
        TurnException rejection = rejection(admission, "a");
        assertThat(rejection.code()).isEqualTo(ErrorCode.RATE_LIMIT_EXCEEDED);
        assertThat(rejection.retryAfter()).isPositive();

        first.close();

        admission.admit("a", () -> {});
    }

    @Test
    void rejectsAndCancelsDuringShutdown() {
        TurnLimits limits = new TurnLimits(10, 10, GRACE);
        Admission admission = new Admission(limits);
        TurnShutdown turns = new TurnShutdown(admission, limits.grace(), scheduler);
        try (Admission.Ticket running = admission.admit("a", () -> {})) {
            Cancellation cancellation = running.cancellation();
            cancellation.onCancel(running::close);

            turns.drain();

            assertThat(cancellation.isCancelled()).isTrue();
            assertThat(turns.isReady()).isFalse();
            TurnException rejection = rejection(admission, "a");
            assertThat(rejection.code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
            assertThat(rejection.retryAfter()).isPositive();
        }
    }

    @Test
    void releasesWhatTheRequestHoldsBesides() {
        int[] released = {0};
        Admission admission = new Admission(new TurnLimits(2, 2, GRACE));
        Admission.Ticket ticket = admission.admit("a", () -> released[0]++);
        assertThat(released[0]).isZero();

        ticket.close();

        assertThat(released[0]).isOne();
        assertThat(admission.running()).isEmpty();
    }

    @Test
    void isReleasedEvenIfSomethingElseCannotBe() {
        Admission admission = new Admission(new TurnLimits(1, 1, GRACE));
        Admission.Ticket ticket = admission.admit("a", () -> {
            throw new StackOverflowError();
        });

        assertThatThrownBy(ticket::close).isInstanceOf(StackOverflowError.class);

        assertThat(admission.running()).isEmpty();
        admission.admit("a", () -> {});
    }
}
