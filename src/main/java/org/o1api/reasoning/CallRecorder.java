package org.o1api.reasoning;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.o1api.model.CallRecord;
import org.o1api.model.CallRecord.FailedAttempts;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.CallRecord.State;
import org.o1api.model.Delta;
import org.o1api.model.FailureLog;
import org.o1api.model.ThinkBlock;
import org.o1api.model.TurnLedger;
import org.o1api.model.Usage;
import org.o1api.upstream.AttemptListener;
import org.o1api.upstream.CallRequest;

/**
 * Collects what one call receives and uses, and adds its {@link CallRecord} to the turn's ledger when it ends. Counts tokens
 * itself if the upstream does not report them. Used by the turn's thread only.
 */
final class CallRecorder implements AttemptListener {
    private static final FailureLog LOG = new FailureLog(System.getLogger(CallRecorder.class.getName()));
    private static final int NOT_ENDED = -1;

    private final CallRequest request;
    private final TurnTokenCounter tokenCounter;
    private final TurnLedger ledger;
    private final BudgetMeter.OpenCall measured;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private Purpose purpose;
    private String upstream;
    private String model;
    private int attempts;
    /** Whether the provider has accepted the last request (a 2xx status), and what it has used is not counted yet. */
    private boolean acceptedUncounted;

    private final Map<List<String>, Usage> failedAttempts = new LinkedHashMap<>();
    /** What of {@link #text} and {@link #reasoning} is measured exactly. */
    private int measuredText;

    private int measuredReasoning;
    /** The estimate of the rest, see {@link TokenCounter#estimate}. */
    private long estimatedUnits;
    /** The tokens that {@link #recount} has counted. */
    private long countedTokens;

    /** Whether the text starts inside the model's reasoning, without an opening tag. */
    private boolean startsThinking;
    /** Whether the answer contains something other than text: a refusal, a tool call or an image. */
    private boolean hasOtherOutput;
    /** The number of characters at the start of an answer's text that are reasoning without an opening tag. */
    private int untaggedReasoning;

    private Usage usage = Usage.NONE;
    /** The index of the call's record in the ledger. */
    private int position = NOT_ENDED;

    /**
     * Starts with no attempts.
     *
     * @param upstream the name to record if no request is sent
     * @param measured gets what the call uses, except the pieces of its reply, which are measured when they are read
     */
    CallRecorder(
            ModelCall call,
            String upstream,
            TurnTokenCounter tokenCounter,
            TurnLedger ledger,
            BudgetMeter.OpenCall measured) {
        this.purpose = call.purpose();
        this.request = call.request();
        this.upstream = upstream;
        this.model = request.model();
        this.tokenCounter = tokenCounter;
        this.ledger = ledger;
        this.measured = measured;
    }

    /** What the call has used so far. */
    BudgetMeter.OpenCall measured() {
        return measured;
    }

    @Override
    public void onRequestSent(String name, String modelName) {
        countAccepted();
        upstream = name;
        model = modelName;
        attempts++;
        measured.sent(name, modelName);
    }

    /** The provider has accepted the last request. From now on its prompt counts, also if no reply follows. */
    void onAccepted() {
        acceptedUncounted = true;
    }

    private void countAccepted() {
        if (acceptedUncounted) {
            onFailedAttemptUsage(Usage.NONE);
        }
    }

    @Override
    public void onFailedAttemptUsage(Usage used) {
        acceptedUncounted = false;
        Usage counted = used.equals(Usage.NONE) ? tokenCounter.usageOf(request, "", "") : used;
        failedAttempts.merge(List.of(upstream, model), counted, Usage::plus);
        measured.attemptFailed(counted);
    }

    /** The reply has started. */
    void onReplyStarted(boolean replyStartsThinking) {
        startsThinking = replyStartsThinking;
    }

    /** The next piece of the reply has arrived. */
    void onDelta(Delta delta) {
        estimatedUnits += TokenCounter.estimate(delta);
        if (delta instanceof Delta.Text piece) {
            text.append(piece.text());
        } else if (delta instanceof Delta.Reasoning piece) {
            reasoning.append(piece.text());
        } else if (delta instanceof Delta.Refusal piece) {
            hasOtherOutput |= !piece.text().isBlank();
            text.append(piece.text());
        } else if (delta instanceof Delta.ToolCall piece) {
            hasOtherOutput = true;
            text.append(piece.arguments());
        } else if (delta instanceof Delta.Image) {
            hasOtherOutput = true;
        }
    }

