package org.o1api.reasoning.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;

/**
 * What a reader made of a reply.
 *
 * @param reasoning the steps, as {@code [TITLE] text}
 * @param answer the answer's text; other events in braces
 * @param text what the key is read from
 * @param untagged the number of characters before the answer
 */
record SampleOutcome(String reasoning, String answer, String text, boolean complete, String conclusion, int untagged) {
    private static final Pattern OTHER = Pattern.compile("\\{([RFI]):([^}]*)\\}|\\{(T):(.*?\\))\\}");

    /** Reads a reply in pieces. */
    static SampleOutcome of(List<Delta> deltas, boolean startsThinking, boolean keepsResult, FinishReason reason) {
        Recorder recorder = new Recorder();
        SampleReader reader = new SampleReader(startsThinking, keepsResult, recorder);
        deltas.forEach(reader::feed);
        reader.end(reason);
        StringBuilder answer = new StringBuilder();
        reader.answer().forEach(event -> answer.append(text(event)));
        if (!answer.toString().equals(recorder.answer.toString())) {
            throw new AssertionError("reported " + recorder.answer + " but recorded " + answer);
        }
        return new SampleOutcome(
                recorder.reasoning.toString(),
                answer.toString(),
                reader.text(),
                reader.isComplete(),
                SampleKey.of(reader.answer(), reader.text(), reader.hasFormat()).label(),
                reader.untaggedReasoningLength());
    }

    /**
     * The deltas of a reply: text, and in braces the model's own reasoning {@code {R:...}}, tool calls {@code {T:NAME(ARGUMENTS)}},
     * refusals {@code {F:...}} and images {@code {I:URL}}.
     */
    static List<Delta> deltas(String reply) {
        List<Delta> deltas = new ArrayList<>();
        Matcher others = OTHER.matcher(reply);
        int from = 0;
        while (others.find()) {
            addText(deltas, reply.substring(from, others.start()));
            deltas.add(others.group(3) == null ? other(others.group(1), others.group(2)) : other("T", others.group(4)));
            from = others.end();
        }
        addText(deltas, reply.substring(from));
        return deltas;
    }

    private static void addText(List<Delta> deltas, String text) {
        if (!text.isEmpty()) {
            deltas.add(new Delta.Text(text));
        }
    }

    private static Delta other(String kind, String value) {
        return switch (kind) {
            case "R" -> new Delta.Reasoning(value);
            case "F" -> new Delta.Refusal(value);
            case "I" -> new Delta.Image(new RawJson('"' + value + '"'));
            default ->
                new Delta.ToolCall(
                        0,
                        "call_1",
                        value.substring(0, value.indexOf('(')),
                        value.substring(value.indexOf('(') + 1, value.length() - 1));
        };
    }

    /** The same deltas with all texts split into pieces of this many UTF-16 characters. */
    static List<Delta> split(List<Delta> deltas, int size) {
        List<Delta> pieces = new ArrayList<>();
        for (Delta delta : deltas) {
            if (delta instanceof Delta.Text whole) {
                pieces(whole.text(), size).forEach(piece -> pieces.add(new Delta.Text(piece)));
            } else if (delta instanceof Delta.Reasoning whole) {
                pieces(whole.text(), size).forEach(piece -> pieces.add(new Delta.Reasoning(piece)));
            } else if (delta instanceof Delta.Refusal whole) {
                pieces(whole.text(), size).forEach(piece -> pieces.add(new Delta.Refusal(piece)));
            } else {
                pieces.add(delta);
            }
        }
        return pieces;
    }

    private static List<String> pieces(String text, int size) {
        List<String> pieces = new ArrayList<>();
        for (int i = 0; i < text.length(); i += size) {
            pieces.add(text.substring(i, Math.min(text.length(), i + size)));
        }
        return pieces;
    }

    /** The same deltas with the first text split at an index. */
    static List<Delta> splitAt(List<Delta> deltas, int index) {
        List<Delta> pieces = new ArrayList<>();
        int before = 0;
        for (Delta delta : deltas) {
            if (delta instanceof Delta.Text whole
                    && index > before
                    && index < before + whole.text().length()) {
                pieces.add(new Delta.Text(whole.text().substring(0, index - before)));
                pieces.add(new Delta.Text(whole.text().substring(index - before)));
            } else {
                pieces.add(delta);
            }
            before += delta instanceof Delta.Text whole ? whole.text().length() : 0;
        }
        return pieces;
    }

    private static String text(TurnEvent event) {
        if (event instanceof TurnEvent.AnswerText piece) {
            return piece.text();
        } else if (event instanceof TurnEvent.RefusalText piece) {
            return "{F:" + piece.text() + "}";
        } else if (event instanceof TurnEvent.ToolCall call) {
            return "{T:" + call.piece().name() + "(" + call.piece().arguments() + ")}";
        }
        return event instanceof TurnEvent.Image image
                ? "{I:" + image.json().text().replace("\"", "") + "}"
                : "{?}";
    }

    private static final class Recorder implements SampleListener {
        private final StringBuilder reasoning = new StringBuilder();
        private final StringBuilder answer = new StringBuilder();
        private boolean afterTitle = true;
        private boolean inRefusal;

        @Override
        public void onStep(String title) {
            assertBeforeAnswer();
            reasoning
                    .append(reasoning.isEmpty() ? "" : " / ")
                    .append('[')
                    .append(title)
                    .append(']');
            afterTitle = true;
        }

        @Override
        public void onReasoning(String text) {
            assertBeforeAnswer();
            if (text.isEmpty()) {
                throw new AssertionError("an empty piece");
            }
            reasoning.append(afterTitle && !reasoning.isEmpty() ? " " : "").append(text);
            afterTitle = false;
        }

        private void assertBeforeAnswer() {
            if (!answer.isEmpty()) {
                throw new AssertionError("reasoning after the answer has started");
            }
        }

        @Override
        public void onAnswer(TurnEvent event) {
            if (event instanceof TurnEvent.RefusalText piece && inRefusal) {
                answer.insert(answer.length() - 1, piece.text());
            } else {
                answer.append(text(event));
            }
            inRefusal = event instanceof TurnEvent.RefusalText;
        }
    }
}
