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
 * @param cancelled how many samples were cancelled ({@code {samples}}), and about how many tokens that saved ({@code {tokens}})
 * @param decided the last line of a sample that was cancelled because the vote was decided
 * @param incomplete the last line of a sample that ended before its answer
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
        String cancelled,
        String decided,
        String incomplete,
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
            "Cancelled samples: {samples}. Saved tokens: about {tokens}.",
            "Cancelled, because the vote was decided.",
            "It ended before its answer.",
            "The model repeated itself, so the sample ends here.");

    static VoteNotes read(Section section) {
        return new VoteNotes(
                note(section, "sample", DEFAULT.sample),
                note(section, "result", DEFAULT.result),
                note(section, "vote", DEFAULT.vote),
                note(section, "count", DEFAULT.count),
                note(section, "likely", DEFAULT.likely),
                note(section, "unreachable", DEFAULT.unreachable),
                note(section, "limit", DEFAULT.limit),
                note(section, "budget", DEFAULT.budget),
                note(section, "agreed", DEFAULT.agreed),
                note(section, "nothing", DEFAULT.nothing),
                note(section, "cancelled", DEFAULT.cancelled),
                note(section, "decided", DEFAULT.decided),
                note(section, "incomplete", DEFAULT.incomplete),
                note(section, "loop", DEFAULT.loop));
    }

    private static String note(Section section, String key, String fallback) {
        String text = section.find(key, ClosingPrompt.TEXT);
        return text == null ? fallback : text;
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

    String cancelled(int samples, long tokens) {
        return cancelled.replace("{samples}", Integer.toString(samples)).replace("{tokens}", Long.toString(tokens));
    }
}
