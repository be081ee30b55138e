package org.o1api.api.responses;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.o1api.json.Json;

/** Titles that are reported after text of their step. */
class ReasoningItemTest {
    private final List<String> deltas = new ArrayList<>();
    private final ReasoningItem item = new ReasoningItem(
            new OutputItem.Position("rs_1", 0),
            (type, fields) -> {
                String delta =
                        Json.tree(ResponseSettings.object(fields)).path("delta").asText();
                if (!delta.isEmpty()) {
                    deltas.add(delta);
                }
            },
            OutputForm.PLAIN);

    @Test
    void beginsAStepWithALateTitleIfNothingWasSent() {
        item.startStep(null);
        item.text("a");
        item.title("T");
        item.text(" b");
        item.title("U");
        item.text("c");
        item.endStep();
        item.startStep(null);
        item.text("d");
        item.title("V");
        item.endStep();
        assertThat(deltas).containsExactly("**T**\n\na b\n\n### U\nc", "**V**\n\nd");
    }

    /** A stream cannot go back to the beginning of a step. */
    @Test
    void showsALateTitleBeforeTheNextTextOfAStream() {
        item.startStep(null);
        item.text("a");
        item.render();
        item.title("T");
        item.text(" b");
        item.render();
        assertThat(deltas).containsExactly("a", "\n\n### T\nb");
    }
}
