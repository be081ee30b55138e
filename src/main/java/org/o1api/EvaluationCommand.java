package org.o1api;

import java.io.Console;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.o1api.config.Config;
import org.o1api.config.ConfigFile;
import org.o1api.config.SystemFingerprints;
import org.o1api.conversation.Conversations;
import org.o1api.database.Database;
import org.o1api.eval.EndedTurns;
import org.o1api.eval.Evaluation;
import org.o1api.eval.EvaluationException;
import org.o1api.eval.EvaluationOptions;
import org.o1api.eval.OptionsReader;
import org.o1api.eval.Progress;
import org.o1api.eval.Report;
import org.o1api.eval.ReportFiles;
import org.o1api.model.PriceList.Unpriced;
import org.o1api.model.Pricing;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Presets;
import org.o1api.reasoning.TokenCounter;
import org.o1api.server.CallExecutor;
import org.o1api.server.DaemonThreads;
import org.o1api.settings.ConfigException;
import org.o1api.turn.ConversationLock;
import org.o1api.turn.TurnRunner;
import org.o1api.upstream.Upstream;

/** The evaluation command: composes what its turns need from a config, without a server, and runs them. */
public final class EvaluationCommand {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;
    private static final int EXIT_COST = 3;
    /** As shells report it after Ctrl-C. */
    private static final int EXIT_STOPPED = 130;

    private static final long STOP_SECONDS = 10;

    private final PrintStream out;
    private final PrintStream err;

    /** The opened components; closed in reverse order. */
    private final Deque<Runnable> components = new ArrayDeque<>();

    EvaluationCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] arguments) {
        Logger.getLogger("").setLevel(Level.WARNING);
        System.exit(new EvaluationCommand(System.out, System.err).run(List.of(arguments)));
    }

    /** Runs the command and returns the exit code. */
    int run(List<String> arguments) {
        if (arguments.contains("--help")) {
            out.print(OptionsReader.USAGE);
            return 0;
        }
        try {
            return run(OptionsReader.read(arguments));
        } catch (EvaluationException | ConfigException e) {
            err.println(e.getMessage());
            return EXIT_USAGE;
        } catch (RuntimeException e) {
            err.println("The evaluation failed.");
            e.printStackTrace(err);
            return EXIT_FAILED;
        } finally {
            while (!components.isEmpty()) {
                components.pop().run();
            }
        }
    }

    private int run(EvaluationOptions options) {
        Config config = configFile(options).read(Gateway.STRATEGIES);
        Map<String, Presets.Choice> presets = presets(config, options);
        if (options.maxCost() != null) {
            presets.values().forEach(choice -> requirePrices(config, choice.preset()));
        }
        EndedTurns ended = new EndedTurns();
        Evaluation evaluation = new Evaluation(
                options, presets, turnRunner(config, ended), ended, new Progress(err, isTerminal(), System::nanoTime));
        CountDownLatch finished = new CountDownLatch(1);
        Thread hook = new Thread(() -> stop(evaluation, finished), "evaluation-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            Report report = evaluation.run(fingerprints(config, presets), config.currency());
            ReportFiles.write(report, options.folder(), out);
            if (report.temporaryFailures() > 0) {
                err.println(report.temporaryFailures()
                        + " turns failed because of the provider or the network. The same command runs them again.");
            }
            return exitCode(report.end());
        } finally {
            finished.countDown();
            removeHook(hook);
        }
    }

    /** On Ctrl-C the JVM ends when this returns. */
    private static void stop(Evaluation evaluation, CountDownLatch finished) {
        evaluation.stop();
        try {
            boolean unused = finished.await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is shutting down already
        }
    }

    private int exitCode(Evaluation.End end) {
        return switch (end) {
            case COMPLETED -> 0;
            case COST -> {
                err.println(
                        "The cost ceiling was reached. The same command with a higher --max-cost continues the run.");
                yield EXIT_COST;
            }
            case STOPPED -> {
                err.println("Stopped. The same command continues the run.");
                yield EXIT_STOPPED;
            }
        };
    }

    private static ConfigFile configFile(EvaluationOptions options) {
        Path named = options.config();
        return ConfigFile.find(
                name -> named != null && name.equals("o1api.config") ? named.toString() : System.getProperty(name),
                System::getenv,
                null,
                Path.of("").toAbsolutePath());
    }

    /** The presets by the names under which they are named; several names may mean the same preset. */
    private static Map<String, Presets.Choice> presets(Config config, EvaluationOptions options) {
        Presets known = config.presets();
        List<String> names = options.presets().isEmpty()
                ? known.all().stream().map(Preset::name).toList()
                : options.presets();
        Map<String, Presets.Choice> presets = new LinkedHashMap<>();
        for (String name : names) {
            Presets.Choice choice = known.choice(name)
                    .orElseThrow(() -> new EvaluationException("The config has no preset '" + name + "', allowed: "
                            + String.join(", ", known.listedNames(any -> true)) + "."));
            if (presets.put(name, choice) != null) {
                throw new EvaluationException("--presets: the preset " + name + " is repeated.");
            }
        }
        return presets;
    }

    private static void requirePrices(Config config, Preset preset) {
        Unpriced unpriced = config.models()
                .firstUnpriced(preset.upstreams(), preset.model())
                .orElse(null);
        if (unpriced != null) {
            throw new EvaluationException("--max-cost needs the price of the model " + unpriced.model()
                    + " of the upstream " + unpriced.upstream() + ", which the preset " + preset.name()
                    + " uses (models.*.price in the config).");
        }
    }

    /** What the replies of the presets depend on, by the names under which they are named. */
    private static Map<String, String> fingerprints(Config config, Map<String, Presets.Choice> presets) {
        Map<String, String> ofPresets = SystemFingerprints.of(config);
        Map<String, String> fingerprints = new LinkedHashMap<>();
        presets.forEach((name, choice) ->
                fingerprints.put(name, ofPresets.getOrDefault(choice.preset().name(), "")));
        return fingerprints;
    }

    private TurnRunner turnRunner(Config config, EndedTurns ended) {
        TokenCounter.load();
        ScheduledThreadPoolExecutor scheduler =
                new ScheduledThreadPoolExecutor(1, DaemonThreads.factory("evaluation-tick"));
        scheduler.setRemoveOnCancelPolicy(true);
        components.push(() -> DaemonThreads.shutdownNow(scheduler));
        Map<String, Upstream> upstreams = new ConfiguredUpstreams(
                        config, scheduler, upstream -> components.push(upstream::close))
                .open(Gateway.STRATEGIES, Duration.ZERO);
        CallExecutor callThreads = CallExecutor.start();
        components.push(callThreads::close);
        return new TurnRunner(
                upstreams,
                noConversations(config),
                0,
                ended,
                scheduler,
                callThreads,
                new Pricing(config.models(), config.currency()));
    }

    /** The turns have no conversations, so the database is never opened. */
    private static ConversationLock noConversations(Config config) {
        Database database = new Database(config.conversations().source(), System::getProperty, "");
        return new ConversationLock(
                new Conversations(database, config.conversations(), TokenCounter::count),
                config.conversations().waitTimeout());
    }

    /** Whether a progress bar can be drawn. From Java 22 on there may be a console without a terminal. */
    @SuppressWarnings("SystemConsoleNull") // before Java 22 it is null
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
