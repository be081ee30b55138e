package org.o1api.reasoning.sampling;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.model.TurnEvent;

/** The events of an answer. Pieces of one text are one event. */
final class AnswerParts {
    private final List<TurnEvent> events = new ArrayList<>();
    private final StringBuilder openText = new StringBuilder();
    private boolean openIsRefusal;

    void add(TurnEvent event) {
        String text = text(event);
        boolean isRefusal = event instanceof TurnEvent.RefusalText;
        if (text == null || isRefusal != openIsRefusal) {
            closeText();
        }
        openIsRefusal = isRefusal;
        if (text == null) {
            events.add(event);
        } else {
            openText.append(text);
        }
    }

    private static @Nullable String text(TurnEvent event) {
        if (event instanceof TurnEvent.AnswerText piece) {
            return piece.text();
        }
        return event instanceof TurnEvent.RefusalText piece ? piece.text() : null;
    }

    private void closeText() {
        if (!openText.isEmpty()) {
            String text = openText.toString();
            openText.setLength(0);
            events.add(openIsRefusal ? new TurnEvent.RefusalText(text) : new TurnEvent.AnswerText(text));
        }
    }

    /** The events so far. */
    List<TurnEvent> events() {
        closeText();
        return List.copyOf(events);
    }

    boolean isEmpty() {
        return events.isEmpty() && openText.isEmpty();
    }
}
