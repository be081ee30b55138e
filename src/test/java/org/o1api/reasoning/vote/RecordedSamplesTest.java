package org.o1api.reasoning.vote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.json.Json;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.Usage;
import org.o1api.reasoning.SamplingFixture;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.reasoning.sampling.AnswerKey;
import org.o1api.reasoning.sampling.SamplePrompts;
import org.o1api.reasoning.sampling.VoteNotes;
import org.o1api.reasoning.sampling.VoteSettings;

/** Votes of recorded replies of a weak model. The expected figures were computed from the recorded keys, with 200 resamplings. */
@Tag("slow")
class RecordedSamplesTest {
    private static final int RESAMPLINGS = 8;

    private final SamplingFixture turn = new SamplingFixture();

    @AfterEach
    void stop() {
        turn.close();
    }

    private static List<JsonNode> questions() throws IOException {
        List<JsonNode> questions = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(
                        RecordedSamplesTest.class.getResourceAsStream("/samples/samples-smollm2-addition.jsonl")),
                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                questions.add(Json.tree(new RawJson(line)));
            }
        }
        return questions;
    }

    private static Reply reply(JsonNode sample) {
        return Reply.of(new Delta.Text(sample.path("text").asText()))
                .withFinishReason(
                        FinishReason.fromWireName(sample.path("finish_reason").asText()))
                .withUsage(new Usage(57, 0, sample.path("completion_tokens").asLong(), 0));
    }

    @ParameterizedTest
    @CsvSource({"8, 0.381, 7.65", "16, 0.417, 14.15"})
    void accuracyAndSamplesAreAsExpected(int max, double accuracy, double samples) throws IOException {
        VoteSettings settings = new VoteSettings(4, 2, max, 0.95, SamplePrompts.DEFAULT, VoteNotes.DEFAULT);
        Random random = new Random(7);
        int turns = 0;
        int correct = 0;
        int started = 0;
        for (JsonNode question : questions()) {
            List<JsonNode> order = new ArrayList<>();
            question.path("samples").forEach(order::add);
            for (int i = 0; i < RESAMPLINGS; i++) {
                Collections.shuffle(order, random);
                ScriptedUpstream upstream = ScriptedUpstream.answering(
                        order.stream().map(RecordedSamplesTest::reply).toArray(Reply[]::new));
                turn.run(VoteStrategyTest.vote(settings), upstream);
                AnswerKey right = AnswerKey.of(question.path("answer").asText());
                String winner =
                        Objects.requireNonNull(turn.report().agreement()).key();
                turns++;
                correct += Objects.requireNonNull(right).label().equals(winner) ? 1 : 0;
                started += Objects.requireNonNull(turn.report().samples()).started();
            }
        }
        assertThat((double) correct / turns).isEqualTo(accuracy, within(0.03));
        assertThat((double) started / turns).isEqualTo(samples, within(0.15));
    }
}
