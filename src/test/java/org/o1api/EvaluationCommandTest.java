package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.json.Json;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

@Tag("slow")
class EvaluationCommandTest {
    private static final String RECORDING = """
            {"question": "What is 2 + 7?", "answer": "9", "samples": [{"text": "The answer is 9.", "prompt_tokens": 10, "completion_tokens": 5}]}
            {"question": "What is 2 + 8?", "answer": "10", "samples": [{"text": "The answer is 11.", "prompt_tokens": 10, "completion_tokens": 5}]}
            """;
    private static final String UNRECORDED = "{\"question\": \"What is my secret?\", \"answer\": \"12\"}\n";

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void writeFiles() throws IOException {
        Files.writeString(folder.resolve("recorded.jsonl"), RECORDING);
        Files.writeString(folder.resolve("unrecorded.jsonl"), UNRECORDED);
        writeConfig("""
                upstreams:
                  recorded:
                    replay: %s
                    models: { m: { price: { input: 100, output: 1000 } } }
                presets:
                  fast: { model: m, steps: { max: 0 } }
                  unpriced: { model: other, steps: { max: 0 } }
                """.formatted(folder.resolve("recorded.jsonl")));
    }

    @Test
    void runsQuestionsAndReportsWhatTheyCost() throws Exception {
        int exit = run("--presets", "fast", "recorded.jsonl", "unrecorded.jsonl");

        assertThat(exit).as(text(err)).isZero();
        JsonNode fast = report().path("presets").path(0);
        assertThat(fast.path("accuracy").path("right").asInt()).isEqualTo(1);
        assertThat(fast.path("accuracy").path("of").asInt()).isEqualTo(3);
        assertThat(fast.path("failed").asInt()).isEqualTo(1);
        assertThat(fast.path("calls_per_turn").asDouble()).isEqualTo(1);
        assertThat(Files.readString(folder.resolve("out/report.html"))).contains("Failed turns", "upstream_refused");
        assertThat(text(out)).contains("fast", "33.3 %", "report.html");
        assertThat(text(out) + text(err)).doesNotContain("secret", "2 + 7");
    }

    @Test
    void aFinishedRunIsNotRepeated() throws Exception {
        run("--presets", "fast", "recorded.jsonl");
        List<String> before = results();
        err.reset();

        assertThat(run("--presets", "fast", "recorded.jsonl")).isZero();

        assertThat(text(err)).contains("2 of 2 turns are done already.");
        assertThat(results()).isEqualTo(before);
    }

    @Test
    void otherOptionsNeedAnotherFolder() {
        run("--presets", "fast", "recorded.jsonl");

        assertThat(run("--presets", "fast", "--seed", "1", "recorded.jsonl")).isEqualTo(2);
        assertThat(text(err)).contains("belong to a run with other presets, questions, repetitions or seed");
    }

    @Test
    void rejectsWhatTheConfigDoesNotHave() {
        assertThat(run("--presets", "slow", "recorded.jsonl")).isEqualTo(2);
        assertThat(text(err)).contains("The config has no preset 'slow', allowed: fast, unpriced.");
    }

    @Test
    void aPresetIsAlsoRunInProMode() throws Exception {
        assertThat(run("--presets", "fast,fast-pro", "recorded.jsonl"))
                .as(text(err))
                .isZero();

        JsonNode presets = report().path("presets");
        assertThat(presets.findValuesAsText("preset")).containsExactly("fast", "fast-pro");
        assertThat(presets.path(0).path("samples_per_turn").asDouble()).isZero();
        assertThat(presets.path(1).path("samples_per_turn").asDouble()).isGreaterThan(1);
    }

    @Test
    void aReachedCostCeilingEndsTheRunUntilItIsRaised() throws Exception {
        assertThat(run("--presets", "fast", "--max-cost", "0.001", "--concurrency", "1", "recorded.jsonl"))
                .isEqualTo(3);
        assertThat(results()).hasSize(1); // costs 0.006
        assertThat(Files.readString(folder.resolve("out/report.html"))).contains("the cost ceiling was reached");

        assertThat(run("--presets", "fast", "--max-cost", "1", "recorded.jsonl"))
                .isZero();
        assertThat(results()).hasSize(2);
    }

