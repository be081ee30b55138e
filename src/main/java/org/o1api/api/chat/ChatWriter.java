package org.o1api.api.chat;

import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.TurnUsage;

/** Writes what a client receives of a turn: reasoning, content, images and tool calls. */
interface ChatWriter {
    /** A provider has accepted the call. */
    void accepted();

    void reasoning(String text);

    void content(String text);

    void refusal(String text);

    /** An image of the answer, in the provider's format. */
    void image(RawJson json);

    void toolCall(Delta.ToolCall delta);

    /** Sends what is buffered. */
    void flush();

    /** The answer is complete. Its end is sent by {@link #end}. */
    void completed(FinishReason reason, TurnUsage usage);

    /** Sends the rest and ends the response. */
    void end();

    /** Whether the client gets nothing before the answer is complete. */
    boolean isBuffered();
}
