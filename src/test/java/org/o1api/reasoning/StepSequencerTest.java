package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.model.StepKind;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnEvent.StepOutcome;

/**
 * Events are written in short: {@code "+1"} starts step 1, {@code "+1~t"} a sample with the label t, {@code "1:a"} is its text, {@code "1=t"} its title, {@code "-1"} its end,
 * {@code "-1:c"} its end with the conclusion c, {@code "!1:c"} its cancellation, {@code "?1:c"} its failure, {@code ".a"} is answer text.
 */
class StepSequencerTest {
    private static List<String> sequence(boolean all, String events) {
        List<TurnEvent> shown = new ArrayList<>();
        StepSequencer sequencer = new StepSequencer(all, shown::add);
        events(events).forEach(sequencer::accept);
        return shown.stream().map(StepSequencerTest::text).toList();
    }

    private static List<TurnEvent> events(String events) {
        return Arrays.stream(events.split(" ", -1))
                .map(StepSequencerTest::event)
                .toList();
    }

    private static TurnEvent event(String text) {
        if (text.startsWith(".")) {
            return new TurnEvent.AnswerText(text.substring(1));
        }
        String[] parts = text.split("[:=~]", -1);
        int step = Integer.parseInt(parts[0].replaceAll("[-+!?]", ""));
        return switch (text.charAt(0)) {
            case '+' ->
                parts.length == 1
                        ? new TurnEvent.StepStarted(step)
                        : new TurnEvent.StepStarted(step, StepKind.SAMPLE, parts[1]);
            case '!' -> new TurnEvent.StepEnded(step, StepOutcome.CANCELLED, parts[1]);
            case '?' -> new TurnEvent.StepEnded(step, StepOutcome.FAILED, parts[1]);
            case '-' -> new TurnEvent.StepEnded(step, StepOutcome.COMPLETED, parts.length == 1 ? null : parts[1]);
            default ->
                text.contains("=") ? new TurnEvent.StepTitled(step, parts[1]) : new TurnEvent.StepText(step, parts[1]);
        };
    }

    private static String text(TurnEvent event) {
        if (event instanceof TurnEvent.StepStarted started) {
            assertThat(started.kind()).isEqualTo(started.label() == null ? StepKind.STEP : StepKind.SAMPLE);
            return "+" + started.step() + (started.label() == null ? "" : "~" + started.label());
        }
        if (event instanceof TurnEvent.StepText text) {
            return text.step() + ":" + text.text();
        }
        if (event instanceof TurnEvent.StepTitled titled) {
            return titled.step() + "=" + titled.title();
        }
        if (event instanceof TurnEvent.StepEnded end) {
            return switch (end.outcome()) {
                        case COMPLETED -> "-";
                        case CANCELLED -> "!";
                        case FAILED -> "?";
                    }
                    + end.step()
                    + (end.conclusion() == null ? "" : ":" + end.conclusion());
        }
        return "." + ((TurnEvent.AnswerText) event).text();
    }

