package org.o1api.settings;

import java.nio.file.Path;
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
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A section of the config file. Code reads values by asking for keys; any other key is reported as unknown. After a problem, reading
 * continues with the fallback, so that all problems are reported together. An absent section reads as an empty one. All ways to read a
 * value are here, because each of them marks its key as known, and so are all ways to inherit one.
 */
public final class Section {
    private final ReadContext context;
    private final ConfigPath path;
    private final boolean readable;
    /** Whether its keys are listed as known keys. */
    private final boolean listed;
    /** What an overlay inherits from; null: this is not an overlay. */
    private final @Nullable Section base;
    /** The keys that an overlay does not inherit. */
    private final Set<String> ownKeys;

    private final Entries entries;
    private final Set<String> knownKeys = new LinkedHashSet<>();
    /** The sections with fixed keys that were read, by key. */
    private final Map<String, Section> sections = new LinkedHashMap<>();

    private Section(ReadContext context, ConfigPath path, @Nullable Node node) {
        this(context, path, node, true, null, Set.of());
    }

    private Section(
            ReadContext context,
            ConfigPath path,
            @Nullable Node node,
            boolean listed,
            @Nullable Section base,
            Set<String> ownKeys) {
        this.listed = listed;
        this.base = base;
        this.ownKeys = ownKeys;
        this.context = context;
        this.path = path;
        this.readable = node == null || node instanceof MappingNode || ReadContext.isNull(node);
        this.entries = new Entries(context, path, node);
    }

    /**
     * Reads a file with a function.
     *
     * @param yaml the text of the file; null if there is no file, which reads as an empty one
     * @throws ConfigException with all problems
     */
    public static <T> T readFile(ReadContext context, @Nullable String yaml, Function<Section, T> content) {
        Node root = yaml == null ? null : YamlDocument.compose(context.file(), yaml);
        T result = read(context, new ConfigPath(1, "", ""), root, content);
        context.throwIfProblems();
        return result;
    }

    /** Reads a section with a function, then reports the keys that it did not read. */
    private static <T> T read(ReadContext context, ConfigPath path, @Nullable Node node, Function<Section, T> content) {
        Section section = new Section(context, path, node);
        T result = content.apply(section);
        section.rejectUnknownKeys();
        return result;
    }

    /** An optional value without a fixed fallback; null if it is absent or invalid. */
    public <T> @Nullable T find(String key, ValueType<T> type) {
        return value(key, type, null);
    }

    /**
     * An optional value; null if it is absent or invalid.
     *
     * @param fallback describes in words what applies if it is absent, for the docs
     */
    public <T> @Nullable T find(String key, ValueType<T> type, String fallback) {
        return value(key, type, fallback);
    }

    /** An optional value; the fallback if it is absent or invalid. */
    public <T> T get(String key, ValueType<T> type, T fallback) {
        T found = value(key, type, type.printer().apply(fallback));
        return found == null ? fallback : found;
    }

    /**
     * A required value.
     *
     * @param placeholder returned if the value is missing or invalid, so that reading can continue
     */
    public <T> T require(String key, ValueType<T> type, T placeholder) {
        int problemsBefore = context.problemCount();
        T found = value(key, type, "required");
        if (found == null && context.problemCount() == problemsBefore) {
            addMissing(key, type.allowed());
        }
        return found == null ? placeholder : found;
    }

    /** An absent section of no file, in which every key has its default. */
    public static Section absent() {
        return new Section(new ReadContext("no file", new Substitution(name -> null)), new ConfigPath(1, "", ""), null);
    }

    /** A section with fixed keys. Several readers may read it, each its own keys. */
    public <T> T section(String key, Function<Section, T> content) {
        return content.apply(child(key));
    }

    private Section child(String key) {
        register(key, "a section", null);
        return sections.computeIfAbsent(key, name -> {
            Node own = ownNode(name);
            if (base == null || !inherits(name)) {
                return new Section(context, pathOf(name), own, listed, null, Set.of());
            }
            Section inherited = base.child(name);
            return new Section(
                    context, own == null ? inherited.path : ownPathOf(name), own, false, inherited, Set.of());
        });
    }

