package org.o1api.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Sends random faults in provider replies and in requests to a real gateway:
 *
 * <pre>
 * mvn verify -Dit.test=ProviderFuzzIT -Do1api.fuzz.seconds=600              # longer than half a minute
 * mvn verify -Dit.test=ProviderFuzzIT -Do1api.fuzz.first=1000000            # other seeds: this one and those that follow
 * mvn verify -Dit.test=ProviderFuzzIT -Do1api.fuzz.seed=4711                # one case, with all that was sent
 * </pre>
 */
@Tag("alone")
@Tag("slow")
class ProviderFuzzIT {
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("o1api.fuzz.seconds", 30));
    private static final long FIRST = Long.getLong("o1api.fuzz.first", 1);
    private static final int CLIENTS = 4;
    private static final int ROUND = 300;
    /** The run stops after this number of findings. */
    private static final int MAX_FINDINGS = 12;

    @Test
    void keepsItsContractForRandomInput() throws Exception {
        Long seed = Long.getLong("o1api.fuzz.seed");
        Files.deleteIfExists(FuzzReport.DETAILS);
        try (FuzzedGateway gateway = new FuzzedGateway(CLIENTS)) {
            String replayed = "";
            if (seed == null) {
                rounds(gateway);
            } else {
                FuzzCase fuzz = gateway.run(seed);
                replayed = fuzz.describe() + "\n" + gateway.report().lastResponse() + "\n";
                gateway.checkIdle();
            }
            List<String> findings = gateway.report().findings();
            log(replayed
                    + gateway.report()
                            .summary(
                                    seed == null
                                            ? FIRST
                                            : seed)); // logged last, since the log is checked for prompt text
            assertThat(findings).as("findings; see " + FuzzReport.DETAILS).isEmpty();
        }
    }

    private static void log(String text) {
        System.getLogger(ProviderFuzzIT.class.getName()).log(System.Logger.Level.INFO, text);
    }

    private static void rounds(FuzzedGateway gateway) throws Exception {
        AtomicLong next = new AtomicLong(FIRST);
        long end = System.nanoTime() + TIME.toNanos();
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            while (System.nanoTime() < end && gateway.report().findings().size() < MAX_FINDINGS) {
                long last = next.get() + ROUND;
                List<Future<?>> clients = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(threads.submit(() -> {
                        while (next.get() < last && System.nanoTime() < end) {
                            gateway.run(next.getAndIncrement());
                        }
                    }));
                }
                for (Future<?> client : clients) {
                    client.get();
                }
                gateway.checkIdle();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
