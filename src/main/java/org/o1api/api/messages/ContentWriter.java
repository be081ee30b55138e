package org.o1api.api.messages;

import org.o1api.api.AnswerWriter;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;

/** A writer of a message: the pieces of a turn become blocks of its content. */
abstract class ContentWriter implements AnswerWriter {
    final MessageContent content;

    ContentWriter(MessageContent content) {
        this.content = content;
    }

    @Override
    public final void reasoning(String text) {
        content.addThinking(text);
    }

    @Override
    public final void content(String text) {
        content.addText(text);
    }

    @Override
    public final void refusal(String text) {
        content.addRefusal(text);
    }

    @Override
    public final void image(RawJson json) {
        content.addImage(json);
    }

    @Override
    public final void toolCall(Delta.ToolCall delta) {
        content.addCall(delta);
    }
}
