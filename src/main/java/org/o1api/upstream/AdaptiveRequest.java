package org.o1api.upstream;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.model.RawJson;
import org.o1api.upstream.ProviderProfile.Fact;

/**
 * The request of one call, adapted to its provider: without the fields that the provider is known to reject, and changed after each
 * rejection that names something that can be changed. What a request was accepted with is learned, except changes that did not
 * help: those after which the provider rejected the request with the same wording. Confined to the call's thread.
 */
final class AdaptiveRequest {
    /** Calls with the same features to one model at one upstream. */
    private record CallKind(String upstream, String model, FeatureCombination features) {}

    /** The smallest reduced output limit. */
    private static final long MIN_OUTPUT_LIMIT = 16;

    private final CallRequest request;
    private final ProviderProfile profile;
    private final TurnCallState turn;
    private final FeatureCombination features;
    private final CallKind kind;
    private final Set<String> omitted;
    /** The fields to learn if the request is accepted now. */
    private final Set<String> newlyRejected = new HashSet<>();
    /** The generation failures for which the request has been changed. */
    private final Set<GenerationFailure> handledFailures = EnumSet.noneOf(GenerationFailure.class);

    private final AdaptiveReasoning reasoning;
    private boolean developerAsSystem;
    private boolean learnDeveloperRole;
    private final @Nullable String limitField;
    private final long limit;
    private boolean limitReduced;
    /** Whether this call has found that the limit is too large by itself, for any prompt. */
    private boolean learnReducedLimit;

    private RejectionWording lastRejection = RejectionWording.NONE;
    /** Keeps the last change from being learned. */
    private Runnable forgetLastChange = () -> {};

    AdaptiveRequest(CallRequest original, ProviderProfile profile, TurnCallState turn) {
        request = profile.effortField().addTo(original);
        this.profile = profile;
        this.turn = turn;
        reasoning = new AdaptiveReasoning(request, profile);
        features = FeatureCombination.of(request);
        kind = new CallKind(profile.upstream(), profile.model(), features);
        omitted = new HashSet<>(profile.rejectedFields(features));
        if (!turn.mayStream(kind)) {
            omitted.add(RejectedFields.STREAM);
        }
        limitField = RejectedFields.gatewayOutputLimit(request, omitted);
        RawJson gatewayLimit = limitField == null ? null : request.fields().get(limitField);
        limit = gatewayLimit == null ? 0 : Long.parseLong(gatewayLimit.text());
        if (limitField != null && !turn.maySendOutputLimit(kind)) {
            omitted.addAll(RejectedFields.outputLimits());
        }
        limitReduced = reducedLimit() < limit && (turn.reducesOutputLimit(kind) || profile.rejectsOutputLimit(limit));
        developerAsSystem = profile.hasLearned(Fact.DEVELOPER_ROLE_REJECTED);
    }

    byte[] body() {
        CallRequest asSent = limitReduced && limitField != null
                ? request.withField(limitField, new RawJson(Long.toString(reducedLimit())))
                : request;
        return RequestBody.of(asSent, omitted, reasoning.fields(), developerAsSystem);
    }

    private long reducedLimit() {
        return Math.max(MIN_OUTPUT_LIMIT, limit / 4);
    }

    ExpectedReply expectedReply() {
        return ExpectedReply.of(request, omitted);
    }

    /**
     * Changes the request according to a rejection, if something that it names can be changed.
     *
     * @param inStream whether the error came in a stream, so that streaming is not the cause
     * @return whether the request was changed
     */
    boolean adaptTo(UpstreamException rejection, boolean inStream) {
        RejectionWording wording = RejectionWording.of(rejection.errorBody());
        if (wording.equals(lastRejection)) {
            forgetLastChange.run();
        }
        lastRejection = wording;
        forgetLastChange = () -> {};
        return change(rejection, inStream);
    }

    private boolean change(UpstreamException rejection, boolean inStream) {
        int status = rejection.status();
        ProviderErrorBody error = rejection.errorBody();
        // Some servers answer 500 if the provider behind them rejects the request.
        if ((status == 400 || status == 422 || status == 500) && reasoning.adaptTo(error)) {
            forgetLastChange = reasoning::undo;
            return true;
        }
        GenerationFailure failure = GenerationFailure.of(error);
        if (failure != null) {
            return change(failure);
        }
        boolean requestRejected = status == 400 || status == 422;
        if (RejectedFields.gatewayOutputLimit(request, omitted) != null
                && !ContextLength.isExceededByPrompt(error)
                && (rejection.exceedsContext()
                        || (requestRejected && RejectedFields.isOutputLimitTooLarge(error, request)))) {
            return reduceLimit(rejection);
        }
        // A chat template that does not know the role fails, which servers report with status 500.
        boolean aboutRole = requestRejected || (status == 500 && !inStream);
        if (aboutRole
                && !developerAsSystem
                && DeveloperRole.isUsedIn(request)
                && DeveloperRole.isRejectedBy(error, request)) {
            developerAsSystem = true;
            learnDeveloperRole = true;
            forgetLastChange = () -> learnDeveloperRole = false;
            return true;
        }
        boolean mayNameField = requestRejected || (status == 500 && RejectedFields.isUnsupported(error));
        String field = mayNameField ? RejectedFields.rejectedField(error, request, omitted) : "";
        if (field.isEmpty() || (inStream && field.equals(RejectedFields.STREAM))) {
            return false;
        }
        newlyRejected.add(field);
        forgetLastChange = () -> newlyRejected.remove(field);
        return omitted.add(field);
    }

    /**
     * Reduces the output limit to a quarter, which leaves room for the prompt and still stops a step that does not end; removes it
     * if a quarter was rejected too. Both apply to the rest of the turn, whose later calls are longer. A limit that does not fit
     * together with this prompt may fit with another caller's, so only a limit that is too large by itself is learned.
     */
    private boolean reduceLimit(UpstreamException rejection) {
        if (!limitReduced && reducedLimit() < limit) {
            limitReduced = true;
            learnReducedLimit = !rejection.exceedsContext();
            turn.reduceOutputLimit(kind);
            return true;
        }
        learnReducedLimit = false;
        turn.dropOutputLimit(kind);
        return omitted.addAll(RejectedFields.outputLimits());
    }

    /** Disables the check that the model's output failed, for this call only: other output may pass it. */
    private boolean change(GenerationFailure failure) {
        return request.fields().containsKey(failure.field())
                && request.removable().contains(failure.field())
                && handledFailures.add(failure)
                && omitted.add(failure.field());
    }

    /**
     * The request was accepted: learns what it was changed for. Rejected streaming is remembered for the turn only: the cause may
     * be the content of this request, and streaming is essential for other requests.
     */
    void onAccepted() {
        if (newlyRejected.remove(RejectedFields.STREAM)) {
            turn.stopStreaming(kind);
        }
        profile.learnRejectedFields(features, newlyRejected);
        reasoning.onAccepted();
        if (learnReducedLimit) {
            profile.learnReducedOutputLimit(limit, reducedLimit());
        }
        if (learnDeveloperRole) {
            profile.learn(Fact.DEVELOPER_ROLE_REJECTED);
        }
    }
}
