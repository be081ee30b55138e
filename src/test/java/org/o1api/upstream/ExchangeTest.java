package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExchangeTest {
    private static final UpstreamSettings SETTINGS = new UpstreamSettings(
            "main",
            URI.create("http://127.0.0.1/"),
            null,
            null,
            UpstreamSettings.Timeouts.DEFAULT,
            UpstreamSettings.Limits.DEFAULT,
            Map.of(),
            null);

    /** How long to wait for an incomplete reply, or for the end of a complete one. */
    @ParameterizedTest
    @CsvSource({"USAGE, 10, true", "END_OF_REPLY, 2, false"})
    void limitsTheWaitForTheRestOfAReply(Exchange.WaitingFor waitingFor, int seconds, boolean usageIsMissing) {
        Exchange exchange = new Exchange(SETTINGS, System.nanoTime());
        exchange.connected(false);
        long before = System.nanoTime();
        exchange.startWaiting(waitingFor);
        exchange.enforceTimeouts(before + Duration.ofSeconds(seconds).toNanos() - 1);
        assertThat(exchange.abortReason()).isNull();
        exchange.enforceTimeouts(System.nanoTime() + Duration.ofSeconds(seconds).toNanos());
        assertThat(exchange.abortReason()).isNotNull();
        assertThat(exchange.timedOutWaitingForUsage()).isEqualTo(usageIsMissing);
    }
}
