package org.o1api.upstream;

import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * What is known about one model at one upstream: its configuration, and what was learned from the provider's replies. Learned facts
 * expire ({@code upstreams.*.relearn_after}), because providers change what they accept, and are logged once. Safe for concurrent
 * use.
 */
final class ProviderProfile {
    private static final System.Logger LOG = System.getLogger(ProviderProfile.class.getName());

    /** Facts about a model that do not depend on the request. */
    enum Fact {
        DEVELOPER_ROLE_REJECTED("rejects the role developer; system is sent instead"),
        /** The provider does not send the requested usage, and does not end the reply. */
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

    String upstream() {
        return settings.name();
    }

    String model() {
        return model;
    }

    /** The configured field for the effort. */
    EffortField effortField() {
        return settings.model(model).effort();
    }

    /** The configured handling of earlier reasoning. */
    ReasoningHistory reasoningHistory() {
        return settings.reasoningHistory();
    }

    UpstreamSettings.Replies replies() {
        return settings.replies();
    }

    boolean hasLearned(Fact fact) {
        return facts.contains(fact);
    }

    /** Records a fact until it expires. */
    void learn(Fact fact) {
        if (facts.add(fact)) {
            LOG.log(
                    Level.INFO,
                    "upstream {0}, model {2}: {1} for {3} (upstreams.*.relearn_after)",
                    settings.name(),
                    fact.description,
                    model,
                    UpstreamErrors.durationText(settings.relearnAfter()));
        }
    }

    /** The learned rules for the fields of earlier reasoning. */
    Set<ReasoningFieldRule> reasoningRules() {
        return reasoningRules.elements();
    }

    /** Records a rule with which a request was accepted after it had been rejected without it. Replaces contradicting rules. */
    void learn(ReasoningFieldRule rule) {
        for (ReasoningFieldRule.Kind kind : ReasoningFieldRule.Kind.values()) {
            if (kind != rule.kind()) {
                reasoningRules.remove(new ReasoningFieldRule(rule.field(), kind));
            }
        }
        if (reasoningRules.add(rule) && logged.add(rule.description())) {
            LOG.log(
                    Level.INFO,
                    "upstream {0}, model {2}: {1} for {3} (upstreams.*.relearn_after)",
                    settings.name(),
                    rule.description(),
                    model,
                    UpstreamErrors.durationText(settings.relearnAfter()));
        }
    }

    /** Whether the provider rejected this limit, or a lower one, of the gateway and accepted a quarter of it. */
    boolean rejectsOutputLimit(long limit) {
        return rejectedLimits.elements().stream().anyMatch(rejectedLimit -> rejectedLimit <= limit);
    }

    /** Records that a request was accepted with a reduced output limit after it had been rejected with the full one. */
    void learnReducedOutputLimit(long rejectedLimit, long acceptedLimit) {
        if (rejectedLimits.add(rejectedLimit) && logged.add("reduced limit")) {
            LOG.log(
                    Level.INFO,
                    "upstream {0}, model {3}: rejects an output limit of {1} tokens for a step and accepts {2}; such limits are reduced to a"
                            + " quarter for {4} (upstreams.*.relearn_after)."
                            + " Set steps.tokens to at most a quarter of the model''s context",
                    settings.name(),
                    Long.toString(rejectedLimit),
                    Long.toString(acceptedLimit),
                    model,
                    UpstreamErrors.durationText(settings.relearnAfter()));
        }
    }

    /** The fields for which requests with these features are rejected. */
    Set<String> rejectedFields(FeatureCombination features) {
        return rejectedFields.elements().stream()
                .filter(known -> known.features().equals(features))
                .map(RejectedField::field)
                .collect(Collectors.toSet());
    }

    /** Records that requests with these features are accepted without these fields, after each of them had caused a rejection. */
    void learnRejectedFields(FeatureCombination features, Set<String> fields) {
        Set<String> added = new TreeSet<>(fields);
        added.removeIf(field -> !rejectedFields.add(new RejectedField(features, field)));
        if (!added.isEmpty()) {
            LOG.log(
                    Level.INFO,
                    "upstream {0}, model {2}: rejects {1}{3}; left out of such requests for {4}"
                            + " (upstreams.*.relearn_after)",
                    settings.name(),
                    String.join(", ", added),
                    model,
                    features,
                    UpstreamErrors.durationText(settings.relearnAfter()));
        }
    }

    /**
     * Logs a warning about the model, once until it expires.
     *
     * @param kind identifies the message
     * @param message must not contain text of a request or a reply
     */
    void logOnce(String kind, String message) {
        if (logged.add(kind)) {
            LOG.log(Level.WARNING, "upstream {0}, model {1}: {2}", settings.name(), model, message);
        }
    }
}
