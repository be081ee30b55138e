package org.o1api.conversation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.json.ToolCalls;
import org.o1api.model.Delta;
import org.o1api.model.TurnEvent;

/**
 * Joins the pieces of a turn's events, so that a stored turn has few of them: the texts of one step, consecutive texts of the
 * answer or of a refusal, and the pieces of one tool call. A joined event is where its first piece was; the title of a step is
 * before its text.
 */
final class EventJoiner {
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Integer, Entry> stepTexts = new HashMap<>();
    private final Map<Integer, Entry> calls = new HashMap<>();
    private final ToolCalls toolCalls = new ToolCalls();
    private @Nullable Entry previous;

    private EventJoiner() {}

    /** An event, and the text of its pieces if it has more than one. */
    private static final class Entry {
        private TurnEvent event;
        private final StringBuilder text = new StringBuilder(0);

        Entry(TurnEvent event) {
            this.event = event;
        }

        void append(String first, String next) {
            if (text.isEmpty()) {
                text.append(first);
            }
            text.append(next);
        }

        TurnEvent joined() {
            if (text.isEmpty()) {
                return event;
            }
            if (event instanceof TurnEvent.StepText step) {
                return new TurnEvent.StepText(step.step(), text.toString());
            }
            return event instanceof TurnEvent.AnswerText
                    ? new TurnEvent.AnswerText(text.toString())
                    : new TurnEvent.RefusalText(text.toString());
        }
    }

    static List<TurnEvent> join(List<TurnEvent> events) {
        EventJoiner joiner = new EventJoiner();
        events.forEach(joiner::add);
        for (Delta.ToolCall call : joiner.toolCalls.joined()) {
            Entry entry = joiner.calls.get(call.index());
            if (entry != null) {
                entry.event = new TurnEvent.ToolCall(call);
            }
        }
        return joiner.entries.stream().map(Entry::joined).toList();
    }

    private void add(TurnEvent event) {
        if (event instanceof TurnEvent.StepText next) {
            Entry entry = stepTexts.get(next.step());
            if (entry != null && entry.event instanceof TurnEvent.StepText first) {
                entry.append(first.text(), next.text());
            } else {
                stepTexts.put(next.step(), append(event));
            }
        } else if (event instanceof TurnEvent.StepTitled titled && stepTexts.containsKey(titled.step())) {
            entries.add(entries.indexOf(stepTexts.get(titled.step())), new Entry(event));
        } else if (event instanceof TurnEvent.ToolCall call) {
            toolCalls.add(call.piece());
            if (!calls.containsKey(call.piece().index())) {
                calls.put(call.piece().index(), append(event));
            }
        } else if (event instanceof TurnEvent.AnswerText next
                && previous != null
                && previous.event instanceof TurnEvent.AnswerText first) {
            previous.append(first.text(), next.text());
        } else if (event instanceof TurnEvent.RefusalText next
                && previous != null
                && previous.event instanceof TurnEvent.RefusalText first) {
            previous.append(first.text(), next.text());
        } else {
            append(event);
        }
    }

    private Entry append(TurnEvent event) {
        Entry entry = new Entry(event);
        entries.add(entry);
        previous = entry;
        return entry;
    }
}
