package org.o1api.upstream;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.model.RawJson;
import org.o1api.upstream.ProviderProfile.Fact;

/**
 * How one call's request is written: as it was asked, without what the provider is known to reject. A refusal may change it once more
 * for each thing that it names. What was accepted after that is learned, except changes that did not help: the provider refused the next
 * request in the same words. Belongs to the call's thread.
 */
final class AdaptiveRequest {
    /** Calls of one combination of one model at one upstream. */
    private record Kind(String upstream, String model, FeatureCombination combination) {}

    /** A reduced output limit is not worth less than this. */
    private static final long MIN_LIMIT = 16;

    private final CallRequest request;
    private final ProviderProfile profile;
    private final CallingTurn owner;
    private final FeatureCombination combination;
    private final Kind kind;
    private final Set<String> leftOut;
    /** What to learn if the request is accepted now. */
    private final Set<String> newlyRejected = new HashSet<>();
    /** For which the model's own failure has changed the request already. */
    private final Set<GenerationFailure> excused = EnumSet.noneOf(GenerationFailure.class);

    private final AdaptiveReasoning reasoning;
    private boolean developerAsSystem;
    private boolean roleRejected;
    private final @Nullable String limitField;
    private final long limit;
    private boolean limitReduced;
    /** Whether the call itself has found that the limit is too large, whatever the prompt. */
    private boolean limitRefused;

    private RejectionWording lastRefusal = RejectionWording.NONE;
    /** Forgets what the last change was for. */
    private Runnable forget = () -> {};

    AdaptiveRequest(CallRequest request, ProviderProfile profile, CallingTurn owner) {
        this.request = request;
        this.profile = profile;
        this.owner = owner;
        reasoning = new AdaptiveReasoning(request, profile);
        combination = FeatureCombination.of(request);
        kind = new Kind(profile.upstream(), profile.model(), combination);
        leftOut = new HashSet<>(profile.rejectedFields(combination));
        if (!owner.mayStream(kind)) {
            leftOut.add(RejectedFields.STREAM);
        }
        limitField = RejectedFields.gatewayOutputLimit(request, leftOut);
        RawJson own = limitField == null ? null : request.fields().get(limitField);
        limit = own == null ? 0 : Long.parseLong(own.text());
        if (limitField != null && !owner.maySendOutputLimit(kind)) {
            leftOut.addAll(RejectedFields.outputLimits());
        }
        limitReduced = reducedLimit() < limit && (owner.reducesOutputLimit(kind) || profile.rejectsOutputLimit(limit));
        developerAsSystem = profile.hasLearned(Fact.DEVELOPER_ROLE_REJECTED);
    }

    byte[] body() {
        CallRequest asSent = limitReduced && limitField != null
                ? request.withField(limitField, new RawJson(Long.toString(reducedLimit())))
                : request;
        return RequestBody.of(asSent, leftOut, reasoning.fields(), developerAsSystem);
    }

    private long reducedLimit() {
        return Math.max(MIN_LIMIT, limit / 4);
    }

    ExpectedReply expectedReply() {
        return ExpectedReply.of(request, leftOut);
    }

    /**
     * Changes the request by what a refusal names, if the request may do without it.
     *
     * @param inStream whether the refusal came in a stream, so that streaming is not the cause
     * @return whether the request is another one now
     */
    boolean adaptTo(UpstreamException refusal, boolean inStream) {
        RejectionWording wording = RejectionWording.of(refusal.errorBody());
        if (wording.equals(lastRefusal)) {
            forget.run();
        }
        lastRefusal = wording;
        forget = () -> {};
        return changeFor(refusal, inStream);
    }

    private boolean changeFor(UpstreamException refusal, boolean inStream) {
        int status = refusal.status();
        ProviderErrorBody error = refusal.errorBody();
        // Some servers answer 500 for a refusal of the provider behind them.
        if ((status == 400 || status == 422 || status == 500) && reasoning.adaptTo(error)) {
            forget = reasoning::undo;
            return true;
        }
        GenerationFailure failure = GenerationFailure.of(error);
        if (failure != null) {
            return changeFor(failure);
        }
        boolean refused = status == 400 || status == 422;
        if (RejectedFields.gatewayOutputLimit(request, leftOut) != null
                && (refusal.exceedsContext() || (refused && RejectedFields.isOutputLimitTooLarge(error, request)))) {
            return reduceLimit(refusal);
        }
        // A chat template that does not know the role fails, and so do servers that do not expect that.
        boolean aboutRole = refused || (status == 500 && !inStream);
        if (aboutRole
                && !developerAsSystem
                && DeveloperRole.isUsedIn(request)
                && DeveloperRole.isRejectedBy(error, request)) {
            developerAsSystem = true;
            roleRejected = true;
            forget = () -> roleRejected = false;
            return true;
        }
        boolean mayNameField = refused || (status == 500 && RejectedFields.isUnsupported(error));
        String field = mayNameField ? RejectedFields.rejectedField(error, request, leftOut) : "";
        if (field.isEmpty() || (inStream && field.equals(RejectedFields.STREAM))) {
            return false;
        }
        newlyRejected.add(field);
        forget = () -> newlyRejected.remove(field);
        return leftOut.add(field);
    }

    /**
     * A quarter leaves room for the prompt, and still stops a step that does not end. Without a limit only if that is too much as well.
     * Either holds for the rest of the turn, whose next calls are longer. A limit that does not fit beside this prompt may fit beside
     * another caller's, so only one that is too large by itself is learned.
     */
    private boolean reduceLimit(UpstreamException refusal) {
        if (!limitReduced && reducedLimit() < limit) {
            limitReduced = true;
            limitRefused = !refusal.exceedsContext();
            owner.reduceOutputLimit(kind);
            return true;
        }
        limitRefused = false;
        owner.dropOutputLimit(kind);
        return leftOut.addAll(RejectedFields.outputLimits());
    }

    /** The check that the model's text failed is left out for this call only: the next text may well pass it. */
    private boolean changeFor(GenerationFailure failure) {
        return request.fields().containsKey(failure.field())
                && request.droppable().contains(failure.field())
                && excused.add(failure)
                && leftOut.add(failure.field());
    }

    /**
     * The request was accepted: what it was changed for is learned. That streams were rejected counts for the turn only: the cause may
     * be what this request contains, and others would lose what the gateway is for.
     */
    void onAccepted() {
        if (newlyRejected.remove(RejectedFields.STREAM)) {
            owner.stopStreaming(kind);
        }
        profile.learnRejectedFields(combination, newlyRejected);
        reasoning.onAccepted();
        if (limitRefused) {
            profile.learnReducedOutputLimit(limit, reducedLimit());
        }
        if (roleRejected) {
            profile.learn(Fact.DEVELOPER_ROLE_REJECTED);
        }
    }
}
