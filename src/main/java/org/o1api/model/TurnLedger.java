package org.o1api.model;

import java.util.ArrayList;
import java.util.List;
import org.o1api.model.CallRecord.Purpose;

/**
 * The calls of one turn, in the order in which they ended, also those that failed or were cancelled. Everything that is reported of a
 * turn's tokens is a function of it. Belongs to the turn's thread.
 */
public final class TurnLedger {
    private final List<CallRecord> records = new ArrayList<>();

    /** Adds a call that has ended. A closing call replaces earlier closing calls, whose output the client did not get. */
    public void add(CallRecord record) {
        if (record.purpose() == Purpose.ANSWER) {
            records.replaceAll(earlier -> earlier.purpose() == Purpose.ANSWER ? earlier.asDiscarded() : earlier);
        }
        records.add(record);
    }

    /** The last call broke off and is made again: its output counts in the totals only. */
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

    /** What every call and attempt used. */
    public Usage totalUsage() {
        Usage total = Usage.NONE;
        for (CallRecord record : records) {
            total = total.plus(record.totalUsage());
        }
        return total;
    }

    /**
     * What the turn used as if one call had produced the reply: the prompt of the first call that got a reply, and the output that the
     * client got. Of a call that broke off and was made again, the second one counts.
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

    public int calls() {
        return records.size();
    }

    /** Requests that were sent for the calls. */
    public int attempts() {
        return records.stream().mapToInt(CallRecord::attempts).sum();
    }

    /** What is reported of the calls so far. */
    public TurnUsage usage() {
        return new TurnUsage(answerUsage(), totalUsage(), calls(), attempts());
    }
}
