package org.o1api.upstream;

import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * What is known of one model at one upstream: what is configured, and what the provider itself has said. What it has said expires
 * ({@code upstreams.*.relearn_after}), because providers change what they accept, and is logged once. Safe for concurrent use.
 */
final class ProviderProfile {
    private static final System.Logger LOG = System.getLogger(ProviderProfile.class.getName());

    /** What can be learned of a model, whatever a request contains. */
    enum Fact {
        DEVELOPER_ROLE_REJECTED("rejects the role developer; system is sent instead"),
        /** The usage that was requested does not come, and the reply does not end. */
        NO_USAGE_AFTER_FINISH(
                "sends neither usage nor [DONE] after the finish_reason; the wait is 2 s instead of 10 s");

        private final String description;

        Fact(String description) {
            this.description = description;
        }
    }

    private record RejectedField(FeatureCombination features, String field) {}

    private final UpstreamSettings settings;
    private final String model;
    private final ExpiringSet<Fact> facts;
    private final ExpiringSet<RejectedField> rejectedFields;
    private final ExpiringSet<ReasoningFieldRule> reasoningRules;
    private final ExpiringSet<Long> rejectedLimits;
    private final ExpiringSet<String> logged;

    ProviderProfile(UpstreamSettings settings, String model) {
        this(settings, model, System::nanoTime);
    }

    ProviderProfile(UpstreamSettings settings, String model, LongSupplier nanoTime) {
        this.settings = settings;
        this.model = model;
        facts = new ExpiringSet<>(settings.relearnAfter(), nanoTime);
        rejectedFields = new ExpiringSet<>(settings.relearnAfter(), nanoTime);
        reasoningRules = new ExpiringSet<>(settings.relearnAfter(), nanoTime);
        rejectedLimits = new ExpiringSet<>(settings.relearnAfter(), nanoTime);
        logged = new ExpiringSet<>(settings.relearnAfter(), nanoTime);
    }

    /** The upstream's name. */
    String upstream() {
        return settings.name();
    }

    /** The provider's name of the model. */
    String model() {
        return model;
    }

    /** Whether earlier reasoning is sent back to it, as configured. */
    ReasoningHistory reasoningHistory() {
        return settings.reasoningHistory();
    }

    /** How its replies are read. */
    UpstreamSettings.Replies replies() {
        return settings.replies();
    }

    boolean hasLearned(Fact fact) {
        return facts.contains(fact);
    }

    /** Records what the provider has shown, until it expires. */
    void learn(Fact fact) {
        if (facts.add(fact)) {
            LOG.log(
                    Level.INFO,
                    "upstream {0}, model {2}: {1} for {3} (relearn_after)",
                    settings.name(),
                    fact.description,
                    model,
                    UpstreamErrors.durationText(settings.relearnAfter()));
        }
    }

    /** What it has said of fields for earlier reasoning. */
    Set<ReasoningFieldRule> reasoningRules() {
        return reasoningRules.elements();
    }

    /** Records what a request was accepted with, or without, after it had been rejected for that. It replaces what contradicts it. */
    void learn(ReasoningFieldRule rule) {
        for (ReasoningFieldRule.Kind kind : ReasoningFieldRule.Kind.values()) {
            if (kind != rule.kind()) {
                reasoningRules.remove(new ReasoningFieldRule(rule.field(), kind));
            }
        }
        if (reasoningRules.add(rule) && logged.add(rule.description())) {
            LOG.log(
                    Level.INFO,
                    "upstream {0}, model {2}: {1} for {3} (relearn_after)",
                    settings.name(),
                    rule.description(),
                    model,
                    UpstreamErrors.durationText(settings.relearnAfter()));
        }
    }

    /** Whether it has refused an output limit of ours that was no higher, and accepted a quarter of it. */
    boolean rejectsOutputLimit(long limit) {
        return rejectedLimits.elements().stream().anyMatch(rejectedLimit -> rejectedLimit <= limit);
    }

    /** Records that a request was accepted with a reduced output limit, after it had been refused with its own. */
    void learnReducedOutputLimit(long rejectedLimit, long acceptedLimit) {
        if (rejectedLimits.add(rejectedLimit) && logged.add("reduced limit")) {
            LOG.log(
                    Level.INFO,
                    "upstream {0}, model {3}: rejects an output limit of {1} tokens for a step and accepts {2}; such limits are reduced to a"
                            + " quarter for {4} (relearn_after). Set steps.tokens to at most a quarter of the model''s context",
                    settings.name(),
                    Long.toString(rejectedLimit),
                    Long.toString(acceptedLimit),
                    model,
                    UpstreamErrors.durationText(settings.relearnAfter()));
        }
    }

    /** The fields that requests of a combination are rejected for. */
    Set<String> rejectedFields(FeatureCombination features) {
        return rejectedFields.elements().stream()
                .filter(known -> known.features().equals(features))
                .map(RejectedField::field)
                .collect(Collectors.toSet());
    }

    /** Records that requests of a combination are accepted without these fields, after one was rejected for each of them. */
    void learnRejectedFields(FeatureCombination features, Set<String> fields) {
        Set<String> added = new TreeSet<>(fields);
        added.removeIf(field -> !rejectedFields.add(new RejectedField(features, field)));
        if (!added.isEmpty()) {
            LOG.log(
                    Level.INFO,
                    "upstream {0}, model {2}: rejects {1}{3}; left out of such requests for {4} (relearn_after)",
                    settings.name(),
                    String.join(", ", added),
                    model,
                    features,
                    UpstreamErrors.durationText(settings.relearnAfter()));
        }
    }

    /**
     * Logs something about the model that the operator should know of, once until it expires.
     *
     * @param kind what makes two messages the same
     * @param message never text of a request or a reply
     */
    void logOnce(String kind, String message) {
        if (logged.add(kind)) {
            LOG.log(Level.WARNING, "upstream {0}, model {1}: {2}", settings.name(), model, message);
        }
    }
}
