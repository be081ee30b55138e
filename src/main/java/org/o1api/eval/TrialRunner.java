package org.o1api.eval;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Cancellation;
import org.o1api.model.Effort;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;
import org.o1api.model.Message;
import org.o1api.model.Mode;
import org.o1api.model.RawJson;
import org.o1api.model.TurnId;
import org.o1api.model.TurnInfo;
import org.o1api.model.TurnSummary;
import org.o1api.model.Usage;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Presets;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.sampling.AnswerKey;
import org.o1api.telemetry.EndedTurn;
import org.o1api.turn.Admission;
import org.o1api.turn.TurnLimits;
import org.o1api.turn.TurnRequest;
import org.o1api.turn.TurnRunner;

/** Runs the turn of a trial, as a request with the question as its only message, and grades its answer. Safe for concurrent use. */
final class TrialRunner {
    private static final String CALLER = "evaluation";
    private static final String STOPPED = "The evaluation was stopped.";
    /** More than the samples of a turn, each of which gets the turn's seed plus its number. */
    private static final long SEEDS_OF_A_TURN = 1000;

    private final TurnRunner runner;
    private final EndedTurns ended;
    private final @Nullable Long seed;
    private final Admission admission =
            new Admission(new TurnLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, TurnLimits.DEFAULT.grace()));

    /**
     * Prepares turns.
     *
     * @param ended observes the runner
     * @param seed of the first repetition; null: requests have no seed
     */
    TrialRunner(TurnRunner runner, EndedTurns ended, @Nullable Long seed) {
        this.runner = runner;
        this.ended = ended;
        this.seed = seed;
    }

    /**
     * Runs a trial. If the evaluation is stopped, the result is {@linkplain TrialResult#isStopped incomplete}.
     *
     * @param stop cancels the turn
     */
    TrialResult run(Trial trial, Presets.Choice preset, Cancellation stop) {
        AnswerCollector client = new AnswerCollector();
        Admission.Ticket ticket = admission.admit(CALLER, () -> {});
        Runnable detach = stop.onCancel(() -> ticket.cancellation().cancel(ErrorCode.SHUTTING_DOWN, STOPPED));
        TurnRequest request = request(trial, preset, ticket.cancellation());
        try {
            runner.run(request, ticket, client);
            return result(trial, client, ended.take(request.info().id()), null);
        } catch (GatewayException e) {
            String failure = stop.isCancelled()
                    ? TrialResult.failure(ErrorCode.SHUTTING_DOWN, STOPPED)
                    : TrialResult.failure(e.code(), String.valueOf(e.getMessage()));
            return result(trial, client, ended.take(request.info().id()), failure);
        } finally {
            detach.run();
        }
    }

    /** A request that names the preset, and no effort: in pro mode that is a high one. */
    private TurnRequest request(Trial trial, Presets.Choice choice, Cancellation cancellation) {
        Preset preset = choice.preset();
        Effort effort = choice.mode() == Mode.PRO ? Effort.HIGH : null;
        return new TurnRequest(
                new TurnInfo(id(trial), CALLER, preset.name(), CALLER, "", null),
                Instant.now().getEpochSecond(),
                trial.preset(),
                preset,
                effort == null ? preset.strategy() : preset.strategy().withEffort(effort),
                effort,
                choice.mode(),
                preset.budget(),
                new Prompt(List.of(Message.user(trial.question().text())), fields(trial), null, Map.of(), null),
                null,
                null,
                cancellation);
    }

    /** The same in every run, so that recorded replies are, too. */
    private static String id(Trial trial) {
        String name = String.join("\n", trial.preset(), trial.question().id(), Integer.toString(trial.repetition()));
        UUID id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
        return TurnId.ofHex(id.toString().replace("-", ""));
    }

    private Map<String, RawJson> fields(Trial trial) {
        return seed == null
                ? Map.of()
                : Map.of("seed", new RawJson(Long.toString(seed + SEEDS_OF_A_TURN * trial.repetition())));
    }

    private static TrialResult result(Trial trial, AnswerCollector client, EndedTurn turn, @Nullable String failure) {
        TurnSummary summary = client.summary();
        AnswerKey key = Grader.key(trial.question(), client.answer());
        Usage usage = turn.ledger().totalUsage();
        return new TrialResult(
                trial.key(),
                failure == null && Grader.isCorrect(trial.question(), key),
                client.answer(),
                key == null ? null : key.label(),
                failure,
                summary == null || summary.endedBy() == null
                        ? null
                        : summary.endedBy().wireName(),
                turn.ledger().calls(),
                summary == null || summary.samples() == null
                        ? 0
                        : summary.samples().started(),
                usage.inputTokens(),
                usage.outputTokens(),
                turn.ledger().cost(),
                turn.time().toNanos() / 1e9);
    }
}
