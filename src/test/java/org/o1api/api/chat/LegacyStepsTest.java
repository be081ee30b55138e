package org.o1api.api.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.o1api.json.Json;
import org.o1api.model.FinishReason;
import org.o1api.model.StepKind;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnUsage;
import org.o1api.reasoning.StepHeading;
import org.o1api.reasoning.Transcript;
import org.o1api.reasoning.TurnClient;

class LegacyStepsTest {
    private static List<String> steps(StepHeading heading, TurnEvent... events) throws IOException {
        LegacySteps steps = new LegacySteps(heading);
        TurnClient client = steps.forwardingTo(new Transcript());
        for (TurnEvent event : events) {
            client.write(event);
        }
        byte[] object = Json.bytes(json -> {
            json.writeStartObject();
            steps.write(json);
            json.writeEndObject();
        });
        List<String> found = new ArrayList<>();
        for (JsonNode step : new ObjectMapper().readTree(object).path("steps")) {
            found.add(step.path(0).asText() + " | " + step.path(1).asText());
        }
        return found;
    }

    @Test
    void showsLabelsAsTitles() throws IOException {
        assertThat(steps(
                        StepHeading.DEFAULT,
                        new TurnEvent.StepStarted(1),
                        new TurnEvent.StepTitled(1, "Plan"),
                        new TurnEvent.StepText(1, "a"),
                        new TurnEvent.StepEnded(1),
                        new TurnEvent.StepStarted(2, StepKind.SAMPLE, "Sample 2"),
                        new TurnEvent.StepText(2, "b"),
                        new TurnEvent.StepTitled(2, "Within"),
                        new TurnEvent.StepText(2, "c"),
                        new TurnEvent.StepEnded(2),
                        new TurnEvent.StepStarted(3),
                        new TurnEvent.StepText(3, "d"),
                        new TurnEvent.StepEnded(3),
                        new TurnEvent.AnswerText("e"),
                        new TurnEvent.Completed(FinishReason.STOP, TurnUsage.NONE)))
                .containsExactly(
                        "Step 1: Plan | a", "Step 2: Sample 2 | b\n\n### Within\nc", "Step 3 | d", "Final Answer | e");
    }

    @Test
    void usesTheConfiguredHeading() throws IOException {
        assertThat(steps(
                        new StepHeading("Schritt {number}"),
                        new TurnEvent.StepStarted(1),
                        new TurnEvent.StepTitled(1, "Plan"),
                        new TurnEvent.StepText(1, "a"),
                        new TurnEvent.StepEnded(1),
                        new TurnEvent.StepStarted(2, StepKind.VOTE, "Ergebnis"),
                        new TurnEvent.StepEnded(2)))
                .containsExactly("Schritt 1: Plan | a", "Schritt 2: Ergebnis | ");
    }
}
