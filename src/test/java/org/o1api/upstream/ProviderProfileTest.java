package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.upstream.ProviderProfile.Fact;

class ProviderProfileTest {
    private static final Duration RELEARN_AFTER = Duration.ofHours(1);

    private final AtomicLong now = new AtomicLong(-5); // nanoTime may be negative
    private final UpstreamSettings settings = new UpstreamFixture.Settings().build();
    private final ProviderProfile profile = new ProviderProfile(settings, "m", now::get);

    @ParameterizedTest
    @EnumSource(Fact.class)
    void factsExpire(Fact fact) {
        assertThat(profile.hasLearned(fact)).isFalse();
        profile.learn(fact);
        now.addAndGet(RELEARN_AFTER.toNanos() - 1);
        profile.learn(fact); // does not extend the time
        assertThat(profile.hasLearned(fact)).isTrue();
        now.incrementAndGet();
        assertThat(profile.hasLearned(fact)).isFalse();
    }

    @Test
    void fieldsExpireSeparately() {
        FeatureCombination tools = new FeatureCombination(true, false);
        profile.learnRejectedFields(tools, Set.of("tool_choice"));
        now.addAndGet(RELEARN_AFTER.toNanos() / 2);
        profile.learnRejectedFields(tools, Set.of("tool_choice", "temperature"));
        assertThat(profile.rejectedFields(tools)).containsExactlyInAnyOrder("tool_choice", "temperature");
        assertThat(profile.rejectedFields(new FeatureCombination(true, true))).isEmpty();
        now.addAndGet(RELEARN_AFTER.toNanos() / 2);
        assertThat(profile.rejectedFields(tools)).containsExactly("temperature");
    }

    @Test
    void logsNewFactsOnce() {
        try (LogCapture log = new LogCapture(ProviderProfile.class)) {
            for (int i = 0; i < 3; i++) {
                profile.learn(Fact.DEVELOPER_ROLE_REJECTED);
                profile.learnRejectedFields(new FeatureCombination(true, false), Set.of("tool_choice", "temperature"));
                profile.logOnce("a", "first");
                profile.logOnce("a", "second");
                profile.logOnce("b", "other");
            }
            assertThat(log.lines())
                    .containsExactly(
                            "upstream main, model m: rejects the role developer; system is sent instead"
                                    + " for 3600 s (upstreams.*.relearn_after)",
                            "upstream main, model m: rejects temperature, tool_choice with tools;"
                                    + " left out of such requests for 3600 s (upstreams.*.relearn_after)",
                            "upstream main, model m: first",
                            "upstream main, model m: other");
            now.addAndGet(RELEARN_AFTER.toNanos());
            profile.logOnce("a", "again");
            assertThat(log.lines()).hasSize(5);
        }
    }

    /** A provider that sends ever new values must not fill the memory or the log. */
    @Test
    void limitsTheNumberOfLoggedKinds() {
        try (LogCapture log = new LogCapture(ProviderProfile.class)) {
            for (int i = 0; i < 10_000; i++) {
                profile.logOnce("kind " + i, "m");
            }
            assertThat(log.lines()).hasSize(256);
        }
    }

    @Test
    void hasOneProfilePerModel() {
        ProviderProfiles profiles = new ProviderProfiles(settings, now::get);
        profiles.of("a").learn(Fact.DEVELOPER_ROLE_REJECTED);
        assertThat(profiles.of("a").hasLearned(Fact.DEVELOPER_ROLE_REJECTED)).isTrue();
        assertThat(profiles.of("b").hasLearned(Fact.DEVELOPER_ROLE_REJECTED)).isFalse();
    }
}
