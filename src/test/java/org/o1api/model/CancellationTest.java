package org.o1api.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CancellationTest {
    private final Cancellation turn = new Cancellation();

    @Test
    void aPartIsCancelledWithItsParentForTheSameReason() {
        Cancellation part = turn.child();
        turn.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone");
        assertThatThrownBy(part::throwIfCancelled)
                .isInstanceOfSatisfying(
                        CancelledException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLIENT_DISCONNECTED))
                .hasMessage("gone");
    }

    @Test
    void aPartCanBeCancelledByItself() {
        Cancellation part = turn.child();
        part.cancel(ErrorCode.UPSTREAM_TIMEOUT, "over");
        assertThat(part.isCancelled()).isTrue();
        assertThat(turn.isCancelled()).isFalse();
    }

    @Test
    void nothingIsLeftOfPartsThatHaveEnded() {
        for (int i = 0; i < 1000; i++) {
            Cancellation detached = turn.child();
            detached.detach();
            detached.detach();
            turn.child().cancel(ErrorCode.UPSTREAM_TIMEOUT, "over");
            assertThat(turn.registeredActions()).isZero();
        }
    }

    @Test
    void aDetachedPartIsNotCancelledWithItsParent() {
        Cancellation part = turn.child();
        part.detach();
        turn.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone");
        assertThat(part.isCancelled()).isFalse();
    }
}
