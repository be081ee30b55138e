package org.o1api.eval;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The report as one HTML page without scripts, links and other files. */
final class ReportHtml {
    /** Of more questions only the first ones are shown: the page would become slow. */
    private static final int MAX_DIFFERENCES = 500;

    private final Report report;
    private final HtmlText html = new HtmlText();

    private ReportHtml(Report report) {
        this.report = report;
    }

    static String of(Report report) {
        ReportHtml page = new ReportHtml(report);
        page.page();
        return page.html.toString();
    }

    private void page() {
        html.add("<!DOCTYPE html>");
        html.add("<html lang=\"en\">");
        html.add("<head>");
        html.add("<meta charset=\"utf-8\"/>");
        html.add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>");
        html.add("<meta name=\"color-scheme\" content=\"light dark\"/>");
        html.add(
                "<title>Evaluation: {}</title>",
                String.join(", ", report.description().presets()));
        html.add("<style>" + style() + "</style>");
        html.add("</head>");
        html.add("<body>");
        html.add("<main>");
        header();
        summaries();
        chart();
        kinds();
        comparisons();
        differences();
        failures();
        method();
        html.add("</main>");
        html.add("</body>");
        html.add("</html>");
    }

    private static String style() {
        try (InputStream in = Objects.requireNonNull(ReportHtml.class.getResourceAsStream("report.css"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("a resource of this class", e);
        }
    }

    private void header() {
        RunDescription run = report.description();
        html.add("<header>");
        html.add("<h1>Evaluation</h1>");
        html.add(
                "<p>{} presets, {} questions from {}, {}{}.</p>",
                run.presets().size(),
                report.questionCount(),
                String.join(", ", run.files()),
                run.repetitions() == 1 ? "each asked once" : "each asked " + run.repetitions() + " times",
                run.seed() == null ? "" : ", seed " + run.seed());
        int missing = report.plannedTurns() - report.results().size();
        if (missing > 0) {
            html.add(
                    "<p class=\"notice\"><strong>Incomplete.</strong> {} of {} turns are done: {}. The same command continues the run.</p>",
                    report.results().size(),
                    report.plannedTurns(),
                    report.end() == Evaluation.End.COST ? "the cost ceiling was reached" : "the run was stopped");
        }
        html.add("</header>");
    }

    private void summaries() {
        html.add("<section aria-labelledby=\"presets\">");
        html.add("<h2 id=\"presets\">Presets</h2>");
        html.add("<div class=\"scroll\"><table>");
        html.add("<caption>Means per turn; the cost is that of all turns.</caption>");
        html.add("<thead><tr><th scope=\"col\">Preset</th><th scope=\"col\" class=\"n\">Accuracy</th>"
                + "<th scope=\"col\">95 % interval</th><th scope=\"col\" class=\"n\">Turns</th><th scope=\"col\" class=\"n\">Failed</th>"
                + "<th scope=\"col\" class=\"n\">Calls</th><th scope=\"col\" class=\"n\">Samples</th>"
                + "<th scope=\"col\" class=\"n\">Tokens in</th><th scope=\"col\" class=\"n\">Tokens out</th>"
                + "<th scope=\"col\" class=\"n\">Cost</th><th scope=\"col\" class=\"n\">Time, mean</th>"
                + "<th scope=\"col\" class=\"n\">median</th></tr></thead>");
        html.add("<tbody>");
        for (int i = 0; i < report.summaries().size(); i++) {
            PresetSummary summary = report.summaries().get(i);
            html.add(
                    "<tr><th scope=\"row\" class=\"preset series-{}\">{}{}</th><td class=\"n strong\">{}</td><td>{}</td><td class=\"n\">{}</td>"
                            + "<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
                            + "<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                    i % Marker.SERIES,
                    sign(i),
                    summary.preset(),
                    NumberText.percent(summary.accuracy().value()),
                    interval(i, summary.accuracy()),
                    summary.accuracy().total(),
                    summary.failed(),
                    NumberText.mean(summary.calls()),
                    summary.samples() == 0 ? "–" : NumberText.mean(summary.samples()),
                    NumberText.mean(summary.inputTokens()),
                    NumberText.mean(summary.outputTokens()),
                    NumberText.cost(summary.cost(), report.currency()),
                    NumberText.seconds(summary.meanSeconds()),
                    NumberText.seconds(summary.medianSeconds()));
        }
        html.add("</tbody></table></div>");
        html.add("</section>");
    }

    private static HtmlText sign(int index) {
        return new HtmlText()
                .add(
                        "<svg class=\"sign\" viewBox=\"0 0 16 16\" aria-hidden=\"true\">{}</svg>",
                        Marker.of(index, 8, 8, 5));
    }

    /** The interval as numbers, and as a line on a scale from 0 to 100 %. */
    private static HtmlText interval(int index, Proportion share) {
        double low = Math.round(1000 * share.low()) / 10.0;
        double high = Math.round(1000 * share.high()) / 10.0;
        HtmlText cell = new HtmlText().add("<span class=\"range\">{}</span>", NumberText.interval(share));
        return cell.add(
                "<svg class=\"interval series-{}\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
                        + "<path class=\"scale\" d=\"M0 5H100\"/><path class=\"bar\" d=\"M{} 5H{}\"/>"
                        + "<path class=\"bar\" d=\"M{} 1V9\"/></svg>",
                index % Marker.SERIES,
                low,
                high,
                share.total() == 0 ? 0 : Math.round(1000 * share.value()) / 10.0);
    }

    private void chart() {
        List<PresetSummary> drawn = report.summaries().stream()
                .filter(summary -> summary.accuracy().total() > 0)
                .toList();
        if (drawn.size() == report.summaries().size()) { // otherwise the colours would differ from the table's
            html.add("<section aria-labelledby=\"tokens\">");
            html.add("<h2 id=\"tokens\">Accuracy and tokens</h2>");
            html.add("<figure>{}", AccuracyChart.of(drawn));
            html.add("<figcaption>The vertical lines are the 95 % intervals of the accuracy.</figcaption></figure>");
            html.add("</section>");
        }
    }

    private void kinds() {
        Set<QuestionKind> kinds = new TreeSet<>();
        report.summaries().forEach(summary -> kinds.addAll(summary.byKind().keySet()));
        html.add("<section aria-labelledby=\"kinds\">");
        html.add("<h2 id=\"kinds\">Kinds of answers</h2>");
        html.add("<div class=\"scroll\"><table>");
        html.add("<caption>Accuracy, and its 95 % interval.</caption>");
        html.add("<thead><tr><th scope=\"col\">Preset</th>");
        for (QuestionKind kind : kinds) {
            html.add("<th scope=\"col\">{}</th>", kind.wireName().replace('_', '/'));
        }
        html.add("</tr></thead><tbody>");
        for (int i = 0; i < report.summaries().size(); i++) {
            PresetSummary summary = report.summaries().get(i);
            html.add(
                    "<tr><th scope=\"row\" class=\"preset series-{}\">{}{}</th>",
                    i % Marker.SERIES,
                    sign(i),
                    summary.preset());
            for (QuestionKind kind : kinds) {
                html.add("<td>{}</td>", kind(summary.byKind().get(kind)));
            }
            html.add("</tr>");
        }
        html.add("</tbody></table></div>");
        html.add("</section>");
    }

    private static HtmlText kind(@Nullable Proportion share) {
        return share == null
                ? new HtmlText().add("–")
                : new HtmlText()
                        .add(
                                "<span class=\"share\" style=\"--share: {}%\"><strong>{}</strong> <small>{} · {} of {}</small></span>",
                                Math.round(100 * share.value()),
                                NumberText.percent(share.value()),
                                NumberText.interval(share),
                                share.successes(),
                                share.total());
    }

    private void comparisons() {
        if (report.comparisons().isEmpty()) {
            return;
        }
        html.add("<section aria-labelledby=\"comparisons\">");
        html.add("<h2 id=\"comparisons\">Comparisons</h2>");
        html.add("<div class=\"scroll\"><table>");
        html.add("<caption>McNemar’s test on the same questions, two-sided.</caption>");
        html.add(
                "<thead><tr><th scope=\"col\">First</th><th scope=\"col\">Second</th><th scope=\"col\" class=\"n\">Difference</th>"
                        + "<th scope=\"col\" class=\"n\">Pairs</th><th scope=\"col\" class=\"n\">Both right</th><th scope=\"col\" class=\"n\">Only first</th>"
                        + "<th scope=\"col\" class=\"n\">Only second</th><th scope=\"col\" class=\"n\">Both wrong</th>"
                        + "<th scope=\"col\" class=\"n\">mid-p</th><th scope=\"col\" class=\"n\">exact p</th></tr></thead><tbody>");
        for (Comparison comparison : report.comparisons()) {
            McNemar test = comparison.test();
            html.add(
                    "<tr><td>{}</td><td>{}</td><td class=\"n strong\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
                            + "<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                    comparison.first(),
                    comparison.second(),
                    comparison.pairs() == 0
                            ? "–"
                            : String.format(Locale.ROOT, "%+.1f", 100 * comparison.difference())
                                    .replace('-', '−'),
                    comparison.pairs(),
                    comparison.bothRight(),
                    test.onlyFirst(),
                    test.onlySecond(),
                    comparison.bothWrong(),
                    NumberText.probability(test.midP()),
                    NumberText.probability(test.exactP()));
        }
        html.add("</tbody></table></div>");
        html.add(
                "<p class=\"note\">The difference is in percentage points. The p-values are not adjusted for the number of comparisons.</p>");
        html.add("</section>");
    }

    private void differences() {
        List<Question> differences = report.differences();
        if (report.summaries().size() < 2) {
            return;
        }
        html.add("<section aria-labelledby=\"differences\">");
        html.add("<h2 id=\"differences\">Questions on which presets differ</h2>");
        html.add(
                "<p>{} of {} questions{}.</p>",
                differences.size(),
                report.questionCount(),
                differences.size() > MAX_DIFFERENCES
                        ? "; the first " + MAX_DIFFERENCES + " of them are shown, and results.jsonl has all"
                        : "");
        for (Question question : differences.subList(0, Math.min(MAX_DIFFERENCES, differences.size()))) {
            difference(question);
        }
        html.add("</section>");
    }

    private void difference(Question question) {
        Map<String, List<TrialResult>> results = report.resultsOf(question);
        HtmlText signs = new HtmlText();
        results.forEach((preset, some) ->
                signs.add("<span class=\"verdict {}\">{} {}</span>", verdict(some), mark(some), preset));
        html.add("<details><summary><span class=\"id\">{}</span> {}</summary>", question.id(), signs);
        html.add("<p class=\"text\">{}</p>", question.text());
        html.add("<p>Expected: <strong>{}</strong></p>", question.answer());
        html.add("<ul>");
        results.forEach((preset, some) -> some.forEach(result -> html.add(
                "<li><span class=\"verdict {}\">{} {}</span>: {}</li>",
                verdict(List.of(result)),
                mark(List.of(result)),
                preset,
                result.failure() != null
                        ? "failed: " + result.failure()
                        : result.said() == null ? "nothing that can be compared" : result.said())));
        html.add("</ul></details>");
    }

    private static String verdict(List<TrialResult> results) {
        long right = results.stream().filter(TrialResult::correct).count();
        return right == results.size() ? "right" : right == 0 ? "wrong" : "mixed";
    }

    private static String mark(List<TrialResult> results) {
        long right = results.stream().filter(TrialResult::correct).count();
        return results.size() > 1 ? right + "/" + results.size() : right == 1 ? "✓" : "✗";
    }

    private void failures() {
        if (report.failures().isEmpty()) {
            return;
        }
        html.add("<section aria-labelledby=\"failures\">");
        html.add("<h2 id=\"failures\">Failed turns</h2>");
        html.add(
                "<p>They count as wrong. The same command runs those again that failed because of the provider or the network.</p>");
        html.add("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Preset</th><th scope=\"col\">Question</th>"
                + "<th scope=\"col\" class=\"n\">Repetition</th><th scope=\"col\">Failure</th></tr></thead><tbody>");
        for (TrialResult result : report.failures()) {
            html.add(
                    "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td>{}</td></tr>",
                    result.trial().preset(),
                    result.trial().question(),
                    result.trial().repetition() + 1,
                    String.valueOf(result.failure()));
        }
        html.add("</tbody></table></div></section>");
    }

    private void method() {
        html.add("<section aria-labelledby=\"method\">");
        html.add("<h2 id=\"method\">Method</h2>");
        html.add("<ul class=\"note\">");
        html.add(
                "<li>Answers are compared by the rules by which a vote compares samples: numbers by value, options by letter,"
                        + " other text without case, punctuation and white space.</li>");
        html.add(
                "<li>Intervals are Wilson score intervals. Each turn counts as independent{}.</li>",
                report.description().repetitions() > 1
                        ? "; repetitions of a question are not, so with repetitions the intervals are too narrow, and the p-values too small"
                        : "");
        html.add(
                "<li>McNemar’s test uses the pairs in which exactly one preset is right. The mid-p value is less conservative than"
                        + " the exact one.</li>");
        html.add(
                "<li>Tokens, calls and cost include cancelled and failed calls. Time is from the start of a turn to its end, with the"
                        + " concurrency of this run.</li>");
        html.add("</ul></section>");
    }
}
