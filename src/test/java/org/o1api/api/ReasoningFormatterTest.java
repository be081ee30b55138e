package org.o1api.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.StepKind;
import org.o1api.model.TurnEvent;
import org.o1api.reasoning.StepHeading;

class ReasoningFormatterTest {
    /** Collects all text in one place. */
    private static final class TextWriter implements AnswerWriter {
        final StringBuilder text = new StringBuilder();
        final List<TurnEvent> traced = new ArrayList<>();

        @Override
        public void accepted() {}

        @Override
        public void reasoning(String piece) {
            text.append(piece);
        }

        @Override
        public void content(String piece) {
            text.append(piece);
        }

        @Override
        public void refusal(String piece) {
            text.append(piece);
        }

        @Override
        public void image(RawJson json) {}

        @Override
        public void toolCall(Delta.ToolCall delta) {}

        @Override
        public void trace(TurnEvent event) {
            traced.add(event);
        }

        @Override
        public boolean isTraced() {
            return true;
        }

        @Override
        public void flush() {}

        @Override
        public void completed(TurnEvent.Completed end) {}

        @Override
        public void end() {}

        @Override
        public boolean isBuffered() {
            return false;
        }
    }

    private final TextWriter writer = new TextWriter();

    private static final List<TurnEvent> EVENTS = List.of(
            new TurnEvent.StepStarted(1),
            new TurnEvent.StepTitled(1, "Plan"),
            new TurnEvent.StepText(1, "a"),
            new TurnEvent.StepEnded(1),
            new TurnEvent.StepStarted(2, StepKind.SAMPLE, "Sample <2>"),
            new TurnEvent.StepText(2, "b"),
            new TurnEvent.StepTitled(2, "Within"),
            new TurnEvent.StepText(2, "c"),
            new TurnEvent.StepEnded(2),
            new TurnEvent.StepStarted(3),
            new TurnEvent.StepText(3, "d"),
            new TurnEvent.StepEnded(3));

    private String formatted(ReasoningFormat format, StepHeading heading) {
        ReasoningFormatter formatter = new ReasoningFormatter(format, heading, writer);
        EVENTS.forEach(formatter::write);
        return writer.text.toString().replace("\n", "~");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            REASONING_CONTENT | ## Step 1: Plan~a~~## Step 2: Sample <2>~b~~### Within~c~~## Step 3~d
            THINK             | <think>## Step 1: Plan~a~~## Step 2: Sample <2>~b~~### Within~c~~## Step 3~d
            MARKDOWN          | ~~## Step 1: Plan~a~~## Step 2: Sample <2>~b~~### Within~c~~## Step 3~d
            DETAILS           | <details open>~<summary>Step 1: Plan</summary>~a~</details>~<details open>~<summary>Step 2: Sample &lt;2&gt;</summary>~b<br><br>Within<br>c~</details>~<details open>~<summary>Step 3</summary>~d~</details>
            """)
    void showsALabelAsTheTitle(ReasoningFormat format, String expected) {
        assertThat(formatted(format, StepHeading.DEFAULT)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Schritt {number}    | ## Schritt 1: Plan~a~~## Schritt 2: Sample <2>~b~~### Within~c~~## Schritt 3~d
            {number}. lépés     | ## 1. lépés: Plan~a~~## 2. lépés: Sample <2>~b~~### Within~c~~## 3. lépés~d
            思考                 | ## 思考: Plan~a~~## 思考: Sample <2>~b~~### Within~c~~## 思考~d
            """)
    void usesTheConfiguredHeading(String heading, String expected) {
        assertThat(formatted(ReasoningFormat.REASONING, new StepHeading(heading)))
                .isEqualTo(expected);
    }

    @Test
    void escapesTheHeadingInHtml() {
        assertThat(formatted(ReasoningFormat.DETAILS, new StepHeading("<{number}>")))
                .startsWith("<details open>~<summary>&lt;1&gt;: Plan</summary>");
    }

    /** A sample starts before its call has a reply, and a stream must not begin before. */
    @ParameterizedTest
    @EnumSource
    void theHeadingOfALabelledStepWaitsForItsText(ReasoningFormat format) {
        ReasoningFormatter formatter = new ReasoningFormatter(format, StepHeading.DEFAULT, writer);
        formatter.write(new TurnEvent.StepStarted(1, StepKind.SAMPLE, "Sample 1"));
        assertThat(writer.text).isEmpty();

        formatter.write(new TurnEvent.StepText(1, "a"));
        assertThat(writer.text.indexOf("Step 1: Sample 1") > 0).isEqualTo(format != ReasoningFormat.NONE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            end    | ## Step 1: Vote~
            title  | ## Step 1: Vote~
            answer | ## Step 1: Vote~42
            step   | ## Step 1: Vote~~~## Step 2
            """)
    void theHeadingOfALabelledStepIsShownWithoutAText(String next, String expected) {
        ReasoningFormatter formatter =
                new ReasoningFormatter(ReasoningFormat.REASONING_CONTENT, StepHeading.DEFAULT, writer);
        formatter.write(new TurnEvent.StepStarted(1, StepKind.VOTE, "Vote"));
        formatter.write(
                switch (next) {
                    case "end" -> new TurnEvent.StepEnded(1);
                    case "title" -> new TurnEvent.StepTitled(1, "Within");
                    case "answer" -> new TurnEvent.AnswerText("42");
                    default -> new TurnEvent.StepStarted(2);
                });
        assertThat(writer.text.toString().replace("\n", "~")).isEqualTo(expected);
    }

    @Test
    void passesTheTraceOn() {
        ReasoningFormatter formatter = new ReasoningFormatter(ReasoningFormat.NONE, StepHeading.DEFAULT, writer);
        EVENTS.forEach(formatter::trace);
        assertThat(writer.traced).isEqualTo(EVENTS);
        assertThat(formatter.isTraced()).isTrue();
        assertThat(writer.text).isEmpty();
    }
}
