package org.o1api.api.chat;

import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.TurnUsage;

/** Forwards all events to another listener. Subclasses override the methods that they need, and call super. */
abstract class ForwardingTurnListener implements TurnListener {
    private final TurnListener next;

    ForwardingTurnListener(TurnListener next) {
        this.next = next;
    }

    @Override
    public void accepted() {
        next.accepted();
    }

    @Override
    public void stepStarted(int number) {
        next.stepStarted(number);
    }

    @Override
    public void stepTitled(int number, String title) {
        next.stepTitled(number, title);
    }

    @Override
    public void stepText(int number, String text) {
        next.stepText(number, text);
    }

    @Override
    public void stepEnded(int number) {
        next.stepEnded(number);
    }

    @Override
    public void answerText(String text) {
        next.answerText(text);
    }

    @Override
    public void refusalText(String text) {
        next.refusalText(text);
    }

    @Override
    public void image(RawJson json) {
        next.image(json);
    }

    @Override
    public void toolCall(Delta.ToolCall delta) {
        next.toolCall(delta);
    }

    @Override
    public void completed(FinishReason reason, TurnUsage usage) {
        next.completed(reason, usage);
    }

    @Override
    public boolean isBuffered() {
        return next.isBuffered();
    }

    @Override
    public void flush() {
        next.flush();
    }
}
