package org.o1api.reasoning;

import org.jspecify.annotations.Nullable;
import org.o1api.model.TurnEvent;

/**
 * The client of a turn, as the writer of one wire format: events in, bytes out. Used by the turn's thread only. Any method may fail
 * because the client has disconnected.
 */
public interface TurnClient {
    /** Adds the next event. It need not be sent before {@link #flush}. */
    void write(TurnEvent event);

    /** Sends everything that is buffered: the turn is about to wait. */
    void flush();

    /** Sends the rest, ends the response, and is called last. The turn holds nothing any more. */
    void end();

    /**
     * The answer is complete, but could not be stored, although the response has said that it will be. Called between {@link
     * TurnEvent.Completed} and {@link #end}.
     */
    default void notStored() {}

    /** Adds an event of the trace: as the strategy reported it, before concurrent steps are brought into one sequence. */
    default void trace(TurnEvent event) {}

    /** Whether the client gets the trace. Otherwise {@link #trace} has no effect, and nothing need be measured for it. */
    default boolean isTraced() {
        return false;
    }

    /** A provider has accepted the first call, before there is anything to show. */
    default void accepted() {}

    /**
     * Whether the client gets nothing before the turn is complete, so that the gateway can wait longer to tell reasoning from
     * answer.
     */
    default boolean isBuffered() {
        return false;
    }

    /** The content as the client gets it, if it contains reasoning; otherwise null. Valid after {@link TurnEvent.Completed}. */
    default @Nullable String sentContent() {
        return null;
    }

    /** The following events are a replay: the content, which contains reasoning, was sent like this the first time. */
    default void replayContent(String sent) {}
}
