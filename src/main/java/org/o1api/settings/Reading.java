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
public final class Reading {
    private static final Set<Tag> PLAIN_TAGS =
            Set.of(Tag.STR, Tag.BOOL, Tag.INT, Tag.FLOAT, Tag.NULL, Tag.TIMESTAMP, Tag.MERGE, Tag.MAP, Tag.SEQ);

    private final String file;
    private final Substitution substitution;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, Asked> asked = new LinkedHashMap<>();

    public Reading(String file, Substitution substitution) {
        this.file = file;
        this.substitution = substitution;
    }

    String file() {
        return file;
    }

    void problem(Place place, String message) {
        problems.add(new Problem(place, message));
    }

    /** How many problems there are so far. */
    int problems() {
        return problems.size();
    }

    void asked(Asked key) {
        asked.putIfAbsent(key.pattern(), key);
    }

    /** Every key that was looked for, present or not, by its pattern. */
    public Map<String, Asked> asked() {
        return asked;
    }

    /** Reads a single value; null when there is none, or none that can be used, which is then a problem. */
    <T> @Nullable T value(Place place, Node node, Kind<T> kind) {
        if (!(node instanceof ScalarNode scalar)) {
            problem(place, "found " + nameOf(node) + ", allowed: " + kind.allowed());
            return null;
        }
        if (isAbsent(node) || refusesTag(place, node)) {
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
                problem(place, kind.complaint(kind.shown().apply(written), text));
            }
            return value;
        } catch (Substitution.UnresolvedException e) {
            problem(place, String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** Tags ask a reader to make objects. This one makes none. */
    boolean refusesTag(Place place, Node node) {
        boolean refused = !PLAIN_TAGS.contains(node.getTag());
        if (refused) {
            problem(place, "found a YAML tag (!), allowed: values without one");
        }
        return refused;
    }

    void failOnProblems() {
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
    static boolean isAbsent(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    static String nameOf(Node node) {
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
    public record Asked(
            String pattern, String allowed, @Nullable String fallback) {}

    private record Problem(Place place, String message) {}
}
