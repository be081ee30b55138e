package org.o1api.reasoning.sampling;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.o1api.json.CanonicalJson;
import org.o1api.model.TurnEvent;

/** What an answer says, in one line. */
final class Conclusion {
    private static final int MAX_LENGTH = 120;

    private Conclusion() {}

    /** The result, if there is one; otherwise the tool calls, or the start of the text. */
    static String of(@Nullable String result, List<TurnEvent> answer) {
        if (result != null) {
            return line(result);
        }
        StringBuilder text = new StringBuilder();
        Map<Integer, StringBuilder> names = new TreeMap<>();
        Map<Integer, StringBuilder> arguments = new TreeMap<>();
        for (TurnEvent event : answer) {
            if (event instanceof TurnEvent.AnswerText piece) {
                text.append(piece.text());
            } else if (event instanceof TurnEvent.RefusalText piece) {
                text.append(piece.text());
            } else if (event instanceof TurnEvent.ToolCall call) {
                int index = call.piece().index();
                String name = call.piece().name();
                names.computeIfAbsent(index, none -> new StringBuilder()).append(name == null ? "" : name);
                arguments
                        .computeIfAbsent(index, none -> new StringBuilder())
                        .append(call.piece().arguments());
            }
        }
        if (names.isEmpty()) {
            return line(text.toString());
        }
        StringBuilder calls = new StringBuilder();
        names.forEach((index, name) -> calls.append(calls.isEmpty() ? "" : ", ")
                .append(name)
                .append('(')
                .append(CanonicalJson.of(
                        arguments.getOrDefault(index, new StringBuilder()).toString()))
                .append(')'));
        return line(calls.toString());
    }

    private static String line(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        if (line.length() <= MAX_LENGTH) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(MAX_LENGTH - 1)) ? MAX_LENGTH - 1 : MAX_LENGTH;
        return line.substring(0, end) + "\u2026";
    }
}
