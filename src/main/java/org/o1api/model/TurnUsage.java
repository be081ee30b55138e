package org.o1api.model;

/**
 * The usage of a turn.
 *
 * @param answer as if a single call had produced the reply
 * @param total of all calls and attempts, including cancelled and failed ones
 * @param calls the number of model calls, including repeated ones; 0: unknown, in turns stored by an earlier version
 * @param attempts the number of requests sent for the calls, including those that do not count against {@code
 *     upstreams.*.attempts}
 */
public record TurnUsage(Usage answer, Usage total, int calls, int attempts) {
    public static final TurnUsage NONE = new TurnUsage(Usage.NONE, Usage.NONE, 0, 0);

    /** The value to report as {@code usage} in the reply. */
    public Usage reported(UsageReport report) {
        return switch (report) {
            case ANSWER -> answer;
            case TURN -> total;
        };
    }
}
