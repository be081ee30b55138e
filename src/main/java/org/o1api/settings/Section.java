package org.o1api.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Keys and values of the file, read by asking for them: a key that nobody asked for is unknown. A problem is noted and the
 * reading goes on with the fallback, so that all problems are told at once. An absent section reads as an empty one.
 */
public final class Section {
    private final ReadContext reading;
    private final ConfigPath place;
    private final boolean readable;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Set<String> asked = new LinkedHashSet<>();

    private Section(ReadContext reading, ConfigPath place, @Nullable Node node) {
        this.reading = reading;
        this.place = place;
        this.readable = node == null || node instanceof MappingNode || ReadContext.isNull(node);
        if (node instanceof MappingNode mapping && !reading.rejectTag(place, node)) {
            mapping.getValue().forEach(this::add);
        } else if (!readable && node != null) {
            reading.addProblem(
                    place, "found " + ReadContext.describe(node) + ", allowed: a section of keys and values");
        }
    }

    /**
     * Reads a file by a function.
     *
     * @param yaml the file's text; null: there is no file, which reads as an empty one
     * @throws ConfigException with all problems
     */
    public static <T> T readFile(ReadContext reading, @Nullable String yaml, Function<Section, T> content) {
        Node root = yaml == null ? null : YamlDocument.compose(reading.file(), yaml);
        T result = read(reading, new ConfigPath(1, "", ""), root, content);
        reading.throwIfProblems();
        return result;
    }

    /** Reads a section by a function, then looks for keys that it did not ask for. */
    private static <T> T read(
            ReadContext reading, ConfigPath place, @Nullable Node node, Function<Section, T> content) {
        Section section = new Section(reading, place, node);
        T result = content.apply(section);
        section.refuseUnknown();
        return result;
    }

    public <T> @Nullable T find(String key, ValueType<T> kind) {
        return value(key, kind, null);
    }

    /** A value whose fallback is not one value: the docs say it in words. */
    public <T> @Nullable T find(String key, ValueType<T> kind, String fallback) {
        return value(key, kind, fallback);
    }

    public <T> T get(String key, ValueType<T> kind, T fallback) {
        T found = value(key, kind, kind.printer().apply(fallback));
        return found == null ? fallback : found;
    }

    /** A value that has to be there. The stand-in lets the reading go on without it. */
    public <T> T require(String key, ValueType<T> kind, T standIn) {
        int before = reading.problemCount();
        T found = value(key, kind, "required");
        if (found == null && reading.problemCount() == before) {
            addMissing(key, kind.allowed());
        }
        return found == null ? standIn : found;
    }

    public <T> T section(String key, Function<Section, T> content) {
        ask(key, "a section", null);
        return read(reading, at(key), node(key), content);
    }

    /** A section whose keys are names that the author gives to sections. */
    public <T> Map<String, T> sections(String key, BiFunction<String, Section, T> content) {
        Map<String, T> byName = new LinkedHashMap<>();
        names(key, "names, each with a section", ValueType.LINE)
                .forEach((name, entry) -> byName.put(
                        name,
                        read(
                                reading,
                                at(key).name(entry.line(), name),
                                entry.node(),
                                section -> content.apply(name, section))));
        return byName;
    }

    /** A section whose keys are names that the author gives to single values. */
    public <T> Map<String, T> values(String key, ValueType<String> nameKind, ValueType<T> kind) {
        Map<String, T> byName = new LinkedHashMap<>();
        names(key, "names, each with a value", nameKind).forEach((name, entry) -> {
            T value = reading.readValue(at(key).name(entry.line(), name), entry.node(), kind);
            if (value != null) {
                byName.put(name, value);
            }
        });
        return byName;
    }

    public <T> List<T> list(String key, Function<Section, T> content) {
        ask(key, "a list of sections", null);
        List<T> items = new ArrayList<>();
        for (Node item : items(key)) {
            items.add(read(reading, at(key).item(ReadContext.lineOf(item), items.size()), item, content));
        }
        return items;
    }

    /** A list of single values. Empty is only allowed by leaving the key out, so that nobody takes "all" for "none". */
    public <T> Set<T> set(String key, ValueType<T> kind, String fallback) {
        ask(key, "a list, each " + kind.allowed(), fallback);
        return set(key, kind);
    }

    /**
     * The same, item by item, repeated ones too.
     *
     * @param visitor is given each value, and what notes a problem with it
     */
    public <T> void forEachItem(
            String key, ValueType<T> kind, String fallback, BiConsumer<T, Consumer<String>> visitor) {
        ask(key, "a list, each " + kind.allowed(), fallback);
        visit(key, kind, visitor);
    }

    /** A single value, or a list of them in their order; empty where there is none. */
    public <T> Set<T> oneOrMore(String key, ValueType<T> kind) {
        ask(key, kind.allowed() + ", or a list of them", null);
        if (node(key) instanceof SequenceNode) {
            return set(key, kind);
        }
        T one = value(key, kind, null);
        return one == null ? Set.of() : Set.of(one);
    }

