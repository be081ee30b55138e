package org.o1api.upstream;

import org.jspecify.annotations.Nullable;
import org.o1api.model.FinishReason;

/** Decides whether a reply that has ended is complete, and why it ended. */
final class ReplyCompletion {
    private final ProviderProfile profile;
    private final ExpectedReply expected;
    private final DeltaBuffer deltas;
    /** The meaning of an unknown finish reason, once the reply is complete. */
    private @Nullable FinishReason unknownMeaning;

    ReplyCompletion(ProviderProfile profile, ExpectedReply expected, DeltaBuffer deltas) {
        this.profile = profile;
        this.expected = expected;
        this.deltas = deltas;
    }

    /**
     * Checks a reply that ended without a finish reason: a provider further upstream may have aborted it.
     *
     * @throws UpstreamException if the reply is incomplete
     */
    void checkWithoutFinishReason() {
        if (profile.replies().requireFinishReason()) {
            throw UpstreamErrors.providerFailed(
                    "ended its reply without a finish_reason (upstreams.*.require_finish_reason)", null);
        }
        if (!isUntruncated()) {
            throw UpstreamErrors.incompleteReply();
        }
        if (!deltas.isEmptyReply()) {
            profile.logOnce(
                    "no reason",
                    "replies without a finish_reason are treated as complete; set upstreams.*.require_finish_reason to"
                            + " reject them");
        }
    }

    /** Whether the content so far can be the complete reply although the body has not ended. */
    boolean mayBeComplete() {
        FinishReason reason = finishReason();
        return (reason != FinishReason.STOP && reason != FinishReason.TOOL_CALLS) || isUntruncated();
    }

    /** Whether neither the arguments of a tool call nor the requested JSON are truncated. */
    private boolean isUntruncated() {
        return deltas.toolCalls().hasCompleteArguments() && isCompleteJson();
    }

    private boolean isCompleteJson() {
        if (!expected.wantsJson() || deltas.text().isEmpty()) {
            return true;
        }
        String text = JsonText.extract(deltas.text());
        return expected.json() == ExpectedReply.Json.BY_CALLER
                ? (text.isEmpty() && !deltas.toolCalls().isEmpty()) || JsonText.isJson(text)
                : !JsonText.isTruncatedObject(text);
    }

    /**
     * Checks a reply that has ended.
     *
     * @throws UpstreamException if it is empty or has a tool call without a name
     */
    void check() {
        ProviderFinishReason providerReason = deltas.finishReason();
        if (providerReason != null && providerReason.kind() == ProviderFinishReason.Kind.UNKNOWN) {
            unknownMeaning = meaningOfUnknown();
            profile.logOnce(
                    "unknown reason",
                    "the unknown finish_reason "
                            + (providerReason.value().isEmpty() ? "(not a plain word)" : providerReason.value())
                            + " is treated as length");
        }
        boolean isCut = finishReason() == FinishReason.LENGTH || finishReason() == FinishReason.CONTENT_FILTER;
        if (deltas.toolCalls().hasUnnamedCall() && !isCut) {
            throw UpstreamErrors.providerFailed("sent a tool call without a name", null);
        }
        if (deltas.isEmptyReply()) {
            throw UpstreamException.emptyReply();
        }
    }

    /**
     * Why the model stopped. If the provider gives no reason, or only says that it stopped, the reason is derived from the content.
     */
    FinishReason finishReason() {
        ProviderFinishReason providerReason = deltas.finishReason();
        ProviderFinishReason.Kind kind =
                providerReason == null ? ProviderFinishReason.Kind.COMPLETE : providerReason.kind();
        return switch (kind) {
            case COMPLETE, TOOL_CALLS, FAILURE ->
                deltas.toolCalls().isEmpty() ? FinishReason.STOP : FinishReason.TOOL_CALLS;
            case LENGTH -> FinishReason.LENGTH;
            case CONTENT_FILTER -> FinishReason.CONTENT_FILTER;
            case UNKNOWN -> meaningOfUnknown();
        };
    }

    /** The string of the request at which the model stopped; null: at none, or the provider does not name it. */
    @Nullable
    String stopSequence() {
        ProviderFinishReason providerReason = deltas.finishReason();
        return providerReason == null ? null : providerReason.stopSequence();
    }

    private FinishReason meaningOfUnknown() {
        FinishReason known = unknownMeaning;
        if (known == null) {
            boolean complete = expected.wantsJson()
                    && deltas.toolCalls().isEmpty()
                    && JsonText.isJson(JsonText.extract(deltas.text()));
            known = complete ? FinishReason.STOP : FinishReason.LENGTH;
        }
        return known;
    }
}
