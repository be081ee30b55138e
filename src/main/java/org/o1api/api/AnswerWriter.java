package org.o1api.api;

import org.o1api.json.Json;
import org.o1api.model.Delta;
import org.o1api.model.GatewayException;
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

    /** The URL of an image in the provider's format; empty if it has none. */
    static String imageUrl(RawJson image) {
        return Json.tree(image).path("image_url").path("url").asText("");
    }

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

    /** Returns the last events of a response that has started and then fails. Called instead of {@link #end}. */
    default byte[] errorEvents(GatewayException failure) {
        return ErrorBody.of(failure).toEvent();
    }

    /** Whether the client gets nothing before the answer is complete. */
    boolean isBuffered();
}
