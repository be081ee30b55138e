package org.o1api.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.o1api.Gateway;
import org.o1api.settings.ReadContext;
import org.o1api.settings.Substitution;

/** Checks {@code configuration.md} against the code: keys, defaults, allowed values, and examples. */
class ConfigurationDocTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z_0-9.*\\[\\]]+)` \\| (.*?) \\| (.*?) \\|.*\\|$");
    private static final Pattern BLOCK = Pattern.compile("(?s)```(yaml|text)\n(.*?)```");
    private static final Map<String, String> ENVIRONMENT = Map.of("TEAM_A_KEY", "a", "PROVIDER_KEY", "b");

    private final String doc;

    ConfigurationDocTest() throws IOException {
        doc = Files.readString(Path.of("src/site/markdown/configuration.md"));
    }

    @Test
    void documentsEveryKey() {
        Map<String, Row> rows = rows();
        Map<String, ReadContext.KnownKey> knownKeys = knownKeys(example(1));

        assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(knownKeys.keySet());
        rows.forEach((key, row) -> {
            ReadContext.KnownKey read = Objects.requireNonNull(knownKeys.get(key));
            assertThat(row.allowed()).as(key).isEqualTo(read.allowed());
            if (read.fallback() != null) {
                assertThat(row.fallback()).as(key).isEqualTo(read.fallback());
            } else {
                assertThat(row.fallback()).as(key).isNotBlank();
            }
        });
    }

    @Test
    void hasValidExamples() {
        assertThat(Config.parse("six", example(0), name -> null, Gateway.STRATEGIES)
                        .upstreams())
                .containsOnlyKeys("default");
        assertThat(Config.parse("all", example(1), ENVIRONMENT::get, Gateway.STRATEGIES)
                        .apiKeys())
                .hasSize(2);
    }

    @Test
    void quotesTheActualErrorMessages() {
        String expected = example(2).strip();

        assertThatThrownBy(() -> Config.parse("config.yaml", example(3), name -> null, Gateway.STRATEGIES))
                .hasMessage(expected);
    }

    /** The keys of an absent section are read, too; those under author-chosen names only if there is one, hence the full example. */
    private static Map<String, ReadContext.KnownKey> knownKeys(String everything) {
        ReadContext context = new ReadContext("all", new Substitution(ENVIRONMENT::get));
        ConfigReader.read(context, everything, Gateway.STRATEGIES);
        return context.knownKeys();
    }

    private Map<String, Row> rows() {
        Map<String, Row> rows = new LinkedHashMap<>();
        ROW.matcher(doc).results().forEach(row -> rows.put(row.group(1), Row.of(row)));
        return rows;
    }

    private String example(int index) {
        List<String> blocks =
                BLOCK.matcher(doc).results().map(block -> block.group(2)).toList();
        return blocks.get(index);
    }

    private record Row(String fallback, String allowed) {
        static Row of(MatchResult cells) {
            return new Row(cells.group(2).replace("`", ""), cells.group(3).replace("`", ""));
        }
    }
}
