package org.o1api.reasoning.sampling;

import java.util.Locale;
import java.util.Map;
import org.o1api.reasoning.ClosingPrompt;
import org.o1api.settings.Section;

/**
 * The gateway's own words in the visible reasoning of a vote (configuration: {@code presets.*.vote.notes}).
 *
 * @param sample the title of a sample; {@code {number}} stands for its number, from 1
 * @param result the last line of a sample's text: {@code {result}}
 * @param vote the title of the step with the votes
 * @param count the votes for one result: {@code {result}}, {@code {votes}}, {@code {of}} (samples that vote)
 * @param likely why sampling stopped: the leader stays ahead with {@code {probability}}
 * @param unreachable why sampling stopped: no result can catch up
 * @param limit why sampling stopped: all {@code {samples}} of the preset are used
 * @param budget why sampling stopped: the budget is used up
 * @param agreed why sampling stopped: the first two samples agree
 * @param nothing why sampling stopped: no sample has a result
 * @param scattered why sampling stopped: no two of the {@code {samples}} have the same result, which is text of any wording
 * @param failed why sampling stopped: the provider rejects the calls, or no retry is left for those that failed
 * @param cancelled how many samples were cancelled ({@code {samples}}), and about how many tokens that saved ({@code {tokens}})
 * @param decided the last line of a sample that was cancelled because the vote was decided
 * @param exhausted the last line of a sample that was cancelled because the budget is used up
 * @param incomplete the last line of a sample that ended before its answer
 * @param silent the last line of a sample that was cancelled because it sent nothing while all others had ended
 * @param loop the last line of a sample that was cancelled because the model repeated itself
 */
public record VoteNotes(
        String sample,
        String result,
        String vote,
        String count,
        String likely,
        String unreachable,
        String limit,
        String budget,
        String agreed,
        String nothing,
        String scattered,
        String failed,
        String cancelled,
        String decided,
        String exhausted,
        String incomplete,
        String silent,
        String loop) {
    public static final VoteNotes DEFAULT = new VoteNotes(
            "Sample {number}",
            "Result: {result}",
            "Vote",
            "{result}: {votes} of {of}",
            "Sampling stopped: the leading result stays ahead with a probability of {probability}.",
            "Sampling stopped: no other result can catch up.",
            "Sampling stopped after {samples} samples, the limit.",
            "Sampling stopped: the budget is used up.",
            "Sampling stopped: both samples agree.",
            "Sampling stopped: the samples have no results that can be compared.",
            "Sampling stopped: no two of {samples} samples have the same result.",
            "Sampling stopped: calls of the model have failed.",
            "Cancelled samples: {samples}. Saved tokens: about {tokens}.",
            "Cancelled, because the vote was decided.",
            "Cancelled, because the budget is used up.",
            "It ended before its answer.",
            "It sent nothing, so it was cancelled.",
            "The model repeated itself, so the sample ends here.");

    static VoteNotes read(Section section) {
        return new VoteNotes(
                section.get("sample", ClosingPrompt.TEXT, DEFAULT.sample),
                section.get("result", ClosingPrompt.TEXT, DEFAULT.result),
                section.get("vote", ClosingPrompt.TEXT, DEFAULT.vote),
                section.get("count", ClosingPrompt.TEXT, DEFAULT.count),
                section.get("likely", ClosingPrompt.TEXT, DEFAULT.likely),
                section.get("unreachable", ClosingPrompt.TEXT, DEFAULT.unreachable),
                section.get("limit", ClosingPrompt.TEXT, DEFAULT.limit),
                section.get("budget", ClosingPrompt.TEXT, DEFAULT.budget),
                section.get("agreed", ClosingPrompt.TEXT, DEFAULT.agreed),
                section.get("nothing", ClosingPrompt.TEXT, DEFAULT.nothing),
                section.get("scattered", ClosingPrompt.TEXT, DEFAULT.scattered),
                section.get("failed", ClosingPrompt.TEXT, DEFAULT.failed),
                section.get("cancelled", ClosingPrompt.TEXT, DEFAULT.cancelled),
                section.get("decided", ClosingPrompt.TEXT, DEFAULT.decided),
                section.get("exhausted", ClosingPrompt.TEXT, DEFAULT.exhausted),
                section.get("incomplete", ClosingPrompt.TEXT, DEFAULT.incomplete),
                section.get("silent", ClosingPrompt.TEXT, DEFAULT.silent),
                section.get("loop", ClosingPrompt.TEXT, DEFAULT.loop));
    }

    String title(int number) {
        return sample.replace("{number}", Integer.toString(number));
    }

    String result(String line) {
        return result.replace("{result}", line);
    }

    /** One line for each result. */
    String counts(Map<String, Integer> counts, int voters) {
        StringBuilder lines = new StringBuilder();
        counts.forEach((result, votes) -> lines.append("- ")
                .append(count.replace("{votes}", votes.toString())
                        .replace("{of}", Integer.toString(voters))
                        .replace("{result}", result)) // last: a result may contain anything
                .append('\n'));
        return lines.toString();
    }

    String likely(double probability) {
        return likely.replace("{probability}", String.format(Locale.ROOT, "%.2f", probability));
    }

    String limit(int samples) {
        return limit.replace("{samples}", Integer.toString(samples));
    }

    String scattered(int samples) {
        return scattered.replace("{samples}", Integer.toString(samples));
    }

    String cancelled(int samples, long tokens) {
        return cancelled.replace("{samples}", Integer.toString(samples)).replace("{tokens}", Long.toString(tokens));
    }
}
