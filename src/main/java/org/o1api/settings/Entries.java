package org.o1api.settings;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/** The keys of a section as they are in the file, and their values. Reports what is not a mapping, and keys that cannot be read. */
final class Entries {
    /** A key's line, and its value. */
    record Entry(int line, Node node) {}

    private final ReadContext context;
    private final ConfigPath path;
    private final Map<String, Entry> byKey = new LinkedHashMap<>();

    /**
     * Reads the entries of a section.
     *
     * @param node null: the section is absent
     */
    Entries(ReadContext context, ConfigPath path, @Nullable Node node) {
        this.context = context;
        this.path = path;
        if (node instanceof MappingNode mapping) {
            if (!context.rejectTag(path, node)) {
                mapping.getValue().forEach(this::add);
            }
        } else if (node != null && !ReadContext.isNull(node)) {
            context.addProblem(path, "found " + ReadContext.describe(node) + ", allowed: a section of keys and values");
        }
    }

    private void add(NodeTuple pair) {
        int line = ReadContext.lineOf(pair.getKeyNode());
        if (!(pair.getKeyNode() instanceof ScalarNode key)) {
            context.addProblem(path.key(line, "?"), "found " + ReadContext.describe(pair.getKeyNode()) + " as a key");
            return;
        }
        if (key.getTag().equals(Tag.MERGE)) {
            context.addProblem(path.key(line, key.getValue()), "merge keys are not supported; repeat the keys");
            return;
        }
        Entry earlier = byKey.putIfAbsent(key.getValue(), new Entry(line, pair.getValueNode()));
        if (earlier != null) {
            context.addProblem(path.key(line, key.getValue()), "duplicate key, first on line " + earlier.line());
        }
    }

    boolean isEmpty() {
        return byKey.isEmpty();
    }

    boolean contains(String key) {
        return byKey.containsKey(key);
    }

    /** The value of a key; null if it is absent. */
    @Nullable
    Node node(String key) {
        Entry entry = byKey.get(key);
        return entry == null ? null : entry.node();
    }

    /** The line of a key; if it is absent, that of the section. */
    int line(String key) {
        Entry entry = byKey.get(key);
        return entry == null ? path.line() : entry.line();
    }

    void forEach(BiConsumer<String, Entry> visitor) {
        byKey.forEach(visitor);
    }

    /** Reports a problem with a key. Shows only its leading word: in YAML, {@code key:secret} without a space is one key. */
    void reject(String key, String message) {
        String word = key.replaceFirst("(?s)[^A-Za-z0-9_-].*", "");
        context.addProblem(
                path.key(line(key), word),
                word.equals(key)
                        ? message
                        : message + " (only the start of the key is shown; is a space missing after a colon?)");
    }
}