    /**
     * A section that changes some of the values of this one: it inherits the keys that it does not contain, also those of its
     * sections, key by key. A list or a section of names is inherited as a whole. Its keys are those of this section, so they are not
     * listed as known keys of their own.
     *
     * @param ownKeys the keys that it does not inherit
     */
    public <T> T overlay(String key, Set<String> ownKeys, Function<Section, T> content) {
        register(key, "a section", null);
        return content.apply(sections.computeIfAbsent(
                key, name -> new Section(context, pathOf(name), ownNode(name), false, this, ownKeys)));
    }

    /** Where relative paths in the file start. */
    public Path folder() {
        return context.folder();
    }

    /** Whether a key is present, with any value, and not inherited. It is not reported as unknown. */
    public boolean contains(String key) {
        boolean present = entries.contains(key);
        if (present) {
            knownKeys.add(key);
        }
        return present;
    }

    /** Whether the section is absent or has no keys. */
    public boolean isEmpty() {
        return entries.isEmpty() && (base == null || base.isEmpty());
    }

    /** A section whose keys are names chosen by the author, each with a section. */
    public <T> Map<String, T> sections(String key, BiFunction<String, Section, T> content) {
        Map<String, T> byName = new LinkedHashMap<>();
        names(key, "names, each with a section", ValueType.LINE)
                .forEach((name, entry) -> byName.put(
                        name,
                        read(
                                context,
                                pathOf(key).name(entry.line(), name),
                                entry.node(),
                                section -> content.apply(name, section))));
        return byName;
    }

    /** A section whose keys are names chosen by the author, each with a single value. */
    public <T> Map<String, T> values(String key, ValueType<String> nameType, ValueType<T> type) {
        Map<String, T> byName = new LinkedHashMap<>();
        names(key, "names, each with a value", nameType).forEach((name, entry) -> {
            T value = context.readValue(pathOf(key).name(entry.line(), name), entry.node(), type);
            if (value != null) {
                byName.put(name, value);
            }
        });
        return byName;
    }

    /** A list of sections. */
    public <T> List<T> list(String key, Function<Section, T> content) {
        register(key, "a list of sections", null);
        List<T> items = new ArrayList<>();
        for (Node item : items(key)) {
            items.add(read(context, pathOf(key).item(ReadContext.lineOf(item), items.size()), item, content));
        }
        return items;
    }

    /** A list of single values. An empty list is a problem, since it might be meant as "none" but would read as "all". */
    public <T> Set<T> set(String key, ValueType<T> type, String fallback) {
        register(key, "a list, each " + type.allowed(), fallback);
        return set(key, type);
    }

    /**
     * Visits the items of a list of single values, including repeated ones.
     *
     * @param visitor receives each value, and a function that reports a problem with it
     */
    public <T> void forEachItem(
            String key, ValueType<T> type, String fallback, BiConsumer<T, Consumer<String>> visitor) {
        register(key, "a list, each " + type.allowed(), fallback);
        visit(key, type, visitor);
    }

    /** A single value, or a list of values in their order; empty if the key is absent. */
    public <T> Set<T> oneOrMore(String key, ValueType<T> type) {
        register(key, type.allowed() + ", or a list of them", null);
        if (node(key) instanceof SequenceNode) {
            return set(key, type);
        }
        T one = value(key, type, null);
        return one == null ? Set.of() : Set.of(one);
    }

    private <T> Set<T> set(String key, ValueType<T> type) {
        Set<T> values = new LinkedHashSet<>();
        visit(key, type, (value, problem) -> values.add(value));
        return values;
    }

