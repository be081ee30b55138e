package org.o1api.reasoning;

import org.o1api.model.CallRecord;
import org.o1api.model.TurnLedger;
import org.o1api.model.Usage;
import org.o1api.upstream.AttemptListener;
import org.o1api.upstream.CallRequest;

/**
 * Collects what one call uses and adds its {@link CallRecord} to the turn's ledger when it ends. Counts tokens itself if the
 * upstream does not report them.
 */
final class CallRecorder implements AttemptListener {
    private final CallRecord.Purpose purpose;
    private final CallRequest request;
    private final TurnTokenCounter tokenCounter;
    private final TurnLedger ledger;
    private String upstream;
    private String model;
    private int attempts;
    private Usage failedAttempts = Usage.NONE;

    /**
     * Starts with no attempts.
     *
     * @param upstream the name to record if no request is sent
     */
    CallRecorder(
            CallRecord.Purpose purpose,
            CallRequest request,
            String upstream,
            TurnTokenCounter tokenCounter,
            TurnLedger ledger) {
        this.purpose = purpose;
        this.request = request;
        this.upstream = upstream;
        this.model = request.model();
        this.tokenCounter = tokenCounter;
        this.ledger = ledger;
    }

    @Override
    public void onRequestSent(String name, String modelName) {
        upstream = name;
        model = modelName;
        attempts++;
    }

    @Override
    public void onFailedAttemptUsage(Usage used) {
        failedAttempts = failedAttempts.plus(used.equals(Usage.NONE) ? tokenCounter.usageOf(request, "", "") : used);
    }

    boolean isStep() {
        return purpose == CallRecord.Purpose.STEP;
    }

    /** Records a call that ended without a reply. */
    void endWithoutReply(CallRecord.State state) {
        end(state, Usage.NONE, false);
    }

    /**
     * Records a call that got a reply, whether complete, cancelled or failed.
     *
     * @param reported the usage that the upstream reported
     * @param answer the text of the reply without its reasoning
     * @param reasoning the model's reasoning
     */
    void end(CallRecord.State state, Usage reported, String answer, String reasoning) {
        end(state, usage(reported, answer, reasoning), true);
    }

    private Usage usage(Usage reported, String answer, String reasoning) {
        if (reported.inputTokens() == 0 || reported.outputTokens() == 0) {
            Usage counted = tokenCounter.usageOf(request, answer, reasoning);
            return (reported.inputTokens() == 0 ? counted : reported)
                    .withOutputOf(reported.outputTokens() == 0 ? counted : reported);
        }
        return reported.reasoningTokens() > 0 || reasoning.isEmpty()
                ? reported
                : reported.withReasoning(tokenCounter.countTokens(reasoning));
    }

    private void end(CallRecord.State state, Usage usage, boolean shown) {
        ledger.add(new CallRecord(purpose, upstream, model, attempts, usage, failedAttempts, state, shown));
    }
}
