package org.o1api.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.Map;
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
        return catchThrowableOfType(TurnException.class, () -> admission.admit(caller));
    }

    @Test
    void rejectsAboveTheGlobalLimit() {
        Admission admission = new Admission(new TurnLimits(2, 2, GRACE));
        Admission.Ticket first = admission.admit("a");
        admission.admit("b");
        assertThat(rejection(admission, "c").code()).isEqualTo(ErrorCode.OVERLOADED);

        first.release();
        first.release(); // a second release has no effect

        admission.admit("c");
        assertThat(rejection(admission, "d").code()).isEqualTo(ErrorCode.OVERLOADED);
    }

    @Test
    void rejectsAboveTheLimitOfACaller() {
        Admission admission = new Admission(new TurnLimits(10, 1, GRACE));
        Admission.Ticket first = admission.admit("a");
        admission.admit("b");
        TurnException rejection = rejection(admission, "a");
        assertThat(rejection.code()).isEqualTo(ErrorCode.RATE_LIMIT_EXCEEDED);
        assertThat(rejection.retryAfter()).isPositive();

        first.release();

        admission.admit("a");
    }

    @Test
    void rejectsAndCancelsDuringShutdown() {
        TurnLimits limits = new TurnLimits(10, 10, GRACE);
        Admission admission = new Admission(limits);
        TurnService turns = new TurnService(Map.of(), Map.of(), limits, admission, scheduler);
        Cancellation cancellation = new Cancellation();
        try (Admission.Ticket running = admission.admit("a", cancellation)) {
            cancellation.onCancel(running::release);

            turns.drain();

            assertThat(cancellation.isCancelled()).isTrue();
            assertThat(turns.isReady()).isFalse();
            TurnException rejection = rejection(admission, "a");
            assertThat(rejection.code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
            assertThat(rejection.retryAfter()).isPositive();
        }
    }
}
