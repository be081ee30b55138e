package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.json.Json;

/** The strategies on the recorded samples of a real model: what they should reach is in the README of the samples. */
@Tag("slow")
class RecordedSamplesTest {
    private static final Path SAMPLES = Path.of("src/test/resources/samples/samples-smollm2-addition.jsonl");
    private static final int REPETITIONS = 8;
    private static final String CONFIG = """
            upstreams: { recorded: { replay: "%s" } }
            presets:
              single: { model: m, strategy: single }
              vote-4: { model: m, strategy: vote, vote: { first: 4, max: 4 } }
              vote-8: { model: m, strategy: vote, vote: { first: 8, max: 8 } }
              vote-16: { model: m, strategy: vote, vote: { first: 16, max: 16 } }
              adaptive-8: { model: m, strategy: vote, vote: { max: 8 } }
              adaptive-16: { model: m, strategy: vote, vote: { max: 16 } }
              auto: { model: m, strategy: auto, vote: { max: 8 } }
            """.formatted(SAMPLES.toAbsolutePath());

    private static final Map<String, JsonNode> PRESETS = new HashMap<>();

    @BeforeAll
    static void run(@TempDir Path folder) throws Exception {
        Path config = Files.writeString(folder.resolve("config.yaml"), CONFIG);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        int exit = new EvaluationCommand(out, out)
                .run(List.of(
                        "--config",
                        config.toString(),
                        "--out",
                        folder.resolve("out").toString(),
                        "--repeat",
                        Integer.toString(REPETITIONS),
                        "--seed",
                        "1",
                        "--concurrency",
                        "2",
                        SAMPLES.toString()));
        assertThat(exit).as(printed.toString(StandardCharsets.UTF_8)).isZero();
        JsonNode report = Json.trusted().tree(Files.readString(folder.resolve("out/report.json")));
        report.path("presets")
                .forEach(preset -> PRESETS.put(preset.path("preset").asText(), preset));
    }

    /** The tolerance is four standard errors of the mean of the repetitions; the samples differ less. */
    @ParameterizedTest
    @CsvSource({
        "single, 0.219, 0.050, 1",
        "vote-4, 0.301, 0.042, 4",
        "vote-8, 0.380, 0.034, 8",
        "vote-16, 0.417, 0.020, 16",
        "adaptive-8, 0.381, 0.034, 7.7",
        "adaptive-16, 0.417, 0.024, 14.1",
        "auto, 0.378, 0.034, 6.9",
    })
    void reachesTheExpectedAccuracyWithTheExpectedCalls(String name, double accuracy, double tolerance, double calls) {
        JsonNode preset = Objects.requireNonNull(PRESETS.get(name));

        assertThat(preset.path("failed").asInt()).isZero();
        assertThat(preset.path("accuracy").path("value").asDouble()).isCloseTo(accuracy, within(tolerance));
        assertThat(preset.path("calls_per_turn").asDouble()).isCloseTo(calls, within(0.25));
    }
}
