package org.o1api.reasoning.sampling;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.o1api.json.CanonicalJson;
import org.o1api.model.TurnEvent;

/**
 * What a sample votes for.
 *
 * @param key null: the sample does not vote
 * @param isLastNumber whether the key is only the last number of the text. Then the sample does not vote if the key of any other
 *     sample of the turn is text
 * @param isOpen whether the text neither marks its result nor is nothing else: it may be of any kind, and have the key by chance
 * @param label the result for readers, in one line
 */
public record SampleKey(@Nullable AnswerKey key, boolean isLastNumber, boolean isOpen, String label) {
    /**
     * Finds the key of a sample: its tool calls, a refusal, or the result in its text. A sample for which that fails does not vote.
     *
     * @param answer what the client would get
     * @param text the whole text of the reply
     * @param isInFormat whether the reply is in the form that the prompt asks for: then it is open unless it marks a result, or is nothing
     *     else
     */
    static SampleKey of(List<TurnEvent> answer, String text, boolean isInFormat) {
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
            return ofAny(() -> ofCalls(calls.values()), "");
        }
        if (!refusal.isEmpty()) {
            return of(AnswerKey.labelled(AnswerKey.Kind.REFUSAL, "", refusal.toString()));
        }
        return ofAny(() -> ofText(text, shown.toString(), isInFormat), shown.toString());
    }

    /** Finds the key of a text. A text for which that fails does not vote. */
    public static SampleKey of(String text) {
        return ofAny(() -> ofText(text, text, false), text);
    }

    /** A reply can be anything: if the rules fail for one of them, the others still vote. */
    static SampleKey ofAny(Supplier<SampleKey> rules, String shown) {
        try {
            return rules.get();
        } catch (RuntimeException | StackOverflowError e) {
            return none(shown);
        }
    }

    private static SampleKey ofCalls(Collection<ToolCall> calls) {
        List<String> canonical = new ArrayList<>();
        calls.forEach(call -> canonical.add(call.canonical()));
        canonical.sort(Comparator.naturalOrder()); // they are made at once
        String value = String.join(", ", canonical);
        return of(AnswerKey.labelled(AnswerKey.Kind.TOOL_CALLS, value, value));
    }

    private static SampleKey ofText(String text, String shown, boolean isInFormat) {
        String end = KeyRules.endOf(text);
        String plain = PlainText.of(end);
        boolean isOpen = isInFormat && !KeyRules.isMarked(end, plain) && KeyRules.bareResult(shown) == null;
        AnswerKey key = KeyRules.result(end, plain);
        String number = key == null ? Numbers.last(KeyRules.withoutHeadings(plain)) : null;
        AnswerKey counted = number == null ? key : AnswerKey.number(number);
        String label = counted == null || isOpen ? AnswerKey.line(shown) : counted.label();
        return new SampleKey(counted, number != null, isOpen, label);
    }

    private static SampleKey none(String shown) {
        return new SampleKey(null, false, true, AnswerKey.line(shown));
    }

    private static SampleKey of(AnswerKey key) {
        return new SampleKey(key, false, false, key.label());
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
