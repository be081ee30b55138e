package org.o1api.upstream.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.Gateway;
import org.o1api.config.Config;
import org.o1api.settings.ConfigException;
import org.o1api.upstream.replay.RecordingReader.UnusableRecordingException;

class RecordingReaderTest {
    private static final String GOOD = "{\"question\": \"a?\", \"samples\": [{\"text\": \"a\"}]}\n";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"question\": | is not JSON",
                "[] | has no text \"question\"",
                "{\"question\": 7, \"samples\": [{\"text\": \"secret\"}]} | has no text \"question\"",
                "{\"question\": \" \", \"samples\": [{\"text\": \"secret\"}]} | has no text \"question\"",
                "{\"question\": \"secret\"} | has no \"samples\"",
                "{\"question\": \"secret\", \"samples\": []} | has no \"samples\"",
                "{\"question\": \"secret\", \"samples\": [{}]} | has a sample without \"text\"",
                "{\"question\": \"b\", \"samples\": [{\"text\": \"\", \"prompt_tokens\": -1}]} | \"prompt_tokens\" is not a count",
                "{\"question\": \"b\", \"samples\": [{\"text\": \"\", \"completion_tokens\": \"1\"}]} | \"completion_tokens\" is not a count",
                "{\"question\": \"a?\", \"samples\": [{\"text\": \"b\"}]} | repeats the question of an earlier line",
            })
    void namesTheLineOfAProblemWithoutQuotingIt(String line, String problem) throws Exception {
        Path file = write(GOOD + "\n" + line + "\n");

        assertThatExceptionOfType(UnusableRecordingException.class)
                .isThrownBy(() -> RecordingReader.read(folder, file.toString()))
                .withMessageContaining("line 3 of '" + file + "' ")
                .withMessageContaining(problem)
                .satisfies(failure -> assertThat(failure).hasMessageNotContaining("secret"));
    }

    @Test
    void rejectsAFileThatDoesNotExist() {
        assertThatExceptionOfType(UnusableRecordingException.class)
                .isThrownBy(() -> RecordingReader.read(folder, "missing.jsonl"))
                .withMessage("the file '" + folder.resolve("missing.jsonl") + "' does not exist");
    }

    @Test
    void rejectsAFileWithoutQuestions() throws Exception {
        Path file = write("\n\n");

        assertThatExceptionOfType(UnusableRecordingException.class)
                .isThrownBy(() -> RecordingReader.read(folder, file.toString()))
                .withMessageContaining("contains no recorded question");
    }

    @Test
    void aFinishReasonIsOptional() throws Exception {
        Recording recording = RecordingReader.read(folder, write(GOOD).toString());

        assertThat(recording.find("a?").orElseThrow().samples())
                .singleElement()
                .hasToString("RecordedSample[text=a, finishReason=STOP, promptTokens=0, completionTokens=0]");
    }

    @Test
    void theConfigReportsAnUnusableRecordingAtItsKey() throws Exception {
        Path file = write("{}\n");

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> parse("upstreams: { recorded: { replay: " + file + " } }"))
                .withMessageContaining("upstreams.recorded.replay: line 1 of '" + file + "' has no text \"question\"");
    }

    @Test
    void theConfigRejectsKeysOfAProvider() throws Exception {
        Path file = write(GOOD);

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> parse("upstreams: { recorded: { replay: " + file
                        + ", url: \"http://localhost/v1\", concurrency: 4 } }"))
                .withMessageContaining("upstreams.recorded.replay: is set together with url")
                .withMessageContaining("upstreams.recorded.concurrency: unknown key");
    }

    @Test
    void theConfigHasTheRecordingOfAnUpstream() throws Exception {
        Config config = parse("upstreams: { recorded: { replay: " + write(GOOD) + " } }");

        assertThat(config.upstreams()).containsOnlyKeys("recorded");
        assertThat(config.recordings()).containsOnlyKeys("recorded");
    }

    private static Config parse(String yaml) {
        return Config.parse("config.yaml", "default_model: m\n" + yaml, name -> null, Gateway.STRATEGIES);
    }

    private Path write(String text) throws Exception {
        return Files.writeString(folder.resolve("recorded.jsonl"), text);
    }
}
