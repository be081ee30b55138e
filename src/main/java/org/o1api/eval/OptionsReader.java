package org.o1api.eval;

import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the command's arguments: options with their values, and question files. */
public final class OptionsReader {
    /** The question set that is used if none is named. */
    static final Path SHIPPED_QUESTIONS = Path.of("src/examples/questions/mixed.jsonl");

    private static final Path DEFAULT_FOLDER = Path.of("target/evaluation");
    private static final int DEFAULT_CONCURRENCY = 4;

    /** How the command is used. */
    public static final String USAGE = """
            Runs questions through presets, grades the answers, and reports accuracy, tokens, cost and time.

            Arguments: [OPTION VALUE]... [FILE]...
              FILE                question files (default: %s)
              --config FILE       the config file (default: the one that the gateway would use)
              --presets A,B,...   names of presets (default: all presets of the config)
              --limit N           ask only the first N questions of each file
              --repeat N          ask each question N times (default: 1)
              --seed N            send a seed: N for the first repetition, N + 1000 for the second one, ...
              --concurrency N     turns that run at the same time (default: %d)
              --max-cost X        start no more turns when all turns together have cost X (needs prices in the config)
              --out FOLDER        gets results.jsonl, report.json and report.html (default: %s)
            The same command continues a run that was stopped.
            """.formatted(SHIPPED_QUESTIONS, DEFAULT_CONCURRENCY, DEFAULT_FOLDER);

    private static final Set<String> OPTIONS = new LinkedHashSet<>(
            List.of("--config", "--presets", "--limit", "--repeat", "--seed", "--concurrency", "--max-cost", "--out"));

    private final Map<String, String> values = new LinkedHashMap<>();
    private final List<Path> questions = new ArrayList<>();

    private OptionsReader() {}

    /**
     * Reads the arguments.
     *
     * @throws EvaluationException if an option is unknown, repeated or has no valid value
     */
    public static EvaluationOptions read(List<String> arguments) {
        OptionsReader reader = new OptionsReader();
        reader.split(new ArrayDeque<>(arguments));
        return reader.options();
    }

    private void split(Deque<String> arguments) {
        while (!arguments.isEmpty()) {
            String argument = arguments.remove();
            if (!argument.startsWith("--")) {
                questions.add(path(argument));
                continue;
            }
            if (!OPTIONS.contains(argument)) {
                throw new EvaluationException(
                        "Unknown option " + argument + ", allowed: " + String.join(", ", OPTIONS) + ".");
            }
            if (arguments.isEmpty()) {
                throw new EvaluationException("The option " + argument + " needs a value.");
            }
            if (values.put(argument, arguments.remove()) != null) {
                throw new EvaluationException("The option " + argument + " is repeated.");
            }
        }
    }

    private EvaluationOptions options() {
        String config = values.get("--config");
        String presets = values.get("--presets");
        String maxCost = values.get("--max-cost");
        String folder = values.get("--out");
        return new EvaluationOptions(
                config == null ? null : path(config),
                presets == null ? List.of() : List.of(presets.strip().split("\\s*,\\s*")),
                questions.isEmpty() ? List.of(SHIPPED_QUESTIONS) : questions,
                integer("--limit", 1, Integer.MAX_VALUE),
                integer("--repeat", 1, 1),
                seed(),
                integer("--concurrency", 1, DEFAULT_CONCURRENCY),
                maxCost == null ? null : cost(maxCost),
                folder == null ? DEFAULT_FOLDER : path(folder));
    }

    private @Nullable Long seed() {
        String value = values.get("--seed");
        if (value == null) {
            return null;
        }
        if (!value.matches("[0-9]{1,9}")) {
            throw notANumber("--seed", value, "a whole number, 0 to 999999999");
        }
        return Long.parseLong(value);
    }

    private int integer(String option, int min, int fallback) {
        String value = values.get(option);
        if (value == null) {
            return fallback;
        }
        if (!value.matches("[0-9]{1,9}") || Integer.parseInt(value) < min) {
            throw notANumber(option, value, "a whole number, at least " + min);
        }
        return Integer.parseInt(value);
    }

    private static BigDecimal cost(String value) {
        if (!value.matches("[0-9]{1,9}(?:\\.[0-9]{1,9})?")) {
            throw notANumber("--max-cost", value, "an amount such as 2.50");
        }
        return new BigDecimal(value);
    }

    private static EvaluationException notANumber(String option, String value, String allowed) {
        return new EvaluationException(option + ": found '" + value + "', allowed: " + allowed + ".");
    }

    private static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new EvaluationException("'" + name + "' is not a path.");
        }
    }
}
