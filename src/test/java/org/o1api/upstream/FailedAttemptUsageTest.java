package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.o1api.llm.Usage;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

/** What is told of an attempt's tokens where the call is made again. */
class FailedAttemptUsageTest {
    private final UpstreamFixture fixture = new UpstreamFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private List<Usage> spentBefore(Script failing) {
        FakeUpstream fake = fixture.fake(FakeUpstream.playing(failing, Script.answer("well")));
        List<Usage> spent = new ArrayList<>();
        Terms terms = new Terms(new Cancellation(), new RetryAllowance(6), new CallOwner(""), () -> {}, spent::add);
        try (Call call = fixture.upstream(fake).open(fixture.request(), terms)) {
            assertThat(fixture.text(call)).isEqualTo("well");
        }
        return spent;
    }

    @Test
    void tellsWhatAnEmptyReplyUsed() {
        assertThat(spentBefore(exchange ->
                        exchange.stream().finish("stop").usage(10, 85).done()))
                .containsExactly(new Usage(10, 0, 85, 0));
    }

    @Test
    void tellsOfAnEmptyReplyThatNobodyCounted() {
        assertThat(spentBefore(exchange -> exchange.stream().finish("stop").done()))
                .containsExactly(Usage.NONE);
    }

    @Test
    void tellsWhatAReplyUsedThatBrokeBeforeItsText() {
        assertThat(spentBefore(exchange -> exchange.stream().usage(10, 3).reset()))
                .containsExactly(new Usage(10, 0, 3, 0));
    }

    @Test
    void tellsNothingOfAnAttemptThatCostNothing() {
        assertThat(spentBefore(Script.error(500, "no"))).isEmpty();
        assertThat(spentBefore(Script.reset())).isEmpty();
    }
}
