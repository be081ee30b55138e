package org.o1api.eval;

import java.util.List;
import java.util.Map;

/** The part of the report that lists the questions on which presets differ, with what each preset said. */
final class DifferenceList {
    /** Of more questions only the first ones are shown: the page would become slow. */
    private static final int MAX_DIFFERENCES = 500;

    private final Report report;
    private final HtmlText html;

    private DifferenceList(Report report, HtmlText html) {
        this.report = report;
        this.html = html;
    }

    /** Adds the list to a page if the report has several presets. */
    static void add(Report report, HtmlText html) {
        new DifferenceList(report, html).add();
    }

    private void add() {
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
            addQuestion(question);
        }
        html.add("</section>");
    }

    private void addQuestion(Question question) {
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
}
