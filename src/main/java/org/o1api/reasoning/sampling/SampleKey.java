package org.o1api.reasoning.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.o1api.json.CanonicalJson;
import org.o1api.model.TurnEvent;

/**
 * What a sample votes for.
 *
 * @param key null: the sample does not vote
 * @param isLastNumber whether the key is only the last number of the text. Then the sample does not vote if the key of any other
 *     sample of the turn is text
 * @param label the result for readers, in one line
 */
public record SampleKey(@Nullable AnswerKey key, boolean isLastNumber, String label) {
    /**
     * Finds the key of a sample: its tool calls, a refusal, or the result in its text.
     *
     * @param answer what the client would get
     * @param text the whole text of the reply
     */
    public static SampleKey of(List<TurnEvent> answer, String text) {
        StringBuilder shown = new StringBuilder();
        StringBuilder refusal = new StringBuilder();
        Map<Integer, ToolCall> calls = new TreeMap<>();
        for (TurnEvent event : answer) {
            if (event instanceof TurnEvent.AnswerText piece) {
                shown.append(piece.text());
            } else if (event instanceof TurnEvent.RefusalText piece) {
                refusal.append(piece.text());
            } else if (event instanceof TurnEvent.ToolCall call) {
                calls.computeIfAbsent(call.piece().index(), index -> new ToolCall())
                        .add(call.piece().name(), call.piece().arguments());
            }
        }
        if (!calls.isEmpty()) {
            List<String> canonical = new ArrayList<>();
            calls.values().forEach(call -> canonical.add(call.canonical()));
            String value = String.join(", ", canonical);
            return of(AnswerKey.labelled(AnswerKey.Kind.TOOL_CALLS, value, value));
        }
        if (!refusal.isEmpty()) {
            return of(AnswerKey.labelled(AnswerKey.Kind.REFUSAL, "", refusal.toString()));
        }
        return ofText(text, shown.toString());
    }

    /** Finds the key of a text. */
    public static SampleKey of(String text) {
        return ofText(text, text);
    }

    private static SampleKey ofText(String text, String shown) {
        AnswerKey key = KeyRules.result(text);
        if (key != null) {
            return of(key);
        }
        String number = Numbers.last(PlainText.of(text));
        return number == null
                ? new SampleKey(null, false, AnswerKey.line(shown))
                : new SampleKey(AnswerKey.number(number), true, number);
    }

    private static SampleKey of(AnswerKey key) {
        return new SampleKey(key, false, key.label());
    }

    private static final class ToolCall {
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();

        void add(@Nullable String newName, String piece) {
            name = newName == null ? name : newName;
            arguments.append(piece);
        }

        String canonical() {
            return name + "(" + CanonicalJson.of(arguments.toString()) + ")";
        }
    }
}
