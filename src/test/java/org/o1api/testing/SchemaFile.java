package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Published schemas, among the resources of the tests. */
enum SchemaFile {
    OPENAI("openai.json"),
    OPEN_RESPONSES("openresponses.json");

    private static final ObjectMapper JSON = new ObjectMapper();
    /** The definitions of events by their type, of each file. */
    private static final Map<SchemaFile, Map<String, String>> EVENTS = new ConcurrentHashMap<>();

    private static final String LOCATION = "https://schemas.invalid/";
    private static final String DEFINITIONS = "#/$defs/";

    /** Loaded lazily, since reading all definitions takes time. */
    private static final class Registry {
        static final SchemaRegistry ALL = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemas(location ->
                        location.startsWith(LOCATION) ? text(location.substring(LOCATION.length())) : null));
    }

    private static String text(String file) {
        try (InputStream in = Objects.requireNonNull(SchemaFile.class.getResourceAsStream("/schemas/" + file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final String file;

    SchemaFile(String file) {
        this.file = file;
    }

    /** Fails unless a text is JSON that is valid by a definition. */
    void check(String definition, String json) {
        Schema schema = Registry.ALL.getSchema(SchemaLocation.of(LOCATION + file + DEFINITIONS + definition));
        assertThat(schema.validate(json, InputFormat.JSON))
                .as("%s of %s: %s", definition, file, json)
                .isEmpty();
    }

    /** Fails unless a text is an event that is valid by the definition of its type. */
    void checkEvent(String type, String json) {
        @Nullable
        String definition = EVENTS.computeIfAbsent(this, SchemaFile::readEvents).get(type);
        assertThat(definition).as("the definition of %s in %s", type, file).isNotNull();
        check(Objects.requireNonNull(definition), json);
    }

    private Map<String, String> readEvents() {
        Map<String, String> events = new HashMap<>();
        try {
            for (Map.Entry<String, JsonNode> entry :
                    JSON.readTree(text(file)).path("$defs").properties()) {
                JsonNode properties = entry.getValue().path("properties");
                if (properties.has("sequence_number")) {
                    events.put(properties.at("/type/enum/0").asText(), entry.getKey());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return events;
    }
}
