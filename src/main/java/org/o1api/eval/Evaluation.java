package org.o1api.eval;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Cancellation;
import org.o1api.model.ErrorCode;
import org.o1api.reasoning.Presets;
import org.o1api.turn.TurnRunner;

/** A run of questions through presets. */
public final class Evaluation {
    /** How a run ended. */
    public enum End {
        COMPLETED,
        /** The cost ceiling was reached. */
        COST,
        /** Someone stopped it. */
        STOPPED
    }

    private final EvaluationOptions options;
    private final Map<String, Presets.Choice> presets;
    private final List<Question> questions;
    private final TrialRunner runner;
    private final Progress progress;
    private final Cancellation stop = new Cancellation();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private Iterator<Trial> remaining = List.<Trial>of().iterator();
    private BigDecimal cost = BigDecimal.ZERO;
    private boolean reachedCost;

    /**
     * Prepares a run.
     *
     * @param presets the presets to compare, in this order, by the names under which they are reported
     * @param runner runs the turns
     * @param ended observes the runner
     * @throws EvaluationException if the question files cannot be used
     */
    public Evaluation(
            EvaluationOptions options,
            Map<String, Presets.Choice> presets,
            TurnRunner runner,
            EndedTurns ended,
            Progress progress) {
        this.options = options;
        this.presets = new LinkedHashMap<>(presets);
        this.questions = questions(options);
        this.runner = new TrialRunner(runner, ended, options.seed());
        this.progress = progress;
    }

    private static List<Question> questions(EvaluationOptions options) {
        List<Question> questions = new ArrayList<>();
        options.questions()
                .forEach(file -> QuestionReader.read(file).stream()
                        .limit(options.limit())
                        .forEach(questions::add));
        Set<String> ids = new HashSet<>();
        for (Question question : questions) {
            if (!ids.add(question.id())) {
                throw new EvaluationException("Two questions have the ID " + question.id() + ".");
            }
        }
        return List.copyOf(questions);
    }

    /**
     * Runs all trials that have no result yet, or failed because of the provider or the network, and writes the report.
     *
     * @param fingerprints by preset: what its replies depend on
     * @param currency of the costs; null: unknown
     * @throws EvaluationException if the folder has the results of another run, or a turn has no price although there is a ceiling
     */
    public Report run(Map<String, String> fingerprints, @Nullable String currency) {
        RunDescription description = RunDescription.of(options, List.copyOf(presets.keySet()), questions, fingerprints);
        try (ResultFile results = ResultFile.open(options.folder())) {
            description.check(options.folder());
            runTrials(results);
            Throwable cause = failure.get();
            if (cause instanceof RuntimeException e) {
                throw e;
            } else if (cause != null) {
                throw new IllegalStateException("a turn could not be run", cause);
            }
            End end = reachedCost ? End.COST : stop.isCancelled() ? End.STOPPED : End.COMPLETED;
            return new Report(
                    description,
                    end,
                    questions,
                    currency,
                    List.copyOf(done(results).values()));
        }
    }

    /** Starts no more turns and cancels the running ones, of which only the cost counts. Thread-safe. */
    public void stop() {
        stop.cancel(ErrorCode.SHUTTING_DOWN, "The evaluation was stopped.");
    }

    private void runTrials(ResultFile results) {
        List<Trial> trials = trials();
        Map<Trial.Key, TrialResult> done = done(results);
        done.values().removeIf(TrialResult::isTemporaryFailure);
        results.superseded().forEach(this::addCost);
        results.results().values().forEach(this::addCost);
        progress.start(
                done.size(),
                (int) done.values().stream().filter(TrialResult::correct).count(),
                trials.size());
        remaining =
                trials.stream().filter(trial -> !done.containsKey(trial.key())).iterator();
        int threads = Math.min(options.concurrency(), Math.max(1, trials.size() - done.size()));
        CountDownLatch running = new CountDownLatch(threads);
        for (int i = 1; i <= threads; i++) {
            Thread thread = new Thread(() -> work(results, running), "evaluation-" + i);
            thread.setDaemon(true);
            thread.start();
        }
        await(running);
        progress.end();
    }

    /** The presets take turns, so that a run that is stopped has about as many results of each. */
    private List<Trial> trials() {
        List<Trial> trials = new ArrayList<>();
        for (int repetition = 0; repetition < options.repetitions(); repetition++) {
            for (Question question : questions) {
                for (String preset : presets.keySet()) {
                    trials.add(new Trial(preset, question, repetition));
                }
            }
        }
        return trials;
    }

    /** The results of this run's trials, in the order of the trials. */
    private Map<Trial.Key, TrialResult> done(ResultFile results) {
        Map<Trial.Key, TrialResult> known = results.results();
        Map<Trial.Key, TrialResult> done = new LinkedHashMap<>();
        for (Trial trial : trials()) {
            TrialResult result = known.get(trial.key());
            if (result != null && !result.isStopped()) {
                done.put(trial.key(), result);
            }
        }
        return done;
    }

    private void work(ResultFile results, CountDownLatch running) {
        try {
            Optional<Trial> trial = next();
            while (trial.isPresent()) {
                Presets.Choice preset = presets.get(trial.get().preset());
                if (preset == null) {
                    throw new IllegalStateException("unknown preset");
                }
                TrialResult result = runner.run(trial.get(), preset, stop);
                results.add(result);
                addCost(result);
                if (!result.isStopped()) {
                    progress.add(result.correct());
                }
                trial = next();
            }
        } catch (Throwable e) { // also an Error: the other threads must not go on
            failure.compareAndSet(null, e);
            stop();
        } finally {
            running.countDown();
        }
    }

    private synchronized Optional<Trial> next() {
        if (options.maxCost() != null && cost.compareTo(options.maxCost()) >= 0 && remaining.hasNext()) {
            reachedCost = true;
        }
        return stop.isCancelled() || reachedCost || !remaining.hasNext()
                ? Optional.empty()
                : Optional.of(remaining.next());
    }

    private synchronized void addCost(TrialResult result) {
        if (result.cost() != null) {
            cost = cost.add(result.cost());
        } else if (options.maxCost() != null) {
            throw new EvaluationException("--max-cost needs a price for each model of the preset "
                    + result.trial().preset() + " (models.*.price in the config).");
        }
    }

    private void await(CountDownLatch running) {
        try {
            running.await();
        } catch (InterruptedException e) {
            stop();
            Thread.currentThread().interrupt();
        }
    }
}
