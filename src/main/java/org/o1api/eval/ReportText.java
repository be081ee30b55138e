package org.o1api.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The report as plain text. */
final class ReportText {
    private final Report report;
    private final StringBuilder text = new StringBuilder();

    private ReportText(Report report) {
        this.report = report;
    }

    static String of(Report report) {
        ReportText text = new ReportText(report);
        text.summaries();
        text.comparisons();
        return text.text.toString();
    }

    private void summaries() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "preset",
                "accuracy",
                "95 % interval",
                "turns",
                "failed",
                "calls",
                "samples",
                "tokens in",
                "tokens out",
                "cost",
                "time mean",
                "median"));
        for (PresetSummary summary : report.summaries()) {
            rows.add(List.of(
                    summary.preset(),
                    NumberText.percent(summary.accuracy().value()),
                    NumberText.interval(summary.accuracy()),
                    Integer.toString(summary.accuracy().total()),
                    Integer.toString(summary.failed()),
                    NumberText.mean(summary.calls()),
                    NumberText.mean(summary.samples()),
                    NumberText.mean(summary.inputTokens()),
                    NumberText.mean(summary.outputTokens()),
                    NumberText.cost(summary.cost(), report.currency()),
                    NumberText.seconds(summary.meanSeconds()),
                    NumberText.seconds(summary.medianSeconds())));
        }
        table(rows, 1);
        text.append("Calls, samples, tokens and time are means per turn; the cost is that of all turns.\n");
    }

    private void comparisons() {
        if (report.comparisons().isEmpty()) {
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "comparison", "difference", "pairs", "only first right", "only second right", "mid-p", "exact p"));
        for (Comparison comparison : report.comparisons()) {
            McNemar test = comparison.test();
            rows.add(List.of(
                    comparison.first() + " / " + comparison.second(),
                    Double.isNaN(comparison.difference())
                            ? "–"
                            : String.format(Locale.ROOT, "%+.1f points", 100 * comparison.difference()),
                    Integer.toString(comparison.pairs()),
                    Integer.toString(test.onlyFirst()),
                    Integer.toString(test.onlySecond()),
                    NumberText.probability(test.midP()),
                    NumberText.probability(test.exactP())));
        }
        text.append('\n');
        table(rows, 1);
        text.append("McNemar's test on the same questions, two-sided: mid-p and exact.\n");
        if (report.description().repetitions() > 1) {
            text.append(
                    "Repetitions of a question are not independent: the intervals are too narrow, and the p-values too small.\n");
        }
    }

    /** Adds a table; the columns from {@code firstRight} on are aligned to the right. */
    private void table(List<List<String>> rows, int firstRight) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        rows.forEach(row -> {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        for (List<String> row : rows) {
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < columns; i++) {
                String padding = " ".repeat(widths[i] - row.get(i).length());
                cells.add(i < firstRight ? row.get(i) + padding : padding + row.get(i));
            }
            text.append(cells.stream().collect(Collectors.joining("  ")).stripTrailing())
                    .append('\n');
        }
    }
}
