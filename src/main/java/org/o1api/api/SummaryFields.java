package org.o1api.api;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.o1api.model.EndedBy;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnSummary;
import org.o1api.model.TurnUsage;
import org.o1api.model.Usage;

/** Writes the field {@code x_o1} of a response: how the turn was answered, and what it used in total. */
public final class SummaryFields {
    public static final String NAME = "x_o1";

    /** A strategy that reports its steps even if there are none. */
    private static final String STEPS = "steps";

    private SummaryFields() {}

    /** Whether the field has anything to say. Turns that an early version stored have no summary and no totals. */
    public static boolean has(TurnEvent.Completed end) {
        return end.summary() != null || end.usage().calls() > 0;
    }

    /** Writes the field, if it has anything to say. Keys that do not apply are absent. */
    public static void write(JsonGenerator json, TurnEvent.Completed end) throws IOException {
        if (!has(end)) {
            return;
        }
        TurnSummary summary = end.summary();
        json.writeObjectFieldStart(NAME);
        if (summary != null) {
            writeStrategy(json, summary);
            writeResult(json, summary);
        }
        writeTotals(json, end.usage(), summary == null ? null : summary.cost());
        if (summary != null) {
            writeModels(json, summary);
            writeText(json, "currency", hasCost(summary) ? summary.currency() : null);
            writeSeconds(json, summary.time());
        }
        json.writeEndObject();
    }

    private static void writeStrategy(JsonGenerator json, TurnSummary summary) throws IOException {
        json.writeStringField("turn", summary.turn());
        json.writeStringField("preset", summary.preset());
        json.writeStringField("strategy", summary.strategy());
        writeText(json, "route", summary.route());
        writeText(
                json,
                "effort",
                summary.effort() == null ? null : summary.effort().wireName());
        json.writeStringField("mode", summary.mode().wireName());
    }

    private static void writeResult(JsonGenerator json, TurnSummary summary) throws IOException {
        if (summary.steps() > 0 || summary.strategy().equals(STEPS)) {
            json.writeNumberField("steps", summary.steps());
        }
        TurnSummary.Samples samples = summary.samples();
        if (samples != null) {
            json.writeObjectFieldStart("samples");
            json.writeNumberField("started", samples.started());
            json.writeNumberField("completed", samples.completed());
            json.writeNumberField("cancelled", samples.cancelled());
            json.writeNumberField("failed", samples.failed());
            json.writeEndObject();
        }
        TurnSummary.Agreement agreement = summary.agreement();
        if (agreement != null) {
            json.writeObjectFieldStart("agreement");
            json.writeStringField("key", agreement.key());
            json.writeNumberField("votes", agreement.votes());
            json.writeNumberField("of", agreement.of());
            json.writeNumberField("probability", agreement.probability());
            json.writeEndObject();
        }
        EndedBy endedBy = summary.endedBy();
        writeText(json, "ended_by", endedBy == null ? null : endedBy.wireName());
    }

    private static void writeTotals(JsonGenerator json, TurnUsage usage, @Nullable BigDecimal cost) throws IOException {
        Usage total = usage.total();
        json.writeObjectFieldStart("usage");
        json.writeNumberField("calls", usage.calls());
        json.writeNumberField("attempts", usage.attempts());
        json.writeNumberField("prompt_tokens", total.inputTokens());
        json.writeNumberField("cached_tokens", total.cachedTokens());
        json.writeNumberField("cache_write_tokens", total.cacheWriteTokens());
        json.writeNumberField("completion_tokens", total.outputTokens());
        json.writeNumberField("reasoning_tokens", total.reasoningTokens());
        writeCost(json, cost);
        json.writeEndObject();
    }

    private static void writeModels(JsonGenerator json, TurnSummary summary) throws IOException {
        json.writeArrayFieldStart("by_model");
        for (TurnSummary.ModelUsage model : summary.byModel()) {
            json.writeStartObject();
            json.writeStringField("upstream", model.upstream());
            json.writeStringField("model", model.model());
            json.writeNumberField("calls", model.calls());
            json.writeNumberField("prompt_tokens", model.usage().inputTokens());
            json.writeNumberField("completion_tokens", model.usage().outputTokens());
            writeCost(json, model.cost());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static boolean hasCost(TurnSummary summary) {
        return summary.cost() != null || summary.byModel().stream().anyMatch(model -> model.cost() != null);
    }

    private static void writeText(JsonGenerator json, String name, @Nullable String text) throws IOException {
        if (text != null) {
            json.writeStringField(name, text);
        }
    }

    private static void writeCost(JsonGenerator json, @Nullable BigDecimal cost) throws IOException {
        if (cost != null) {
            json.writeFieldName("cost");
            json.writeNumber(Decimals.amount(cost));
        }
    }

    private static void writeSeconds(JsonGenerator json, Duration time) throws IOException {
        json.writeFieldName("seconds");
        json.writeNumber(Decimals.seconds(time));
    }
}
