package org.o1api.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.CallRecord.State;
import org.o1api.model.TurnSummary.ModelUsage;

/**
 * The calls of one turn in the order in which they ended, including failed and cancelled ones. All token counts that are
 * reported for a turn are computed from it. Used by the turn's thread only.
 */
public final class TurnLedger {
    private final PriceList prices;
    private final List<CallRecord> records = new ArrayList<>();

    /** A ledger without prices. */
    public TurnLedger() {
        this(PriceList.NONE);
    }

    public TurnLedger(PriceList prices) {
        this.prices = prices;
    }

    /** The prices of the turn's models. */
    public PriceList prices() {
        return prices;
    }

    /**
     * Adds a call that has ended. Earlier closing calls are marked as discarded: the client gets the output of the last one
     * only.
     *
     * @return the index of the record
     */
    public int add(CallRecord record) {
        if (record.purpose() == Purpose.ANSWER) {
            discardAnswers();
        }
        records.add(record);
        return records.size() - 1;
    }

    /** Marks the output of a call, such as the winner of several samples, as the answer. Earlier answers are discarded. */
    public void markAsAnswer(int index) {
        CallRecord answer = records.get(index).asAnswer();
        discardAnswers();
        records.set(index, answer);
    }

    private void discardAnswers() {
        records.replaceAll(earlier -> earlier.purpose() == Purpose.ANSWER ? earlier.asDiscarded() : earlier);
    }

    /**
     * Marks the output of the last call as discarded because the call is repeated. Its usage still counts in {@link
     * #totalUsage}.
     */
    public void discardLast() {
        int last = records.size() - 1;
        if (last >= 0) {
            records.set(last, records.get(last).asDiscarded());
        }
    }

    /** The calls so far. */
    public List<CallRecord> records() {
        return List.copyOf(records);
    }

    /** The usage of the reply to the call that ended last; {@link Usage#NONE} if there was none. */
    public Usage lastUsage() {
        return records.isEmpty() ? Usage.NONE : records.get(records.size() - 1).usage();
    }

    /** The usage of all calls and attempts. */
    public Usage totalUsage() {
        Usage total = Usage.NONE;
        for (CallRecord record : records) {
            total = total.plus(record.totalUsage());
        }
        return total;
    }

    /**
     * The usage as if a single call had produced the reply: the input of the first call that got a reply, and the output that
     * the client got. Of samples that ran at the same time, only the one that became the answer counts. If a call broke off and was
     * repeated, the repetition counts.
     */
    public Usage answerUsage() {
        CallRecord first = null;
        Usage shown = Usage.NONE;
        for (CallRecord record : records) {
            if (record.shown() && record.purpose().isPartOfReply()) {
                shown = shown.plus(record.replyUsage());
            }
            if (record.hasReply() && (first == null || (record.shown() && !first.shown()))) {
                first = record;
            }
        }
        return first == null ? Usage.NONE : first.usage().withOutputOf(shown);
    }

    /** The number of calls, without those that were never started. */
    public int calls() {
        return (int) records.stream()
                .filter(record -> record.state() != State.NOT_STARTED)
                .count();
    }

    /** The number of samples whose call was never started. */
    public int unsentSamples() {
        return (int) records.stream()
                .filter(record -> record.purpose() == Purpose.SAMPLE && record.state() == State.NOT_STARTED)
                .count();
    }

    /** The number of requests sent for all calls. */
    public int attempts() {
        return records.stream().mapToInt(CallRecord::attempts).sum();
    }

    /** The cost of all calls and attempts, in the configured currency; null if one of their models has no price. */
    public @Nullable BigDecimal cost() {
        BigDecimal total = BigDecimal.ZERO;
        for (CallRecord record : records) {
            BigDecimal cost = record.cost(prices);
            if (cost == null) {
                return null;
            }
            total = total.add(cost);
        }
        return total;
    }

    /** The usage and cost of each model, in the order of their first call that ended. */
    public List<ModelUsage> byModel() {
        Map<List<String>, ModelUsage> models = new LinkedHashMap<>();
        for (CallRecord record : records) {
            if (record.state() != State.NOT_STARTED) {
                add(models, record.upstream(), record.model(), 1, record.ofPurpose(record.usage()));
                for (CallRecord.FailedAttempts attempt : record.failed()) {
                    add(models, attempt.upstream(), attempt.model(), 0, record.ofPurpose(attempt.usage()));
                }
            }
        }
        return List.copyOf(models.values());
    }

    private void add(Map<List<String>, ModelUsage> models, String upstream, String model, int calls, Usage usage) {
        List<String> key = List.of(upstream, model);
        ModelUsage before = models.get(key);
        Usage total = before == null ? usage : before.usage().plus(usage);
        Price price = prices.of(upstream, model);
        models.put(
                key,
                new ModelUsage(
                        upstream,
                        model,
                        before == null ? calls : before.calls() + calls,
                        total,
                        price == null ? null : price.cost(total)));
    }

    /** A summary of the calls so far. */
    public TurnUsage usage() {
        return new TurnUsage(answerUsage(), totalUsage(), calls(), attempts());
    }
}
