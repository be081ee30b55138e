package org.o1api.upstream;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How one call sends earlier reasoning: as configured and learned, then adapted to the provider's rejections. Each field is added
 * and removed at most once, and never back and forth. A change that did not help is undone. Confined to the call's thread.
 */
final class AdaptiveReasoning {
    private final CallRequest request;
    private final ProviderProfile profile;
    private final Map<String, ReasoningHistory> required = new HashMap<>();
    private final Set<String> rejected = new HashSet<>();
    /** The fields that the provider has reported as missing, and as not accepted, in this call. */
    private final Set<String> reportedMissing = new HashSet<>();

    private final Set<String> reportedRejected = new HashSet<>();

    /**
     * A change.
     *
     * @param wording of the rejection that caused it
     * @param answers the answers with which the field was sent after the change; {@code DROP}: it was removed
     */
    private record Change(RejectionWording wording, String field, ReasoningHistory answers) {}

    private Runnable undo = () -> {};

    private final Set<Change> ineffectiveChanges = new HashSet<>();

    AdaptiveReasoning(CallRequest request, ProviderProfile profile) {
        this.request = request;
        this.profile = profile;
        for (ReasoningFieldRule rule : profile.reasoningRules()) {
            switch (rule.kind()) {
                case REJECTED -> rejected.add(rule.field());
                case REQUIRED_WITH_TOOL_CALLS -> required.putIfAbsent(rule.field(), ReasoningHistory.TOOL_TURNS);
                case REQUIRED -> required.put(rule.field(), ReasoningHistory.KEEP);
            }
        }
    }

    ReasoningFields fields() {
        ReasoningHistory kept =
                request.earlierReasoning().sendAll() ? ReasoningHistory.KEEP : profile.reasoningHistory();
        return new ReasoningFields(kept, required, rejected);
    }

    /** Changes the request if an error rejects it because of a field for reasoning. Returns whether it was changed. */
    boolean adaptTo(ProviderErrorBody error) {
        ReasoningFieldRejection rejection = ReasoningFieldRejection.of(error, request);
        if (rejection == null) {
            return false;
        }
        RejectionWording wording = RejectionWording.of(error);
        // A param that is not in the request can only be missing.
        boolean missing = rejection.missing() || (rejection.namedByParam() && countSent(rejection.field()) == 0);
        return missing ? addField(rejection.field(), wording) : removeField(rejection.field(), wording);
    }

    /** Sends the field with answers that call tools, which most providers require; with all answers if that was not enough. */
    private boolean addField(String field, RejectionWording wording) {
        if (reportedMissing.contains(field) && reportedRejected.contains(field)) {
            return false;
        }
        int sentBefore = countSent(field);
        ReasoningHistory before = required.get(field);
        boolean wasRejected = rejected.remove(field);
        for (ReasoningHistory answers : new ReasoningHistory[] {ReasoningHistory.TOOL_TURNS, ReasoningHistory.KEEP}) {
            if (before != ReasoningHistory.KEEP) {
                required.put(field, answers);
            }
            Change change = new Change(wording, field, answers);
            if (ineffectiveChanges.contains(change)) {
                sentBefore = Math.max(sentBefore, countSent(field)); // the same request would be rejected again
            } else if (countSent(field) > sentBefore) {
                boolean first = reportedMissing.add(field);
                undo = () -> {
                    ineffectiveChanges.add(change);
                    if (first) {
                        reportedMissing.remove(field);
                    }
                    restore(field, before, wasRejected);
                };
                return true;
            }
        }
        restore(field, before, wasRejected);
        return false;
    }

    private void restore(String field, @Nullable ReasoningHistory before, boolean wasRejected) {
        if (before == null) {
            required.remove(field);
        } else {
            required.put(field, before);
        }
        if (wasRejected) {
            rejected.add(field);
        }
    }

    private boolean removeField(String field, RejectionWording wording) {
        Change change = new Change(wording, field, ReasoningHistory.DROP);
        if (reportedRejected.contains(field) || ineffectiveChanges.contains(change) || countSent(field) == 0) {
            return false;
        }
        reportedRejected.add(field);
        rejected.add(field);
        undo = () -> {
            ineffectiveChanges.add(change);
            reportedRejected.remove(field);
            rejected.remove(field);
        };
        return true;
    }

    /** Undoes the last change, which did not help. The same rejection does not cause it again. */
    void undo() {
        undo.run();
        undo = () -> {};
    }

    /** The number of messages that are sent with the field. */
    private int countSent(String field) {
        ReasoningFields fields = fields();
        return (int) request.messages().stream()
                .filter(message -> fields.of(message).containsKey(field))
                .count();
    }

    /** The request was accepted: learns what it was changed for. */
    void onAccepted() {
        reportedRejected.forEach(field -> {
            if (rejected.contains(field)) {
                profile.learn(new ReasoningFieldRule(field, ReasoningFieldRule.Kind.REJECTED));
            }
        });
        reportedMissing.forEach(field -> {
            if (!rejected.contains(field)) {
                boolean always = required.get(field) == ReasoningHistory.KEEP;
                profile.learn(new ReasoningFieldRule(
                        field,
                        always ? ReasoningFieldRule.Kind.REQUIRED : ReasoningFieldRule.Kind.REQUIRED_WITH_TOOL_CALLS));
            }
        });
    }
}
