package org.o1api.reasoning.sampling;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.TurnEvent;
import org.o1api.reasoning.text.AnswerFilter;
import org.o1api.reasoning.text.AnswerFormat;

/**
 * Reads an answer that begins with a {@link FormatLine} as a reply in the format ({@link SampleReader}): what was meant for the samples is
 * not part of the answer. A result in the first line counts only if it is the whole answer and has at most {@value #MAX_RESULT}
 * characters: then it is the answer. Any other answer is passed unchanged, except white space at its start and after such a line beyond
 * {@value AnswerFilter#MAX_HELD} characters.
 *
 * <p>If the answer must be JSON, text that does not begin as JSON is held back. If it turns out to be a reply in the format whose answer is
 * JSON, that is the answer; otherwise it has the wrong format.
 */
final class FormatFilter implements AnswerFilter {
    /** A longer result is a text: nothing of it is held back. */
    private static final int MAX_RESULT = 60;

    private static final Pattern JSON_SCALAR = Pattern.compile("-?[0-9][0-9.eE+-]*|true|false|null");

    private enum State {
        UNDECIDED,
        /** The text is the answer. */
        PASSED,
        /** The text is in the format. */
        READ,
        ENDED
    }

    private final AnswerFormat format;
    private final boolean keepsResult;
    private final StringBuilder held = new StringBuilder();
    private final StringBuilder answer = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final SampleReader reader;
    private State state = State.UNDECIDED;
    /** The last white space in what is held: at its start or after the result. */
    private int blankStart;

    private int blankEnd;
    /** The result, if what is held is only the line of the result; null: it is not. */
    private @Nullable String result;

    private boolean hasReasoning;
    private boolean truncated;

    /**
     * Creates a filter.
     *
     * @param keepsResult as for a {@link SampleReader}
     */
    FormatFilter(AnswerFormat format, boolean keepsResult) {
        this.format = format;
        this.keepsResult = keepsResult;
        this.reader = new SampleReader(false, keepsResult, new Parts());
    }

    private final class Parts implements SampleListener {
        @Override
        public void onReasoning(String text) {
            reasoning.append(text);
            hasReasoning = true;
        }

        @Override
        public void onStep(String title) {
            reasoning.append(hasReasoning ? "\n\n" : "").append(title.isEmpty() ? "" : "### " + title + "\n\n");
            hasReasoning = true;
        }

        @Override
        public void onAnswer(TurnEvent event) {
            if (event instanceof TurnEvent.AnswerText piece) {
                answer.append(piece.text());
            }
        }
    }

    @Override
    public void feed(String more) {
        switch (state) {
            case UNDECIDED -> {
                held.append(more);
                decide(false);
            }
            case READ -> reader.feed(new Delta.Text(more));
            case PASSED, ENDED -> answer.append(more);
        }
    }

    private void decide(boolean ended) {
        boolean hasText = skipBlank();
        State decided = hasText ? decideText(ended) : State.UNDECIDED;
        if (decided != State.UNDECIDED) {
            state = decided;
            String text = held.toString();
            held.setLength(0);
            feed(text);
        }
    }

    /** Finds where the white space ends, of which at most {@link #MAX_HELD} characters are kept. Returns whether text follows. */
    private boolean skipBlank() {
        while (blankEnd < held.length() && Character.isWhitespace(held.charAt(blankEnd))) {
            blankEnd++;
        }
        boolean hasText = blankEnd < held.length();
        int keptEnd = Math.min(blankEnd, blankStart + MAX_HELD);
        held.delete(keptEnd, blankEnd);
        blankEnd = keptEnd;
        return hasText;
    }

    private State decideText(boolean ended) {
        if (result != null) {
            return State.PASSED;
        }
        return format.requiresJson() ? decideJson() : decideLine(ended);
    }

    private State decideJson() {
        boolean passes = "{[\"".indexOf(held.charAt(blankEnd)) >= 0 || held.length() - blankEnd > MAX_HELD;
        return passes ? State.PASSED : State.UNDECIDED;
    }

    /** Decides by the first line. */
    private State decideLine(boolean ended) {
        int start = blankEnd;
        int lineBreak = held.indexOf("\n", start);
        int end = lineBreak < 0 ? held.length() : lineBreak;
        boolean isOpen = lineBreak < 0 && !ended;
        if (isOpen && FormatLine.mayBecomeHeading(held, start, end, false)) {
            return State.UNDECIDED;
        }
        FormatLine heading = FormatLine.heading(held, start, end, false);
        if (heading != null && heading.kind() != FormatLine.Kind.OTHER) {
            return State.READ;
        }
        FormatLine line = FormatLine.result(held, start, end);
        if (line == null) {
            return isOpen && FormatLine.mayBecomeResult(held, start, end) ? State.UNDECIDED : State.PASSED;
        }
        if (keepsResult || line.text().length() > MAX_RESULT) {
            return State.PASSED;
        }
        if (isOpen) {
            return State.UNDECIDED;
        }
        result = line.text();
        blankStart = end;
        blankEnd = end;
        return skipBlank() ? State.PASSED : State.UNDECIDED;
    }

    @Override
    public void markTruncated() {
        truncated = true;
    }

    @Override
    public void end() {
        if (state == State.UNDECIDED) {
            decide(true);
        }
        if (state == State.READ) {
            reader.end(truncated ? FinishReason.LENGTH : FinishReason.STOP);
        } else if (state == State.UNDECIDED) {
            endUndecided();
        }
        state = State.ENDED;
    }

    private void endUndecided() {
        if (result != null) {
            answer.append(truncated ? held : result);
            held.setLength(0);
            return;
        }
        String text = held.toString().strip();
        String json = JSON_SCALAR.matcher(text).matches() ? text : jsonInFormat(text);
        if (text.isEmpty() || json != null) {
            answer.append(json == null ? "" : json);
            held.setLength(0);
        }
    }

    /** The JSON that is the answer of a text in the format; null: there is none. */
    private @Nullable String jsonInFormat(String text) {
        SampleReader whole = new SampleReader(false, new SampleListener() {
            @Override
            public void onStep(String title) {}

            @Override
            public void onReasoning(String piece) {}

            @Override
            public void onAnswer(TurnEvent event) {}
        });
        whole.feed(new Delta.Text(text));
        whole.end(FinishReason.STOP);
        List<TurnEvent> parts = whole.answer();
        return parts.size() == 1 && parts.get(0) instanceof TurnEvent.AnswerText piece
                ? format.jsonIn(piece.text())
                : null;
    }

    @Override
    public String drain() {
        return drain(answer);
    }

    @Override
    public String drainReasoning() {
        return drain(reasoning);
    }

    private static String drain(StringBuilder text) {
        String drained = text.toString();
        text.setLength(0);
        return drained;
    }

    @Override
    public int reasoningLength() {
        return state == State.UNDECIDED || state == State.PASSED ? 0 : reader.untaggedReasoningLength();
    }

    /** Whether the answer must be JSON but is text. */
    @Override
    public boolean hasWrongFormat() {
        return state == State.ENDED && !held.isEmpty();
    }

    @Override
    public int pendingLength() {
        return held.length();
    }

    @Override
    public void releaseHeld() {
        answer.append(held);
        held.setLength(0);
    }
}