    @Test
    void aCostCeilingNeedsPrices() {
        assertThat(run("--presets", "fast,unpriced", "--max-cost", "1", "recorded.jsonl"))
                .isEqualTo(2);
        assertThat(text(err)).contains("--max-cost needs the price of the model other of the upstream recorded");
    }

    @Test
    void theDemoModelAnswersWithoutAProvider() throws Exception {
        writeConfig("presets: { thinker: {} }");

        assertThat(run("--limit", "1", "recorded.jsonl")).isZero();
        assertThat(report().path("turns").asInt()).isEqualTo(1);
    }

    /** A real process, killed while two of its turns wait for the provider. */
    @Test
    void aKilledRunIsContinued() throws Exception {
        AtomicBoolean answersAll = new AtomicBoolean();
        List<String> questions = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            questions.add("{\"question\": \"What is 1 + " + i + "?\", \"answer\": \"" + (1 + i) + "\"}");
        }
        Files.write(folder.resolve("sums.jsonl"), questions);
        try (FakeUpstream provider = FakeUpstream.dispatching(request ->
                request.number() < 12 || answersAll.get() ? Script.answer("The answer is 5.") : Script.silence())) {
            writeConfig("upstreams: { fake: { url: \"" + provider.url() + "\" } }\n"
                    + "presets: { fast: { model: m, steps: { max: 0 } } }");
            Process killed = start("--concurrency", "2", "sums.jsonl");
            try {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> provider.requests().size() == 14);
                await().atMost(Duration.ofSeconds(60)).until(() -> results().size() == 12);
            } finally {
                killed.destroyForcibly(); // SIGKILL
            }
            assertThat(killed.waitFor(60, TimeUnit.SECONDS)).isTrue();
            Files.writeString( // what a process that is killed while it writes leaves
                    folder.resolve("out/results.jsonl"),
                    "{\"preset\": \"fast\", \"question\": \"sums-1",
                    java.nio.file.StandardOpenOption.APPEND);
            answersAll.set(true);

            Process continued = start("--concurrency", "2", "sums.jsonl");

