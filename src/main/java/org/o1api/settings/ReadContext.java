package org.o1api.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/** The state of reading one config file: the problems found so far, and the known keys. */
public final class ReadContext {
    private static final Set<Tag> PLAIN_TAGS =
            Set.of(Tag.STR, Tag.BOOL, Tag.INT, Tag.FLOAT, Tag.NULL, Tag.TIMESTAMP, Tag.MERGE, Tag.MAP, Tag.SEQ);

    private final String file;
    private final Path folder;
    private final Substitution substitution;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, KnownKey> knownKeys = new LinkedHashMap<>();

    /** Paths in the file start at the working directory; see {@link #ReadContext(String, Path, Substitution)}. */
    public ReadContext(String file, Substitution substitution) {
        this(file, Path.of(""), substitution);
    }

    /**
     * Creates the state before reading.
     *
     * @param file the name of the file in error messages
     * @param folder where relative paths in the file start
     */
    public ReadContext(String file, Path folder, Substitution substitution) {
        this.file = file;
        this.folder = folder;
        this.substitution = substitution;
    }

    /** The name of the file in error messages. */
    String file() {
        return file;
    }

    Path folder() {
        return folder;
    }

    void addProblem(ConfigPath path, String message) {
        problems.add(new Problem(path, message));
    }

    /** The number of problems so far. */
    int problemCount() {
        return problems.size();
    }

    void addKnownKey(KnownKey key) {
        knownKeys.putIfAbsent(key.pattern(), key);
    }

    /** All keys that the code reads, present or not, by pattern. */
    public Map<String, KnownKey> knownKeys() {
        return knownKeys;
    }

    /** Reads a single value; null if it is absent, or if it is invalid, which is added as a problem. */
    <T> @Nullable T readValue(ConfigPath path, Node node, ValueType<T> type) {
        if (!(node instanceof ScalarNode scalar)) {
            addProblem(path, "found " + describe(node) + ", allowed: " + type.allowed());
            return null;
        }
        if (isNull(node) || rejectTag(path, node)) {
            return null;
        }
        String written = scalar.getValue();
        try {
            String text = substitution.apply(written);
            if (text.isEmpty() && type.emptyIsAbsent()) {
                return null;
            }
            T value = type.parser().apply(text).orElse(null);
            if (value == null) { // shows the text before substitution: the value of a variable may be secret
                addProblem(path, type.errorMessage(type.display().apply(written), text));
            }
            return value;
        } catch (Substitution.UnresolvedException e) {
            addProblem(path, String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** Reports a YAML tag, since tags would instantiate classes; returns whether there was one. */
    boolean rejectTag(ConfigPath path, Node node) {
        boolean rejected = !PLAIN_TAGS.contains(node.getTag());
        if (rejected) {
            addProblem(path, "found a YAML tag (!), allowed: values without tags");
        }
        return rejected;
    }

    void throwIfProblems() {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems.stream()
                    .sorted(Comparator.comparingInt(problem -> problem.path().line()))
                    .map(this::format)
                    .distinct()
                    .collect(Collectors.joining("\n")));
        }
    }

    private String format(Problem problem) {
        String path = problem.path().path();
        return file + ":" + problem.path().line() + ": " + (path.isEmpty() ? "" : path + ": ") + problem.message();
    }

    static int lineOf(Node node) {
        return node.getStartMark() == null ? 1 : node.getStartMark().getLine() + 1;
    }

    /** Whether a value is empty, {@code null} or {@code ~}. */
    static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    static String describe(Node node) {
        if (node instanceof ScalarNode) {
            return "a single value";
        }
        return node instanceof MappingNode ? "a section" : "a list";
    }

    /**
     * A key that the code reads.
     *
     * @param pattern the path with {@code *} for names and {@code []} for indexes
     * @param allowed the allowed values
     * @param fallback the value if the key is absent, in the notation of the config; null if there is no single fallback
     */
    public record KnownKey(
            String pattern, String allowed, @Nullable String fallback) {}

    private record Problem(ConfigPath path, String message) {}
}
