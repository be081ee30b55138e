package org.o1api.reasoning.vote;

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
 * @param value equal for samples that agree; null: the sample does not vote
 * @param line the result for readers, in one line
 */
record Result(@Nullable String value, String line) {
    private static final int MAX_LINE = 120;

    /**
     * Finds the result of an answer: its tool calls, a refusal, its JSON, or the last number of its text.
     *
     * @param json whether the answer must be JSON
     */
    static Result of(List<TurnEvent> answer, boolean json) {
        StringBuilder text = new StringBuilder();
        boolean refused = false;
        Map<Integer, ToolCall> calls = new TreeMap<>();
        for (TurnEvent event : answer) {
            if (event instanceof TurnEvent.AnswerText piece) {
                text.append(piece.text());
            } else if (event instanceof TurnEvent.RefusalText piece) {
                refused = true;
                text.append(piece.text());
            } else if (event instanceof TurnEvent.ToolCall call) {
                calls.computeIfAbsent(call.piece().index(), index -> new ToolCall())
                        .add(call.piece().name(), call.piece().arguments());
            }
        }
        if (!calls.isEmpty()) {
            List<String> canonical = new ArrayList<>();
            calls.values().forEach(call -> canonical.add(call.canonical()));
            return new Result("tool " + canonical, line(String.join(", ", canonical)));
        }
        if (refused) {
            return new Result("refusal", line(text.toString()));
        }
        if (json) {
            String canonical = CanonicalJson.of(text.toString());
            return new Result("json " + canonical, line(canonical));
        }
        String number = LastNumber.of(text.toString());
        return number == null ? new Result(null, line(text.toString())) : new Result(number, number);
    }

    private static String line(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        if (line.length() <= MAX_LINE) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(MAX_LINE - 1)) ? MAX_LINE - 1 : MAX_LINE;
        return line.substring(0, end) + "…";
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
