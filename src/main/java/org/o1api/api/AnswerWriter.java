package org.o1api.api;

import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;

/** Writes what a client receives of a turn: reasoning, content, images and tool calls. */
public interface AnswerWriter {
    /** A provider has accepted the call. */
    void accepted();

    void reasoning(String text);

    void content(String text);

    void refusal(String text);

    /** An image of the answer, in the provider's format. */
    void image(RawJson json);

    void toolCall(Delta.ToolCall delta);

    /** An event of the trace. */
    default void trace(TurnEvent event) {}

    /** Whether the client gets the trace. */
    default boolean isTraced() {
        return false;
    }

    /** Sends what is buffered. */
    void flush();

    /** The answer is complete. Its end is sent by {@link #end}. */
    void completed(TurnEvent.Completed end);

    /** Sends the rest and ends the response. */
    void end();

    /** Whether the client gets nothing before the answer is complete. */
    boolean isBuffered();
}