    @ParameterizedTest
    @CsvSource({
        "+1 1=t 1:a 1:b -1 +2 2:c 2=u -2 .x",
        "+1 1:a -1 +1 1:b -1 +2 2:c -2:d .x",
        "+1 1:a -1 +2 2:b -2 +2 2:c -2 +3 -3",
        ".x",
        "+1 1:a .x"
    })
    void leavesStepsWithoutConcurrencyUnchanged(String events) {
        for (boolean all : List.of(true, false)) {
            List<TurnEvent> shown = new ArrayList<>();
            StepSequencer sequencer = new StepSequencer(all, shown::add);
            List<TurnEvent> reported = events(events);
            reported.forEach(sequencer::accept);

            assertThat(shown).isEqualTo(reported);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // the first streams; the second ends before and after it
        "+1 +2 1=s 2=t 1:a 2:b -2:c 1:d -1,           +1 1=s 1:a 1:d -1 +2 2=t 2:c -2:c",
        "+1 +2 2=t 1:a -1:z 2:b -2:c .x,              +1 1:a -1:z +2 2=t 2:c -2:c .x",
        // lines come in the order in which the steps end
        "+1 +2 +3 3=u 2=t -3:c 1:a -2:b -1 .x,        +1 1:a -1 +2 2=u 2:c -2:c +3 3=t 3:b -3:b .x",
        "+1 +2 +3 -1 2:x 3:y -3:c !2:lost .x,         +1 -1 +2 2:c -2:c +3 3:*lost* !3:lost .x",
        // what starts while others are open is concurrent, whatever has ended
        "+1 +2 -1 +3 3:a -2:b 3:c -3:d,               +1 -1 +2 2:b -2:b +3 3:d -3:d",
        "+1 +2 -1 -2:b +3 3:c -3,                     +1 -1 +2 2:b -2:b +3 3:c -3",
        // a cancelled step that streams
        "+1 +2 1:a -2:b !1:lost .x,                   +1 1:a !1:lost +2 2:b -2:b .x",
        // one that fails is replaced by the next open one; the gateway's words are in italics
        "+1 +2 +3 1:a 2=t 2:b ?1:bad 3:x 2:c -3:d -2,  +1 1:a ?1:bad +2 2=t 2:b 2:c -2 +3 3:d -3:d",
        "+1 +2 +3 1:a 2:b ?2:bad 3:x ?1:no 3:y -3:z,   +1 1:a ?1:no +2 2:*bad* ?2:bad +3 3:x 3:y -3:z",
        "+1 +2 +3 2:b 3:x ?1:bad ?2:no -3:z,           +1 ?1:bad +2 2:b ?2:no +3 3:x -3:z",
        "+1 +2 ?1:bad ?2:no +3 +4 3:a 4:b -3 -4:c,     +1 ?1:bad +2 ?2:no +3 3:a -3 +4 4:c -4:c",
        // without a conclusion there is nothing to show, and no gap in the numbers
        "+1 +2 +3 2:a -2 -3:c -1,                     +1 -1 +2 2:c -2:c",
        // numbers of the strategy need not be in the order in which steps are shown
        "+7 +3 7:a -3:b -7 +1 1:c -1,                 +1 1:a -1 +2 2:b -2:b +3 3:c -3",
        // a retry after other steps were shown is a step of its own
        "+1 +2 1:a -2:b -1 +1 1:c -1,                 +1 1:a -1 +2 2:b -2:b +3 3:c -3",
        // labels stay with their steps; a title within a labelled step belongs to the text that is not shown
        "+1~s +2~t +3~u 1:a 2=v 2:b -3:c -1:d -2:e,   +1~s 1:a -1:d +2~u 2:c -2:c +3~t 3:e -3:e"
    })
    void showsConclusionsOfConcurrentSteps(String reported, String shown) {
        assertThat(sequence(false, reported)).containsExactly(shown.split(" ", -1));
    }

    @ParameterizedTest
    @CsvSource({
        "+1 +2 1=s 2=t 1:a 2:b -2:c 1:d -1 .x,        +1 1=s 1:a 1:d -1 +2 2=t 2:b -2:c .x",
        // the next step streams as soon as the one before it has ended; text that waited is one piece
        "+1 +2 +3 2:a 3:b -1 2:c 3:d -3:x -2 .x,      +1 -1 +2 2:a 2:c -2 +3 3:bd -3:x .x",
        "+1 +2 +3 2:a 3:b -3:x -2 1:c !1:lost .x,     +1 1:c !1:lost +2 2:a -2 +3 3:b -3:x .x",
        "+5 +2 5:a 2:b -5 !2:lost +6 6:c -6,          +1 1:a -1 +2 2:b !2:lost +3 3:c -3",
        "+1~s +2~t +3~u 1:a 2=v 2:b -3:c -1:d !2:e,   +1~s 1:a -1:d +2~t 2=v 2:b !2:e +3~u -3:c"
    })
    void showsWholeTextsInOrder(String reported, String shown) {
        assertThat(sequence(true, reported)).containsExactly(shown.split(" ", -1));
    }

    @Test
    void theLogRecordsWhatIsShown() {
        Transcript client = new Transcript();
        TurnLog log = new TurnLog(client);
        events("+1 +2 1:a 2:b -2:c 1:d -1 .x .y").forEach(log::write);

        assertThat(log.events().stream().map(StepSequencerTest::text))
                .containsExactly("+1", "1:ad", "-1", "+2", "2:c", "-2:c", ".xy");
        assertThat(client.events())
                .containsExactly(
                        "step 1",
                        "text 1: a",
                        "text 1: d",
                        "end 1",
                        "step 2",
                        "text 2: c",
                        "end 2",
                        "answer: x",
                        "answer: y");
    }
}
