package org.o1api.model;

/**
 * What a turn used.
 *
 * @param answer as if one call had produced the reply
 * @param total of every call and attempt, cancelled and failed ones included
 * @param calls of the model, those included that were made again; 0: not known, in turns that an earlier version stored
 * @param attempts requests that were sent for the calls, also those that do not count against {@code upstreams.*.attempts}
 */
public record TurnUsage(Usage answer, Usage total, int calls, int attempts) {
    public static final TurnUsage NONE = new TurnUsage(Usage.NONE, Usage.NONE, 0, 0);

    /** What the {@code usage} of the reply reports. */
    public Usage reported(UsageReport report) {
        return switch (report) {
            case ANSWER -> answer;
            case TURN -> total;
        };
    }
}