            assertThat(continued.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(continued.exitValue()).isZero();
            assertThat(provider.requests()).hasSize(14 + 18);
        }
        assertThat(results()).hasSize(30);
        JsonNode fast = report().path("presets").path(0);
        assertThat(fast.path("accuracy").path("right").asInt()).isEqualTo(1);
        assertThat(fast.path("accuracy").path("of").asInt()).isEqualTo(30);
    }

    /** A real process, stopped while its turn waits for the closing call, after a step that has a cost. */
    @Test
    void whatAStoppedTurnCostCountsForTheCeiling() throws Exception {
        AtomicBoolean answers = new AtomicBoolean();
        String step = "{\"title\":\"T\",\"content\":\"c\",\"next_action\":\"final_answer\"}";
        try (FakeUpstream provider = FakeUpstream.dispatching(request -> request.asksForJson()
                ? Script.answer(step)
                : answers.get() ? Script.answer("The answer is 9.") : Script.silence())) {
            writeConfig("""
                    upstreams: { fake: { url: "%s", models: { m: { price: { input: 1000, output: 1000 } } } } }
                    presets: { fast: { model: m, steps: { max: 1 } } }
                    """.formatted(provider.url()));
            Process stopped = start("--limit", "1", "recorded.jsonl");
            try {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> provider.requests().size() == 2);
                stopped.destroy(); // SIGTERM
                assertThat(stopped.waitFor(60, TimeUnit.SECONDS)).isTrue();
            } finally {
                stopped.destroyForcibly();
            }
            answers.set(true);

            assertThat(run("--limit", "1", "--max-cost", "0.015", "recorded.jsonl"))
                    .isEqualTo(3);
            assertThat(provider.requests()).hasSize(2);
            assertThat(report().path("turns").asInt()).isZero();

            assertThat(run("--limit", "1", "--max-cost", "1", "recorded.jsonl")).isZero();
            assertThat(provider.requests()).hasSize(4);
            assertThat(report().path("turns").asInt()).isEqualTo(1);
            assertThat(right()).isEqualTo(1);
            assertThat(report().at("/presets/0/cost").asDouble()).isCloseTo(0.03, within(1e-9));
        }
    }

    /** Whether a turn with such a result is run again. */
    static List<Arguments> firstReplies() {
        return List.of(
                arguments(named("right", Script.answer("The answer is 9.")), false),
                arguments(named("wrong", Script.answer("The answer is 8.")), false),
                arguments(named("no answer", Script.answer("I do not know.")), false),
                arguments(named("refused", Script.error(400, "Your content is not allowed.")), false),
                arguments(named("too long", Script.error(413, "Too long.")), false),
                arguments(named("wrong key", Script.error(401, "Incorrect API key.")), true),
                arguments(named("unknown model", Script.error(404, "The model does not exist.")), true),
                arguments(named("rate limit", Script.error(429, "Slow down.")), true),
                arguments(named("error", Script.error(500, "Internal error.")), true),
                arguments(named("unavailable", Script.error(503, "Try later.")), true),
                arguments(named("timeout", Script.error(504, "Timeout.")), true),
                arguments(named("broken connection", Script.reset()), true));
    }

    @ParameterizedTest
    @MethodSource("firstReplies")
    void onlyFailuresOfTheProviderOrTheNetworkAreRunAgain(Script first, boolean isRunAgain) throws Exception {
        try (FakeUpstream provider = FakeUpstream.dispatching(
                request -> request.number() == 0 ? first : Script.answer("The answer is 9."))) {
            writeConfig("""
                    upstreams: { fake: { url: "%s", attempts: 1, models: { m: { price: { input: 1, output: 1 } } } } }
                    presets: { fast: { model: m, steps: { max: 0 }, budget: { retries: 0 } } }
                    """.formatted(provider.url()));
            run("--limit", "1", "recorded.jsonl");
            boolean wasRight = right() == 1;
            assertThat(text(err).contains("The same command runs them again.")).isEqualTo(isRunAgain);
            err.reset();

            assertThat(run("--limit", "1", "recorded.jsonl")).isZero();

            assertThat(provider.requests()).hasSize(isRunAgain ? 2 : 1);
            assertThat(results()).hasSize(isRunAgain ? 2 : 1);
            assertThat(right()).isEqualTo(isRunAgain || wasRight ? 1 : 0);
            assertThat(report().path("turns").asInt()).isEqualTo(1);
            assertThat(report().at("/presets/0/failed").asInt())
                    .isEqualTo(
                            results().get(0).contains("refused")
                                            || results().get(0).contains("too_large")
                                    ? 1
                                    : 0);
            assertThat(text(err)).doesNotContain("The same command");
        }
    }

    private int right() throws IOException {
        return report().at("/presets/0/accuracy/right").asInt();
    }

    private int run(String... arguments) {
        List<String> all = withFolder(arguments);
        return new EvaluationCommand(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(all);
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                EvaluationCommand.class.getName()));
        command.addAll(withFolder(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log.txt").toFile())
                .start();
    }

    /** Adds the config and the folder, and resolves the names of question files. */
    private List<String> withFolder(String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "--config",
                folder.resolve("config.yaml").toString(),
                "--out",
                folder.resolve("out").toString()));
        for (String argument : arguments) {
            all.add(argument.endsWith(".jsonl") ? folder.resolve(argument).toString() : argument);
        }
        return all;
    }

    private void writeConfig(String yaml) throws IOException {
        Files.writeString(folder.resolve("config.yaml"), yaml);
    }

    private JsonNode report() throws IOException {
        return Json.trusted().tree(Files.readString(folder.resolve("out/report.json")));
    }

    private List<String> results() throws IOException {
        return Files.readAllLines(folder.resolve("out/results.jsonl"));
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
