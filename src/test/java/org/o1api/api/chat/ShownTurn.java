package org.o1api.api.chat;

import org.o1api.api.AnswerWriter;
import org.o1api.api.ReasoningFormatter;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.TurnEvent;
import org.o1api.reasoning.StepHeading;
import org.o1api.reasoning.TurnClient;

/** A client that keeps what a reader sees of a turn on Chat Completions. */
public class ShownTurn implements TurnClient {
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder content = new StringBuilder();
    private final ReasoningFormatter formatter =
            new ReasoningFormatter(ReasoningFormat.REASONING_CONTENT, StepHeading.DEFAULT, new Recorder());

    /** What the client gets as {@code reasoning_content}. */
    public String reasoning() {
        return reasoning.toString();
    }

    /** What the client gets as {@code content}. */
    public String content() {
        return content.toString();
    }

    @Override
    public void accepted() {
        formatter.accepted();
    }

    @Override
    public void write(TurnEvent event) {
        formatter.write(event);
    }

    @Override
    public void flush() {
        formatter.flush();
    }

    @Override
    public void end() {
        formatter.end();
    }

    private final class Recorder implements AnswerWriter {
        @Override
        public void accepted() {}

        @Override
        public void reasoning(String text) {
            reasoning.append(text);
        }

        @Override
        public void content(String text) {
            content.append(text);
        }

        @Override
        public void refusal(String text) {
            content.append(text);
        }

        @Override
        public void image(RawJson json) {
            content.append(json.text());
        }

        @Override
        public void toolCall(Delta.ToolCall delta) {
            content.append(delta.arguments());
        }

        @Override
        public void flush() {}

        @Override
        public void completed(TurnEvent.Completed end) {}

        @Override
        public void end() {}

        @Override
        public boolean isBuffered() {
            return false;
        }
    }
}
