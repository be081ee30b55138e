package org.o1api.reasoning.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.json.JsonSlices;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.TestProviderErrors;
import org.o1api.upstream.UpstreamException;

/** Turns with recorded replies of a model with 135 million parameters, which has many ways to miss the format. */
class WeakModelTest {
    private static final int TURNS = 150;
    private static final List<Sample> SAMPLES = new ArrayList<>();

    private record Sample(String text, boolean truncated) {}

    /** What the caller requires of the answer. */
    private enum Requirement {
        TEXT,
        JSON,
        TOOL
    }

    @BeforeAll
    static void readSamples() throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                WeakModelTest.class.getResourceAsStream("/weak-model/smollm2-addition.jsonl"),
                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode sample = new ObjectMapper().readTree(line);
                SAMPLES.add(new Sample(
                        sample.path("text").asText(),
                        sample.path("finish_reason").asText().equals("length")));
            }
        }
        assertThat(SAMPLES).hasSize(480);
    }

    /** Replies with random samples. The context is a number of characters of prompt. */
    private static final class Model {
        private final Random random;
        private final int context;

        Model(long seed) {
            random = new Random(seed);
            context = random.nextInt(3) == 0 ? 300 + random.nextInt(1200) : Integer.MAX_VALUE;
        }

        Reply reply(CallRequest request) {
            if (StepsFixture.messages(request).stream().mapToInt(String::length).sum() > context) {
                return Reply.of().withFailure(TestProviderErrors.contextExceeded());
            }
            Sample sample = SAMPLES.get(random.nextInt(SAMPLES.size()));
            Reply reply = Reply.of(pieces(shaped(sample.text())));
            return sample.truncated() ? reply.withFinishReason(FinishReason.LENGTH) : reply;
        }

        private String shaped(String text) {
            String json = StepsFixture.step("#", random.nextBoolean() ? "continue" : "final_answer")
                    .replace("\"#\"", JsonSlices.quoted(text));
            return switch (random.nextInt(12)) {
                case 0 -> text;
                case 1 -> (text + "\n").repeat(60);
                case 2 -> json.repeat(2);
                case 3 -> "```json\n" + json + "\n```";
                case 4 -> "Here is the step:\n" + json;
                case 5 -> json.substring(0, json.length() / 2);
                case 6 -> json.substring(0, json.length() - 1) + "\n    ".repeat(600);
                case 7 -> "[" + json + ", " + json + "]";
                case 8 -> json.replace("\\n", "\n").replace("\\\"", "\"");
                default -> json;
            };
        }

        private Delta[] pieces(String text) {
            List<Delta> pieces = new ArrayList<>();
            if (random.nextInt(8) == 0) {
                pieces.add(new Delta.Reasoning("Hm. "));
            }
            int from = 0;
            while (from < text.length()) {
                int to = Math.min(text.length(), from + 1 + random.nextInt(200));
                pieces.add(new Delta.Text(text.substring(from, to)));
                from = to;
            }
            return pieces.toArray(Delta[]::new);
        }
    }

    private static StepsPrompt prompt(Requirement requirement) {
        return StepsFixture.prompt(
                new Steps(3, 25),
                switch (requirement) {
                    case TEXT -> Map.of();
                    case JSON -> Map.of("response_format", new RawJson("{\"type\":\"json_object\"}"));
                    case TOOL -> Map.of("tool_choice", new RawJson("\"required\""));
                });
    }

    @ParameterizedTest
    @EnumSource
    void endsEveryTurnWithAnAnswer(Requirement requirement) {
        int loops = 0;
        int full = 0;
        for (long seed = 0; seed < TURNS; seed++) {
            StepsFixture turn = new StepsFixture();
            Model model = new Model(seed);
            turn.run(ScriptedUpstream.answeringWith(model::reply), prompt(requirement));
            assertThat(turn.out.answer()).as("seed %d", seed).isNotBlank();
            if (requirement != Requirement.JSON) {
                assertThat(turn.out.answer()).as("seed %d", seed).doesNotContain("\"next_action\"");
            }
            for (int step = 1; step <= turn.out.steps(); step++) {
                assertThat(turn.out.step(step)).as("seed %d", seed).doesNotStartWith("{\"title\"");
            }
            loops += turn.out.events().stream().anyMatch(event -> event.contains("*LOOP*")) ? 1 : 0;
            full += turn.out.events().stream().anyMatch(event -> event.contains("*FULL*")) ? 1 : 0;
            assertThat(turn.calls()).isLessThanOrEqualTo(25 + 1 + 1 + 4);
        }
        assertThat(List.of(loops, full)).allMatch(count -> count > TURNS / 20);
    }

    @Test
    void failsClearlyIfTheContextIsTooSmallForThePrompt() {
        @Nullable UpstreamException failure = null;
        try {
            new StepsFixture()
                    .run(
                            ScriptedUpstream.answeringWith(
                                    request -> Reply.of().withFailure(TestProviderErrors.contextExceeded())),
                            prompt(Requirement.TEXT));
        } catch (UpstreamException e) {
            failure = e;
        }
        assertThat(failure).isNotNull().hasMessageContaining("context");
    }

    /** A model that repeats one sample, as the recorded one did: 25 times the example in its instructions. */
    @Test
    void endsAfterTwoStepsIfTheModelRepeatsItself() {
        Stream.of(SAMPLES.get(0), SAMPLES.get(100), SAMPLES.get(479)).forEach(sample -> {
            String step = StepsFixture.continuing("#").replace("\"#\"", JsonSlices.quoted(sample.text()));
            StepsFixture turn = new StepsFixture();
            turn.run(ScriptedUpstream.answeringWith(request -> StepsFixture.reply(step)), prompt(Requirement.TEXT));
            assertThat(turn.out.steps()).isEqualTo(2);
            assertThat(turn.out.step(2)).endsWith("*LOOP*");
            assertThat(turn.out.answer()).isEqualTo(sample.text());
        });
    }
}
