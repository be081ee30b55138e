package org.o1api.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.CallRecord.State;

/**
 * The calls of one turn in the order in which they ended, including failed and cancelled ones. All token counts that are
 * reported for a turn are computed from it. Used by the turn's thread only.
 */
public final class TurnLedger {
    private final List<CallRecord> records = new ArrayList<>();

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
     * the client got. If a call broke off and was repeated, the repetition counts.
     */
    public Usage answerUsage() {
        CallRecord first = null;
        Usage shown = Usage.NONE;
        for (CallRecord record : records) {
            if (record.shown()) {
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

    /** The number of requests sent for all calls. */
    public int attempts() {
        return records.stream().mapToInt(CallRecord::attempts).sum();
    }

    /** The usage of each model, in the order of their first call that ended. */
    public List<TurnSummary.ModelUsage> byModel() {
        Map<List<String>, TurnSummary.ModelUsage> models = new LinkedHashMap<>();
        for (CallRecord record : records) {
            if (record.state() != State.NOT_STARTED) {
                models.merge(
                        List.of(record.upstream(), record.model()),
                        new TurnSummary.ModelUsage(record.upstream(), record.model(), 1, record.totalUsage(), null),
                        (one, other) -> new TurnSummary.ModelUsage(
                                one.upstream(),
                                one.model(),
                                one.calls() + other.calls(),
                                one.usage().plus(other.usage()),
                                null));
            }
        }
        return List.copyOf(models.values());
    }

    /** A summary of the calls so far. */
    public TurnUsage usage() {
        return new TurnUsage(answerUsage(), totalUsage(), calls(), attempts());
    }
}
