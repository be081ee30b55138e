package org.o1api.settings;

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

/** One reading of one file: the problems found, to be told at once, and the keys that were asked for. */
public final class ReadContext {
    private static final Set<Tag> PLAIN_TAGS =
            Set.of(Tag.STR, Tag.BOOL, Tag.INT, Tag.FLOAT, Tag.NULL, Tag.TIMESTAMP, Tag.MERGE, Tag.MAP, Tag.SEQ);

    private final String file;
    private final Substitution substitution;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, KnownKey> asked = new LinkedHashMap<>();

    public ReadContext(String file, Substitution substitution) {
        this.file = file;
        this.substitution = substitution;
    }

    String file() {
        return file;
    }

    void addProblem(ConfigPath place, String message) {
        problems.add(new Problem(place, message));
    }

    /** How many problems there are so far. */
    int problemCount() {
        return problems.size();
    }

    void knownKeys(KnownKey key) {
        asked.putIfAbsent(key.pattern(), key);
    }

    /** Every key that was looked for, present or not, by its pattern. */
    public Map<String, KnownKey> knownKeys() {
        return asked;
    }

    /** Reads a single value; null when there is none, or none that can be used, which is then a problem. */
    <T> @Nullable T readValue(ConfigPath place, Node node, ValueType<T> kind) {
        if (!(node instanceof ScalarNode scalar)) {
            addProblem(place, "found " + describe(node) + ", allowed: " + kind.allowed());
            return null;
        }
        if (isNull(node) || rejectTag(place, node)) {
            return null;
        }
        String written = scalar.getValue();
        try {
            String text = substitution.apply(written);
            if (text.isEmpty() && kind.emptyIsAbsent()) {
                return null;
            }
            T value = kind.parser().apply(text).orElse(null);
            if (value == null) { // the text as it was written: what was put in for a variable may be secret
                addProblem(place, kind.errorMessage(kind.display().apply(written), text));
            }
            return value;
        } catch (Substitution.UnresolvedException e) {
            addProblem(place, String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** Tags ask a reader to make objects. This one makes none. */
    boolean rejectTag(ConfigPath place, Node node) {
        boolean refused = !PLAIN_TAGS.contains(node.getTag());
        if (refused) {
            addProblem(place, "found a YAML tag (!), allowed: values without tags");
        }
        return refused;
    }

    void throwIfProblems() {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems.stream()
                    .sorted(Comparator.comparingInt(problem -> problem.place().line()))
                    .map(this::line)
                    .distinct()
                    .collect(Collectors.joining("\n")));
        }
    }

    private String line(Problem problem) {
        String path = problem.place().path();
        return file + ":" + problem.place().line() + ": " + (path.isEmpty() ? "" : path + ": ") + problem.message();
    }

    static int lineOf(Node node) {
        return node.getStartMark() == null ? 1 : node.getStartMark().getLine() + 1;
    }

    /** Nothing, {@code null} or {@code ~}. */
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
     * A key that was looked for.
     *
     * @param fallback what is taken when the key is absent, as the file would write it; null when that depends
     */
    public record KnownKey(
            String pattern, String allowed, @Nullable String fallback) {}

    private record Problem(ConfigPath place, String message) {}
}
