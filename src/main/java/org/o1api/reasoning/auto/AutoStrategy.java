package org.o1api.reasoning.auto;

import org.jspecify.annotations.Nullable;
import org.o1api.model.Effort;
import org.o1api.model.FinishReason;
import org.o1api.reasoning.Prompt.MaxTokens;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.sampling.AnswerKey;
import org.o1api.reasoning.sampling.SampleVote;
import org.o1api.reasoning.sampling.VoteSettings;

/**
 * The auto strategy of a preset. Its routes are {@code direct} and {@code single} (the strategies), {@code agreed} (the first two samples
 * agreed) and {@code vote}.
 *
 * @param settings when it takes one call
 * @param vote the vote if the first two samples differ
 * @param single answers after tool results, with little effort, and if the budget has no calls for two samples
 * @param direct answers without effort, and requests with a low limit of tokens
 * @param always answers all requests, because of the effort; null: it depends on the request
 */
record AutoStrategy(
        AutoSettings settings,
        VoteSettings vote,
        Strategy single,
        Strategy direct,
        @Nullable Strategy always) implements Strategy {
    private static final String AGREED = "agreed";
    private static final String VOTE = "vote";

    @Override
    public String name() {
        return AutoStrategyType.NAME;
    }

    @Override
    public Strategy withEffort(Effort effort) {
        return switch (effort) {
            case NONE -> withAlways(direct.withEffort(effort));
            case MINIMAL, LOW -> withAlways(single.withEffort(effort));
            case MEDIUM, HIGH, XHIGH, MAX ->
                new AutoStrategy(
                        settings,
                        vote.withEffort(effort),
                        single.withEffort(effort),
                        direct.withEffort(effort),
                        always);
        };
    }

    private AutoStrategy withAlways(Strategy strategy) {
        return new AutoStrategy(settings, vote, single, direct, strategy);
    }

    @Override
    public FinishReason run(TurnContext turn) {
        Strategy one = oneCall(turn);
        if (one != null) {
            turn.log().route(one.name());
            return one.run(turn);
        }
        try (SampleVote samples = new SampleVote(turn, vote)) {
            samples.sample(2);
            boolean isOpen = isOpen(samples);
            if (haveEqualKeys(samples) || (isOpen && saySame(turn, samples))) {
                turn.log().route(AGREED);
                return samples.agree();
            }
            turn.log().route(VOTE);
            return samples.vote(isOpen);
        }
    }

    /** The strategy for a request that needs only one call; null: it is sampled. */
    private @Nullable Strategy oneCall(TurnContext turn) {
        if (always != null) {
            return always;
        }
        MaxTokens limit = turn.prompt().maxTokens();
        if (limit != null && limit.limit() < settings.minTokens()) {
            return direct;
        }
        boolean afterTool = turn.prompt().continuesAfterTool();
        return afterTool || vote.max() == 1 || !SampleVote.isPossible(turn, 2) ? single : null;
    }

    /** Whether the results are equal, unless both samples may have them by chance. */
    private static boolean haveEqualKeys(SampleVote samples) {
        AnswerKey first = samples.keyOf(0);
        boolean isChance = samples.isOpen(0) && samples.isOpen(1);
        return first != null && !isChance && first.equals(samples.keyOf(1));
    }

    private static boolean haveEqualTexts(SampleVote samples) {
        String first = samples.plainAnswer(0);
        return !first.isEmpty() && first.equals(samples.plainAnswer(1));
    }

    private boolean saySame(TurnContext turn, SampleVote samples) {
        return haveEqualTexts(samples)
                || (settings.judge()
                        && new Judge(settings, turn, samples).areTheSame(samples.text(0), samples.text(1)));
    }

    /** Whether both samples have answers that may say the same although their keys are not equal. */
    private static boolean isOpen(SampleVote samples) {
        return samples.hasAnswer(0)
                && samples.hasAnswer(1)
                && !haveEqualKeys(samples)
                && isOpen(samples, 0)
                && isOpen(samples, 1);
    }

    private static boolean isOpen(SampleVote samples, int number) {
        AnswerKey key = samples.keyOf(number);
        return key == null || key.kind() == AnswerKey.Kind.TEXT || samples.isOpen(number);
    }
}
