package org.o1api.eval;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.json.Json;

/** The report as JSON. The single results are in {@code results.jsonl}. */
final class ReportJson {
    private final Report report;

    private ReportJson(Report report) {
        this.report = report;
    }

    static byte[] bytes(Report report) {
        return Json.bytes(new ReportJson(report)::write);
    }

    private void write(JsonGenerator json) throws IOException {
        RunDescription run = report.description();
        json.writeStartObject();
        json.writeStringField("end", report.end().name().toLowerCase(Locale.ROOT));
        json.writeNumberField("questions", report.questionCount());
        json.writeNumberField("repetitions", run.repetitions());
        json.writeNumberField("planned_turns", report.plannedTurns());
        json.writeNumberField("turns", report.results().size());
        json.writeArrayFieldStart("files");
        for (String file : run.files()) {
            json.writeString(file);
        }
        json.writeEndArray();
        if (run.seed() != null) {
            json.writeNumberField("seed", run.seed());
        }
        if (report.currency() != null) {
            json.writeStringField("currency", report.currency());
        }
        json.writeArrayFieldStart("presets");
        for (PresetSummary summary : report.summaries()) {
            write(json, summary);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("comparisons");
        for (Comparison comparison : report.comparisons()) {
            write(json, comparison);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void write(JsonGenerator json, PresetSummary summary) throws IOException {
        json.writeStartObject();
        json.writeStringField("preset", summary.preset());
        json.writeStringField(
                "system_fingerprint", report.description().fingerprints().get(summary.preset()));
        write(json, "accuracy", summary.accuracy());
        json.writeObjectFieldStart("by_kind");
        for (Map.Entry<QuestionKind, Proportion> kind : summary.byKind().entrySet()) {
            write(json, kind.getKey().wireName(), kind.getValue());
        }
        json.writeEndObject();
        json.writeNumberField("failed", summary.failed());
        json.writeNumberField("calls_per_turn", summary.calls());
        json.writeNumberField("samples_per_turn", summary.samples());
        json.writeNumberField("input_tokens_per_turn", summary.inputTokens());
        json.writeNumberField("output_tokens_per_turn", summary.outputTokens());
        write(json, "cost", summary.cost());
        json.writeNumberField("mean_seconds", summary.meanSeconds());
        json.writeNumberField("median_seconds", summary.medianSeconds());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Comparison comparison) throws IOException {
        json.writeStartObject();
        json.writeStringField("first", comparison.first());
        json.writeStringField("second", comparison.second());
        json.writeNumberField("pairs", comparison.pairs());
        json.writeNumberField("both_right", comparison.bothRight());
        json.writeNumberField("both_wrong", comparison.bothWrong());
        json.writeNumberField("only_first_right", comparison.test().onlyFirst());
        json.writeNumberField("only_second_right", comparison.test().onlySecond());
        json.writeNumberField("mcnemar_mid_p", comparison.test().midP());
        json.writeNumberField("mcnemar_exact_p", comparison.test().exactP());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, Proportion share) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("right", share.successes());
        json.writeNumberField("of", share.total());
        if (share.total() > 0) {
            json.writeNumberField("value", share.value());
        }
        json.writeNumberField("low", share.low());
        json.writeNumberField("high", share.high());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, @Nullable BigDecimal number) throws IOException {
        if (number == null) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, number);
        }
    }
}