    private <T> Set<T> set(String key, ValueType<T> kind) {
        Set<T> values = new LinkedHashSet<>();
        visit(key, kind, (value, problem) -> values.add(value));
        return values;
    }

    private <T> void visit(String key, ValueType<T> kind, BiConsumer<T, Consumer<String>> visitor) {
        if (node(key) instanceof SequenceNode sequence && sequence.getValue().isEmpty()) {
            addProblem(key, "found an empty list, allowed: at least one item; otherwise leave the key out");
        }
        int index = 0;
        for (Node item : items(key)) {
            ConfigPath at = at(key).item(ReadContext.lineOf(item), index++);
            int before = reading.problemCount();
            T value = reading.readValue(at, item, kind);
            if (value != null) {
                visitor.accept(value, message -> reading.addProblem(at, message));
            } else if (reading.problemCount() == before) {
                reading.addProblem(at, "is empty, allowed: " + kind.allowed());
            }
        }
    }

    /** How many problems the whole file has so far. */
    public int problemCount() {
        return reading.problemCount();
    }

    /** Notes that a key is not there, unless there is no section to have it. */
    public void addMissing(String key, String allowed) {
        if (readable) {
            addProblem(key, "is missing, allowed: " + allowed);
        }
    }

    /** Notes a problem with the section itself. */
    public void addProblem(String message) {
        reading.addProblem(place, message);
    }

    public void addProblem(String key, String message) {
        reading.addProblem(at(key), message);
    }

    private <T> @Nullable T value(String key, ValueType<T> kind, @Nullable String fallback) {
        ask(key, kind.allowed(), fallback);
        Node node = node(key);
        return node == null ? null : reading.readValue(at(key), node, kind);
    }

    private Map<String, Entry> names(String key, String allowed, ValueType<String> nameKind) {
        ask(key, allowed, null);
        Map<String, Entry> names = new LinkedHashMap<>();
        read(reading, at(key), node(key), named -> {
            named.asked.addAll(named.entries.keySet());
            names.putAll(named.entries);
            names.forEach((name, entry) -> {
                if (nameKind.parser().apply(name).isEmpty()) {
                    named.refuseKey(name, entry, "invalid name, allowed: " + nameKind.allowed());
                }
            });
            return named;
        });
        return names;
    }

    private List<Node> items(String key) {
        Node node = node(key);
        if (node instanceof SequenceNode sequence) {
            return reading.rejectTag(at(key), node) ? List.of() : sequence.getValue();
        }
        if (node != null && !ReadContext.isNull(node)) {
            addProblem(key, "found " + ReadContext.describe(node) + ", allowed: a list");
        }
        return List.of();
    }

    private void ask(String key, String allowed, @Nullable String fallback) {
        asked.add(key);
        reading.knownKeys(new ReadContext.KnownKey(place.key(0, key).pattern(), allowed, fallback));
    }

    private void refuseUnknown() {
        entries.forEach((key, entry) -> {
            if (!asked.contains(key)) {
                String hint = Suggestions.closest(key, asked)
                        .map(near -> "did you mean " + near + "?")
                        .orElse("allowed: " + String.join(", ", asked));
                refuseKey(key, entry, "unknown key; " + hint);
            }
        });
    }

    /** Shows the key up to where it stops to be a word: {@code key:secret} without a space is one key for YAML. */
    private void refuseKey(String key, Entry entry, String message) {
        String word = key.replaceFirst("(?s)[^A-Za-z0-9_-].*", "");
        boolean whole = word.equals(key);
        reading.addProblem(
                place.key(entry.line(), word),
                whole ? message : message + " (only the start of the key is shown; is a space missing after a colon?)");
    }

    private void add(NodeTuple pair) {
        int line = ReadContext.lineOf(pair.getKeyNode());
        if (!(pair.getKeyNode() instanceof ScalarNode key)) {
            reading.addProblem(place.key(line, "?"), "found " + ReadContext.describe(pair.getKeyNode()) + " as a key");
            return;
        }
        if (key.getTag().equals(Tag.MERGE)) {
            reading.addProblem(place.key(line, key.getValue()), "merge keys are not supported; write the keys out");
            return;
        }
        Entry earlier = entries.putIfAbsent(key.getValue(), new Entry(line, pair.getValueNode()));
        if (earlier != null) {
            reading.addProblem(place.key(line, key.getValue()), "duplicate key, first on line " + earlier.line());
        }
    }

    private @Nullable Node node(String key) {
        Entry entry = entries.get(key);
        return entry == null ? null : entry.node();
    }

    private ConfigPath at(String key) {
        Entry entry = entries.get(key);
        return place.key(entry == null ? place.line() : entry.line(), key);
    }

    private record Entry(int line, Node node) {}
}
