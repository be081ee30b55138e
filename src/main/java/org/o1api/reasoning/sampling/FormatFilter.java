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
 * not part of the answer. A result in the first line counts only if it is the whole answer. Any other answer is passed unchanged.
 *
 * <p>If the answer must be JSON, text that does not begin as JSON is held back. If it turns out to be a reply in the format whose answer is
 * JSON, that is the answer; otherwise it has the wrong format.
 */
final class FormatFilter implements AnswerFilter {
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
    private final StringBuilder held = new StringBuilder();
    private final StringBuilder answer = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final SampleReader reader;
    private State state = State.UNDECIDED;
    private boolean hasReasoning;
    private boolean truncated;

    /**
     * Creates a filter.
     *
     * @param keepsResult as for a {@link SampleReader}
     */
    FormatFilter(AnswerFormat format, boolean keepsResult) {
        this.format = format;
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
        int start = 0;
        while (start < held.length() && Character.isWhitespace(held.charAt(start))) {
            start++;
        }
        if (start == held.length()) {
            return;
        }
        State decided = format.requiresJson() ? decideJson(start) : decideText(start, ended);
        if (decided != State.UNDECIDED) {
            state = decided;
            String text = held.toString();
            held.setLength(0);
            feed(text);
        }
    }

    private State decideJson(int start) {
        boolean passes = "{[\"".indexOf(held.charAt(start)) >= 0 || held.length() > MAX_HELD;
        return passes ? State.PASSED : State.UNDECIDED;
    }

    private State decideText(int start, boolean ended) {
        int lineBreak = held.indexOf("\n", start);
        int end = lineBreak < 0 ? held.length() : lineBreak;
        if (lineBreak < 0 && !ended && mayBecomeFormatLine(start, end)) {
            return State.UNDECIDED;
        }
        FormatLine heading = FormatLine.heading(held, start, end, false);
        if (heading != null && heading.kind() != FormatLine.Kind.OTHER) {
            return State.READ;
        }
        if (FormatLine.result(held, start, end) == null || !held.substring(end).isBlank()) {
            return State.PASSED;
        }
        return ended ? State.READ : State.UNDECIDED;
    }

    private boolean mayBecomeFormatLine(int start, int end) {
        return FormatLine.mayBecomeHeading(held, start, end, false) || FormatLine.mayBecomeResult(held, start, end);
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