    private <T> void visit(String key, ValueType<T> type, BiConsumer<T, Consumer<String>> visitor) {
        if (node(key) instanceof SequenceNode sequence && sequence.getValue().isEmpty()) {
            context.addProblem(
                    pathOf(key), "found an empty list, allowed: at least one item; otherwise leave the key out");
        }
        int index = 0;
        for (Node item : items(key)) {
            ConfigPath at = pathOf(key).item(ReadContext.lineOf(item), index++);
            int problemsBefore = context.problemCount();
            T value = context.readValue(at, item, type);
            if (value != null) {
                visitor.accept(value, message -> context.addProblem(at, message));
            } else if (context.problemCount() == problemsBefore) {
                context.addProblem(at, "is empty, allowed: " + type.allowed());
            }
        }
    }

    /** The number of problems in the whole file so far. */
    public int problemCount() {
        return context.problemCount();
    }

    /** Reports a missing key, unless the section itself is invalid. */
    public void addMissing(String key, String allowed) {
        if (readable) {
            addProblem(key, "is missing, allowed: " + allowed);
        }
    }

    /** Reports a problem with the section itself. */
    public void addProblem(String message) {
        context.addProblem(path, message);
    }

    /**
     * Reports a value that does not fit to others. In an overlay the cause is in the overlay, even if the value is inherited, unless the
     * overlay is empty.
     */
    public void addProblem(String key, String message) {
        context.addProblem(base != null && entries.isEmpty() ? pathOf(key) : ownPathOf(key), message);
    }

    private <T> @Nullable T value(String key, ValueType<T> type, @Nullable String fallback) {
        register(key, type.allowed(), fallback);
        Node node = node(key);
        return node == null ? null : context.readValue(pathOf(key), node, type);
    }

    private Map<String, Entries.Entry> names(String key, String allowed, ValueType<String> nameType) {
        register(key, allowed, null);
        Map<String, Entries.Entry> names = new LinkedHashMap<>();
        read(context, pathOf(key), node(key), section -> {
            section.entries.forEach((name, entry) -> {
                section.knownKeys.add(name);
                names.put(name, entry);
                if (nameType.parser().apply(name).isEmpty()) {
                    section.entries.reject(name, "invalid name, allowed: " + nameType.allowed());
                }
            });
            return section;
        });
        return names;
    }

    private List<Node> items(String key) {
        Node node = node(key);
        if (node instanceof SequenceNode sequence) {
            return context.rejectTag(pathOf(key), node) ? List.of() : sequence.getValue();
        }
        if (node != null && !ReadContext.isNull(node)) {
            context.addProblem(pathOf(key), "found " + ReadContext.describe(node) + ", allowed: a list");
        }
        return List.of();
    }

    private void register(String key, String allowed, @Nullable String fallback) {
        knownKeys.add(key);
        if (listed) {
            context.addKnownKey(new ReadContext.KnownKey(path.key(0, key).pattern(), allowed, fallback));
        }
        if (base != null && inherits(key)) {
            base.register(key, allowed, fallback);
        }
    }

    /** Reports unknown keys when the section has been read completely, so after its last reader. */
    private void rejectUnknownKeys() {
        sections.values().forEach(Section::rejectUnknownKeys);
        entries.forEach((key, entry) -> {
            if (!knownKeys.contains(key)) {
                String hint = Suggestions.closest(key, knownKeys)
                        .map(closest -> "did you mean " + closest + "?")
                        .orElse("allowed: " + String.join(", ", knownKeys));
                entries.reject(key, "unknown key; " + hint);
            }
        });
    }

    /** The value of a key, possibly inherited. */
    private @Nullable Node node(String key) {
        Node own = ownNode(key);
        return own == null && base != null && inherits(key) ? base.node(key) : own;
    }

    private @Nullable Node ownNode(String key) {
        Node node = entries.node(key);
        return node == null || (base != null && ReadContext.isNull(node)) ? null : node;
    }

    private boolean inherits(String key) {
        return !ownKeys.contains(key);
    }

    /** The place of a value. A value that is inherited, or would be, is in the base. */
    private ConfigPath pathOf(String key) {
        return ownNode(key) == null && base != null && inherits(key) ? base.pathOf(key) : ownPathOf(key);
    }

    private ConfigPath ownPathOf(String key) {
        return path.key(entries.line(key), key);
    }
}