    /** Replaces the estimate of what has been received by an exact count. */
    void recount() {
        long tokens = tokenCounter.countTokens(text.substring(measuredText))
                + tokenCounter.countTokens(reasoning.substring(measuredReasoning));
        measuredText = text.length();
        measuredReasoning = reasoning.length();
        measured.correct(estimatedUnits, tokens);
        estimatedUnits = 0;
        countedTokens += tokens;
    }

    /** The tokens of what has been received. */
    long receivedTokens() {
        if (position == NOT_ENDED) {
            recount();
            return countedTokens;
        }
        return usage.outputTokens();
    }

    /** The length of what has been received. */
    int receivedLength() {
        return text.length() + reasoning.length();
    }

    /** Counts the first characters of an answer's text as reasoning although they have no opening tag. */
    void setUntaggedReasoning(int characters) {
        untaggedReasoning = characters;
    }

    boolean startsThinking() {
        return startsThinking;
    }

    boolean isReasoning() {
        return purpose.isReasoning();
    }

    /** Whether an answer has started: anything except reasoning and white space. */
    boolean hasAnswer() {
        int end = endOfReasoning();
        boolean inReasoning = end == ThinkBlock.UNCLOSED || (end == 0 && startsThinking);
        return hasOtherOutput || (!inReasoning && !text.substring(end).isBlank());
    }

    /** The index after the reasoning at the start of the text, which some models write there instead of in a separate field. */
    private int endOfReasoning() {
        int end = ThinkBlock.endIndex(text);
        return purpose == Purpose.STEP || untaggedReasoning == 0 ? end : Math.max(end, untaggedReasoning);
    }

    /** Counts the output as the answer, now or when the call ends. */
    void markAsAnswer() {
        purpose = Purpose.ANSWER;
        if (position != NOT_ENDED) {
            ledger.markAsAnswer(position);
        }
    }

    /** Records a call that ended without a reply. */
    void endWithoutReply(State state) {
        try {
            countAccepted();
        } catch (Throwable e) {
            logUncounted(e);
        }
        record(state, false);
    }

    /**
     * Records a call that got a reply, whether complete, cancelled or failed.
     *
     * @param reported the usage that the upstream reported
     */
    void end(State state, Usage reported) {
        usage = reported;
        try {
            usage = complete(reported);
        } catch (Throwable e) {
            logUncounted(e);
        }
        record(state, true);
    }

    /** Nothing that is thrown while a call is counted, such as an OutOfMemoryError, may lose the record. */
    private static void logUncounted(Throwable e) {
        LOG.error(e.getClass().getName(), "failed to count the tokens of a call", e);
    }

    /** What the reply has used. Valid once the call has ended. */
    Usage usage() {
        return usage;
    }

    private Usage complete(Usage reported) {
        if (reported.inputTokens() == 0 || reported.outputTokens() == 0) {
            Usage counted = tokenCounter.usageOf(request, text.substring(startOfAnswer()), allReasoning());
            return (reported.inputTokens() == 0 ? counted : reported)
                    .withOutputOf(reported.outputTokens() == 0 ? counted : reported);
        }
        if (reported.reasoningTokens() > 0) {
            return reported.withReasoning(reported.reasoningTokens() + textReasoning());
        }
        String allReasoning = allReasoning();
        return allReasoning.isEmpty() ? reported : reported.withReasoning(tokenCounter.countTokens(allReasoning));
    }

    /**
     * The tokens of the reasoning in the text that the upstream has not counted as reasoning: it counts what it sends separately, and
     * think blocks.
     */
    private long textReasoning() {
        int end = endOfReasoning();
        return reasoning.isEmpty() || end != untaggedReasoning ? 0 : tokenCounter.countTokens(text.substring(0, end));
    }

    private int startOfAnswer() {
        int end = endOfReasoning();
        return end == ThinkBlock.UNCLOSED ? text.length() : end;
    }

    private String allReasoning() {
        return reasoning + text.substring(0, startOfAnswer());
    }

    private void record(State state, boolean shown) {
        List<FailedAttempts> failed = failedAttempts.entrySet().stream()
                .map(entry ->
                        new FailedAttempts(entry.getKey().get(0), entry.getKey().get(1), entry.getValue()))
                .toList();
        CallRecord record = new CallRecord(purpose, upstream, model, attempts, usage, failed, state, shown);
        position = ledger.add(record);
        measured.end(record);
    }
}
