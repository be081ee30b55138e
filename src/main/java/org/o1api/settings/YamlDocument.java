package org.o1api.settings;

import java.io.StringReader;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.representer.Representer;

/** Parses a file into YAML nodes with line numbers. Never instantiates classes named by tags. */
final class YamlDocument {
    static final int MAX_CODE_POINTS = 1 << 20;
    private static final int MAX_DEPTH = 20;
    private static final int MAX_ALIASES = 50;

    private YamlDocument() {}

    /** @throws ConfigException if the text is not one YAML mapping */
    static MappingNode compose(String file, String text) {
        Node root;
        try {
            root = yaml().compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            throw problem(file, text, e);
        } catch (ReaderException e) {
            int line = 1
                    + (int) text.codePoints()
                            .limit(e.getPosition())
                            .filter(c -> c == '\n')
                            .count();
            throw new ConfigException(
                    "%s:%d: invalid YAML: the character U+%04X is not allowed".formatted(file, line, e.getCodePoint()));
        } catch (YAMLException e) {
            throw new ConfigException(file + ":1: invalid YAML: " + e.getMessage());
        }
        if (root == null || ReadContext.isNull(root)) {
            throw new ConfigException(file + ":1: the file is empty, allowed: at least one key with its value");
        }
        if (root instanceof MappingNode mapping) {
            return mapping;
        }
        throw new ConfigException("%s:%d: found %s, allowed: keys and values, like default_model: some-model"
                .formatted(file, ReadContext.lineOf(root), ReadContext.describe(root)));
    }

    private static Yaml yaml() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_CODE_POINTS);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setAllowRecursiveKeys(false);
        DumperOptions unused = new DumperOptions();
        return new Yaml(new SafeConstructor(options), new Representer(unused), unused, options);
    }

    /** SnakeYAML's full message quotes the file, which may contain secrets; only its description of the problem is used. */
    private static ConfigException problem(String file, String text, MarkedYAMLException e) {
        int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
        if (startsWith(e.getContext(), "expected a single document")) {
            return new ConfigException(file + ":" + line + ": found a second document (---), allowed: one document");
        }
        String problem = String.valueOf(e.getProblem());
        if (startsWith(problem, "found undefined alias")) {
            problem = "found an alias (*) without its anchor (&); quote a text that starts with *";
        } else if (startsWith(problem, "found undefined tag handle") || startsWith(problem, "Global tag")) {
            problem = "found a YAML tag (!), which is not supported; quote a text that starts with !";
        } else if (text.lines().skip(line - 1L).findFirst().orElse("").matches(".*[{,\\[].*[^\"']\\$\\{.*")) {
            problem += "; quote a value with ${...} inside { } or [ ]";
        }
        return new ConfigException(file + ":" + line + ": invalid YAML: " + problem);
    }

    private static boolean startsWith(@Nullable String text, String start) {
        return text != null && text.startsWith(start);
    }
}
