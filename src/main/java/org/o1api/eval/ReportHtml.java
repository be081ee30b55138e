package org.o1api.eval;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The report as one HTML page without scripts, links and other files. */
final class ReportHtml {
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
        PresetTables presets = new PresetTables(report, html);
        presets.addSummaries();
        chart();
        presets.addKinds();
        comparisons();
        DifferenceList.add(report, html);
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
