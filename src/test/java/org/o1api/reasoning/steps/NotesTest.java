package org.o1api.reasoning.steps;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotesTest {
    @ParameterizedTest
    @CsvSource({
        "It broke., It broke.",
        "Overloaded, Overloaded.",
        "Why?, Why?",
        "No!, No!",
        "\u51fa\u9519\u4e86\u3002, \u51fa\u9519\u4e86\u3002"
    })
    void makesTheReasonASentence(String reason, String sentence) {
        assertThat(Notes.DEFAULT.retryAfter(reason)).isEqualTo(sentence + " Retrying this step.");
        assertThat(Notes.DEFAULT.incompleteAfter(reason)).isEqualTo(sentence + " Answering from the previous steps.");
    }

    /** Each row: the configured notes for context and retry, the retry note, and the one after the context was full. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Full. | {reason} Again.   | It broke. Again.            | Full. Again.
                    Full  | Again.            | Again.                      | Full. Again.
                    Full. | Again: {reason}   | Again: It broke.            | Full. Again:
                    Full. | {reason}          | It broke.                   | Full.
                    Full. | {reason} {reason} | It broke. It broke.         | Full.
                    """)
    void replacesThePlaceholder(String context, String retry, String note, String afterContext) {
        Notes notes = new Notes("Loop.", context, retry, retry);

        assertThat(notes.retryAfter("It broke")).isEqualTo(note);
        assertThat(notes.incompleteAfter("It broke")).isEqualTo(note);
        assertThat(notes.retryAfterContext()).isEqualTo(afterContext);
    }

    @Test
    void replacesNothingInTheReason() {
        assertThat(Notes.DEFAULT.retryAfter("{reason} $1")).isEqualTo("{reason} $1. Retrying this step.");
    }
}
