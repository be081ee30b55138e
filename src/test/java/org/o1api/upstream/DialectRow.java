package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.o1api.model.RawJson;

/**
 * A row of {@code dialects/*.txt}: a provider's reply, byte for byte, and how the gateway reads it. See {@code dialects/README.md}
 * for the format.
 */
record DialectRow(
        String dialect, String name, Map<String, List<String>> given, String body, Map<String, List<String>> expected) {
    static final ObjectMapper JSON = new ObjectMapper();

    private static final Set<String> GIVEN = Set.of(
            "source",
            "status",
            "type",
            "header",
            "lines",
            "bom",
            "last line",
            "connection",
            "request",
            "require finish reason");
    private static final Set<String> EXPECTED = Set.of(
            "text",
            "reasoning",
            "refusal",
            "tool",
            "image",
            "finish",
            "usage",
            "failure",
            "code",
            "param",
            "message",
            "retryable",
            "retry after");

    /** All rows of a file. */
    static List<DialectRow> read(Path file) {
        String dialect = file.getFileName().toString().replace(".txt", "");
        List<DialectRow> rows = new ArrayList<>();
        try {
            Reader reader = new Reader(dialect, Files.readAllLines(file, StandardCharsets.UTF_8));
            for (DialectRow row = reader.next(); row != null; row = reader.next()) {
                rows.add(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }

    int status() {
        return Integer.parseInt(first("status", "200"));
    }

    /** The reply's content type. */
    String type() {
        boolean json = body.startsWith("{") || body.startsWith("[");
        return first("type", json ? "application/json" : "text/event-stream");
    }

    String[] headers() {
        return given.getOrDefault("header", List.of()).toArray(new String[0]);
    }

    /** Whether the connection is cut after the body. */
    boolean isCut() {
        return first("connection", "").equals("cut");
    }

    boolean requiresFinishReason() {
        return first("require finish reason", "no").equals("yes");
    }

    /** The fields of the request besides model and messages. */
    Map<String, RawJson> request() {
        Map<String, RawJson> fields = new LinkedHashMap<>();
        try {
            JsonNode request = JSON.readTree(first("request", "{}"));
            request.properties()
                    .forEach(field -> fields.put(
                            field.getKey(), new RawJson(field.getValue().toString())));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(this + ": request", e);
        }
        return fields;
    }

    /** The positions after each event, except the end of the body. */
    Set<Integer> eventEnds() {
        Set<Integer> ends = new TreeSet<>();
        byte[] bytes = bytes();
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        for (String blank : List.of("\n\n", "\r\n\r\n", "\r\r")) {
            for (int at = text.indexOf(blank); at >= 0; at = text.indexOf(blank, at + 1)) {
                ends.add(at + blank.length());
            }
        }
        ends.remove(bytes.length);
        return ends;
    }

    /** The expected outcome, one fact a line. */
    String outcome() {
        StringBuilder lines = new StringBuilder();
        for (String key : DialectOutcome.KEYS) {
            for (String value : expected.getOrDefault(key, List.of())) {
                lines.append(key).append(": ").append(value).append('\n');
            }
        }
        return lines.toString();
    }

    private String first(String key, String defaultValue) {
        List<String> values = given.get(key);
        return values == null ? defaultValue : values.get(0);
    }

    @Override
    public String toString() {
        return dialect + ", " + name;
    }

    /** Reads a file's lines. */
    private static final class Reader {
        private final String dialect;
        private final List<String> lines;
        private int at;

        Reader(String dialect, List<String> lines) {
            this.dialect = dialect;
            this.lines = lines;
        }

        @Nullable
        DialectRow next() {
            String name = null;
            while (name == null && at < lines.size()) {
                String line = lines.get(at++);
                if (line.startsWith("=== ")) {
                    name = line.substring(4);
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    throw syntaxError("a row begins with '=== NAME'");
                }
            }
            if (name == null) {
                return null;
            }
            Map<String, List<String>> given = facts(GIVEN, "<<<");
            StringBuilder text = new StringBuilder();
            while (at < lines.size() && !lines.get(at).equals(">>>")) {
                text.append(lines.get(at++)).append('\n');
            }
            at++;
            return new DialectRow(dialect, name, given, body(text.toString(), given), facts(EXPECTED, ""));
        }

        /** Reads lines of the form KEY: VALUE up to the line {@code end}. */
        private Map<String, List<String>> facts(Set<String> keys, String end) {
            Map<String, List<String>> facts = new LinkedHashMap<>();
            while (at < lines.size() && !lines.get(at).equals(end)) {
                String[] parts = lines.get(at++).split(":", 2);
                if (parts.length < 2 || !keys.contains(parts[0])) {
                    throw syntaxError("unknown key '" + parts[0] + "'; there are " + keys);
                }
                facts.computeIfAbsent(parts[0], key -> new ArrayList<>()).add(parts[1].strip());
            }
            at++;
            return facts;
        }

        private static String body(String text, Map<String, List<String>> given) {
            String all = given.containsKey("last line") ? text.stripTrailing() : text;
            String end = switch (given.getOrDefault("lines", List.of("lf")).get(0)) {
                case "crlf" -> "\r\n";
                case "cr" -> "\r";
                default -> "\n";
            };
            String mark = given.containsKey("bom") ? "\ufeff" : "";
            return mark + all.replace("\n", end);
        }

        private IllegalArgumentException syntaxError(String what) {
            return new IllegalArgumentException("dialects/" + dialect + ".txt, line " + at + ": " + what);
        }
    }
}
