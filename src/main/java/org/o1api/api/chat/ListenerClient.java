package org.o1api.api.chat;

import org.o1api.model.TurnEvent;
import org.o1api.reasoning.TurnClient;

/** Passes events to a listener. */
final class ListenerClient implements TurnClient {
    private final TurnListener listener;

    ListenerClient(TurnListener listener) {
        this.listener = listener;
    }

    @Override
    public void write(TurnEvent event) {
        if (event instanceof TurnEvent.StepStarted started) {
            listener.stepStarted(started.step());
        } else if (event instanceof TurnEvent.StepTitled titled) {
            listener.stepTitled(titled.step(), titled.title());
        } else if (event instanceof TurnEvent.StepText text) {
            listener.stepText(text.step(), text.text());
        } else if (event instanceof TurnEvent.StepEnded ended) {
            listener.stepEnded(ended.step());
        } else if (event instanceof TurnEvent.AnswerText text) {
            listener.answerText(text.text());
        } else if (event instanceof TurnEvent.RefusalText text) {
            listener.refusalText(text.text());
        } else if (event instanceof TurnEvent.Image image) {
            listener.image(image.json());
        } else if (event instanceof TurnEvent.ToolCall call) {
            listener.toolCall(call.piece());
        } else if (event instanceof TurnEvent.Completed completed) {
            listener.completed(completed.reason(), completed.usage());
        }
    }

    @Override
    public void flush() {
        listener.flush();
    }

    @Override
    public void accepted() {
        listener.accepted();
    }

    @Override
    public boolean isBuffered() {
        return listener.isBuffered();
    }

    @Override
    public void end() {}
}
