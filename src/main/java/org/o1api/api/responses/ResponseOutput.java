package org.o1api.api.responses;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.o1api.api.AnswerWriter;
import org.o1api.api.responses.OutputItem.Position;
import org.o1api.api.responses.OutputItem.Status;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;

/**
 * The output of a response: the items that the events of a turn become, in their order. Only one item is open at a time, except calls
 * whose pieces alternate.
 */
final class ResponseOutput {
    private final String turn;
    private final OutputForm form;
    private final ResponseEvents events;
    private final List<OutputItem> items = new ArrayList<>();
    private final Map<Integer, CallItem> calls = new TreeMap<>();
    private @Nullable ReasoningItem reasoning;
    private @Nullable MessageItem message;
    /** A step with a label that has started before its call's first text: it must not start the response. */
    private TurnEvent.@Nullable StepStarted waitingStep;

    /**
     * Creates an empty output.
     *
     * @param turn the digits of the turn's ID
     * @param events gets the events of the items
     */
    ResponseOutput(String turn, OutputForm form, ResponseEvents events) {
        this.turn = turn;
        this.form = form;
        this.events = events;
    }

    /** The items that have ended. */
    List<OutputItem> items() {
        return items.stream().filter(item -> !item.isOpen()).toList();
    }

    /** Adds an event of the turn, except its last one. */
    void write(TurnEvent event) {
        if (event instanceof TurnEvent.AnswerText text) {
            message(MessageItem.Kind.TEXT).append(text.text());
        } else if (event instanceof TurnEvent.RefusalText text) {
            message(MessageItem.Kind.REFUSAL).append(text.text());
        } else if (event instanceof TurnEvent.Image image) {
            image(image.json());
        } else if (event instanceof TurnEvent.ToolCall call) {
            toolCall(call.piece());
        } else if (form.showsReasoning()) {
            writeReasoning(event);
        }
    }

    private void writeReasoning(TurnEvent event) {
        if (event instanceof TurnEvent.StepText text) {
            reasoning().text(text.text());
        } else if (event instanceof TurnEvent.StepTitled titled) {
            reasoning().title(titled.title());
        } else if (event instanceof TurnEvent.StepEnded) {
            reasoning().endStep();
        } else if (event instanceof TurnEvent.StepStarted started) {
            showWaitingStep();
            if (started.label() == null) {
                reasoning().startStep(null);
            } else {
                waitingStep = started;
            }
        }
    }

    private void showWaitingStep() {
        TurnEvent.StepStarted step = waitingStep;
        if (step != null) {
            waitingStep = null;
            reasoning().startStep(step.label());
        }
    }

    private ReasoningItem reasoning() {
        ReasoningItem current = reasoning;
        if (current == null) {
            closeMessage(Status.COMPLETED);
            current = add(new ReasoningItem(next("rs"), events, form.encryption()));
            reasoning = current;
        }
        showWaitingStep();
        return current;
    }

    private MessageItem message(MessageItem.Kind kind) {
        MessageItem current = message;
        if (current == null || current.kind() != kind) {
            endReasoning();
            closeMessage(Status.COMPLETED);
            closeCompleteCalls();
            current = add(new MessageItem(kind, next("msg"), events));
            message = current;
        }
        return current;
    }

    private void image(RawJson json) {
        String url = AnswerWriter.imageUrl(json);
        ImageItem.Data data = ImageItem.Data.read(url);
        if (data == null) {
            message(MessageItem.Kind.TEXT).append("![](" + url + ")");
            return;
        }
        endReasoning();
        closeMessage(Status.COMPLETED);
        add(new ImageItem(data, next("ig"), events)).close(Status.COMPLETED);
    }

    private void toolCall(Delta.ToolCall piece) {
        CallItem call = calls.get(piece.index());
        if (call == null) {
            endReasoning();
            closeMessage(Status.COMPLETED);
            closeCompleteCalls();
            ToolNames.Tool tool = form.tools().called(piece.name() == null ? "" : piece.name());
            Position position = next(tool.kind() == ToolNames.Kind.CUSTOM ? "ctc" : "fc");
            call = new CallItem(tool, piece.id() == null ? position.id() : piece.id(), position, events);
            calls.put(piece.index(), add(call));
        }
        if (call.isOpen()) {
            call.append(piece);
        }
    }

    private Position next(String prefix) {
        int index = items.size();
        return new Position(prefix + "_" + turn + "_" + (form.firstItem() + index), index);
    }

    private <T extends OutputItem> T add(T item) {
        items.add(item);
        item.open();
        return item;
    }

    private void endReasoning() {
        showWaitingStep();
        if (reasoning != null) {
            reasoning.close(Status.COMPLETED);
            reasoning = null;
        }
    }

    private void closeMessage(Status end) {
        if (message != null) {
            message.close(end);
            message = null;
        }
    }

    private void closeCompleteCalls() {
        for (CallItem call : calls.values()) {
            if (call.isOpen() && call.isComplete()) {
                call.close(Status.COMPLETED);
            }
        }
    }

    /** Reports what was added since the last call. */
    void render() {
        for (OutputItem item : items) {
            if (item.isOpen()) {
                item.render();
            }
        }
    }

    /** Ends the open items: the turn is complete. */
    void complete(FinishReason reason) {
        if (form.showsReasoning()) {
            showWaitingStep();
        }
        Status end = reason.isComplete() ? Status.COMPLETED : Status.INCOMPLETE;
        items.stream().filter(OutputItem::isOpen).forEach(item -> item.close(end));
    }
}
