package org.o1api.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.Gateway;
import org.o1api.settings.ConfigException;

class ConfigFileTest {
    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private final Path folder;
    private @Nullable String contextParameter;

    ConfigFileTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeEach
    void setServerFolders() {
        properties.put("catalina.base", folder.resolve("tomcat").toString());
        properties.put("jetty.base", folder.resolve("jetty").toString());
    }

    @Test
    void usesTheFirstFileInTheDocumentedOrder() throws IOException {
        write("work/config.yaml");
        assertThat(modelFound()).isEqualTo("work/config.yaml");
        write("jetty/resources/o1-api.yaml");
        assertThat(modelFound()).isEqualTo("jetty/resources/o1-api.yaml");
        write("jetty/conf/o1-api.yaml");
        assertThat(modelFound()).isEqualTo("jetty/conf/o1-api.yaml");
        write("tomcat/conf/o1-api.yaml");
        assertThat(modelFound()).isEqualTo("tomcat/conf/o1-api.yaml");
        contextParameter = write("by-context").toString();
        assertThat(modelFound()).isEqualTo("by-context");
        environment.put("O1_API_CONFIG", write("by-environment").toString());
        assertThat(modelFound()).isEqualTo("by-environment");
        properties.put("o1api.config", write("by-property").toString());
        assertThat(modelFound()).isEqualTo("by-property");
    }

    @Test
    void reportsTheFileAndItsSource() throws IOException {
        Path file = write("by-environment");
        environment.put("O1_API_CONFIG", file.toString());

        assertThat(find()).hasToString("config file " + file + " (environment variable O1_API_CONFIG)");
    }

    @Test
    void usesDefaultsWithoutAFileAndReportsTheSearchedPlaces() {
        assertThat(find().read(Gateway.STRATEGIES).upstreams()).isEmpty();
        assertThat(find().toString())
                .isEqualTo(
                        "no config file found, using the defaults; searched: system property o1api.config (not set), "
                                + "environment variable O1_API_CONFIG (not set), "
                                + "servlet context parameter o1api.config (not set), "
                                + folder.resolve("tomcat/conf/o1-api.yaml") + ", "
                                + folder.resolve("jetty/conf/o1-api.yaml") + ", "
                                + folder.resolve("jetty/resources/o1-api.yaml") + ", "
                                + folder.resolve("work/config.yaml"));
    }

    @Test
    void failsIfASetFileIsMissing() throws IOException {
        write("work/config.yaml");
        environment.put("O1_API_CONFIG", "/no/such.yaml");

        assertThatThrownBy(this::find)
                .isInstanceOf(ConfigException.class)
                .hasMessage("/no/such.yaml: file not found (set by environment variable O1_API_CONFIG)");
    }

    @Test
    void failsIfTheFileIsAFolder() throws IOException {
        Files.createDirectories(folder.resolve("work/config.yaml"));

        assertThatThrownBy(() -> find().read(Gateway.STRATEGIES))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(folder.resolve("work/config.yaml") + ": the file cannot be read");
    }

    @Test
    void failsIfTheFileIsNotText() throws IOException {
        Files.write(write("work/config.yaml"), new byte[] {'a', ':', (byte) 0xff});

        assertThatThrownBy(() -> find().read(Gateway.STRATEGIES))
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("config.yaml: the file is not UTF-8 text");
    }

    @Test
    void skipsAByteOrderMark() throws IOException {
        Files.writeString(write("work/config.yaml"), "\uFEFFdefault_model: m");

        assertThat(modelFound()).isEqualTo("m");
    }

    @Test
    void substitutesEnvironmentVariables() throws IOException {
        Files.writeString(write("work/config.yaml"), "default_model: ${MODEL}");
        environment.put("MODEL", "from-outside");

        assertThat(modelFound()).isEqualTo("from-outside");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"work/config.yaml", "tomcat/conf/o1-api.yaml", "jetty/resources/o1-api.yaml", "any/by-property"})
    void relativePathsStartAtTheFolderOfTheFile(String name) throws IOException {
        Path config = folder.resolve(name);
        Path recording = config.resolveSibling("data/recorded.jsonl");
        Files.createDirectories(recording.getParent());
        Files.writeString(recording, "{\"question\": \"?\", \"samples\": [{\"text\": \"a\"}]}\n");
        Files.writeString(config, "default_model: m\nupstreams: { r: { replay: data/recorded.jsonl } }\n");
        if (name.endsWith("by-property")) {
            properties.put("o1api.config", config.toString());
        }

        assertThat(find().read(Gateway.STRATEGIES).recordings()).containsOnlyKeys("r");

        Files.delete(recording);
        assertThatThrownBy(() -> find().read(Gateway.STRATEGIES)).hasMessageContaining("'" + recording + "' does not");
    }

    @Test
    void namesTheFileInProblems() throws IOException {
        Path file = write("work/config.yaml");
        Files.writeString(file, "\nheart: 1s");

        assertThatThrownBy(() -> find().read(Gateway.STRATEGIES))
                .hasMessageStartingWith(file + ":2: heart: unknown key");
    }

    private Path write(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        return Files.writeString(file, "default_model: " + name);
    }

    private String modelFound() {
        return find().read(Gateway.STRATEGIES)
                .presets()
                .find(null, name -> true)
                .map(found -> found.preset().model())
                .orElseThrow();
    }

    private ConfigFile find() {
        return ConfigFile.find(properties::get, environment::get, contextParameter, folder.resolve("work"));
    }
}
