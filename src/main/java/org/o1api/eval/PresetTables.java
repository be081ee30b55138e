package org.o1api.eval;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The tables of the report with one row for each preset. */
final class PresetTables {
    private final Report report;
    private final HtmlText html;

    PresetTables(Report report, HtmlText html) {
        this.report = report;
        this.html = html;
    }

    /** Adds the table of all figures, one row for each preset. */
    void addSummaries() {
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

    /** Adds the table of the accuracy by kind of answer. */
    void addKinds() {
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
}
