package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplyFactsTest {
    private static final UpstreamSettings SETTINGS = new UpstreamSettings(
            "main",
            URI.create("http://127.0.0.1/"),
            null,
            null,
            UpstreamSettings.Timeouts.DEFAULT,
            UpstreamSettings.Limits.DEFAULT,
            Map.of(),
            null);

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);
    private final ReplyFacts facts = new ReplyFacts(SETTINGS, "some-model", clock::get);

    @Test
    void forgetsAfterAWhileThatUsageDoesNotCome() {
        assertThat(facts.comeWithoutUsage()).isFalse();
        facts.cameWithoutUsage();
        assertThat(facts.comeWithoutUsage()).isTrue();
        clock.addAndGet(UpstreamSettings.RELEARN_AFTER.toNanos() - 1);
        assertThat(facts.comeWithoutUsage()).isTrue();
        clock.addAndGet(1);
        assertThat(facts.comeWithoutUsage()).isFalse();
    }

    @Test
    void logsEachKindOnceAndNotAnyNumberOfThem() {
        try (LogLines log = new LogLines(ReplyFacts.class)) {
            for (int i = 0; i < 100; i++) {
                facts.cameWithoutUsage();
                facts.endedWithoutReason();
                facts.endedWithUnknownReason("word" + i / 2);
            }
            assertThat(log.lines()).hasSize(20).doesNotHaveDuplicates();
            assertThat(log.lines())
                    .allSatisfy(line -> assertThat(line).startsWith("upstream main, model some-model: "));
        }
    }

    /** How long a reply is waited for that is not over, or only not at its end. */
    @ParameterizedTest
    @CsvSource({"USAGE, 10, true", "REST, 2, false"})
    void waitsForTheRestOfAReply(Exchange.Wait wait, int seconds, boolean usageIsMissing) {
        Exchange exchange = new Exchange(SETTINGS, System.nanoTime());
        exchange.connected(false);
        long before = System.nanoTime();
        exchange.waitFor(wait);
        exchange.check(before + Duration.ofSeconds(seconds).toNanos() - 1);
        assertThat(exchange.reason()).isNull();
        exchange.check(System.nanoTime() + Duration.ofSeconds(seconds).toNanos());
        assertThat(exchange.reason()).isNotNull();
        assertThat(exchange.endedWithoutUsage()).isEqualTo(usageIsMissing);
    }
}
