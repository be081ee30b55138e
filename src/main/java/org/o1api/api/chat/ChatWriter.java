package org.o1api.api.chat;

import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.TurnUsage;

/** What a client gets of a turn: text beside the content, content, images, tool calls. */
interface ChatWriter {
    /** The upstream has accepted the work. */
    void accepted();

    void reasoning(String text);

    void content(String text);

    void refusal(String text);

    /** An image of the answer, as the provider writes it. */
    void image(RawJson json);

    void toolCall(Delta.ToolCall delta);

    /** Sends what is held back. */
    void flush();

    void completed(FinishReason reason, TurnUsage usage);
}
