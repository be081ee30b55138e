package org.o1api.conversation;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.json.JsonSlices;
import org.o1api.model.Effort;
import org.o1api.model.EndedBy;
import org.o1api.model.Mode;
import org.o1api.model.RawJson;
import org.o1api.model.TurnSummary;
import org.o1api.model.TurnSummary.Agreement;
import org.o1api.model.TurnSummary.ModelUsage;
import org.o1api.model.TurnSummary.Samples;

/** The summary of a turn as a member of its last event. It is exact, so that a replay is the same as the first reply. */
final class SummaryJson {
    static final String KEY = "summary";

    private static final String COST = "cost";
    private static final String MODEL = "model";

    private SummaryJson() {}

    static void write(TurnSummary summary, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart(KEY);
        json.writeStringField("turn", summary.turn());
        json.writeStringField("preset", summary.preset());
        json.writeStringField("strategy", summary.strategy());
        writeText("route", summary.route(), json);
        writeText("effort", summary.effort() == null ? null : summary.effort().wireName(), json);
        json.writeStringField("mode", summary.mode().wireName());
        json.writeNumberField("steps", summary.steps());
        if (summary.samples() != null) {
            write(summary.samples(), json);
        }
        if (summary.agreement() != null) {
            write(summary.agreement(), json);
        }
        writeText(
                "ended_by", summary.endedBy() == null ? null : summary.endedBy().wireName(), json);
        writeCost(summary.cost(), json);
        writeText("currency", summary.currency(), json);
        json.writeArrayFieldStart("by_model");
        for (ModelUsage model : summary.byModel()) {
            write(model, json);
        }
        json.writeEndArray();
        json.writeNumberField("nanos", summary.time().toNanos());
        json.writeEndObject();
    }

    private static void write(Samples samples, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("samples");
        json.writeNumber(samples.started());
        json.writeNumber(samples.completed());
        json.writeNumber(samples.cancelled());
        json.writeNumber(samples.failed());
        json.writeEndArray();
    }

    private static void write(Agreement agreement, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("agreement");
        json.writeStringField("key", agreement.key());
        json.writeNumberField("votes", agreement.votes());
        json.writeNumberField("of", agreement.of());
        json.writeNumberField("probability", agreement.probability());
        json.writeEndObject();
    }

    private static void write(ModelUsage model, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("upstream", model.upstream());
        json.writeStringField(MODEL, model.model());
        json.writeNumberField("calls", model.calls());
        json.writeArrayFieldStart("usage");
        EventJson.write(model.usage(), json);
        json.writeEndArray();
        writeCost(model.cost(), json);
        json.writeEndObject();
    }

    private static void writeText(String name, @Nullable String text, JsonGenerator json) throws IOException {
        if (text != null) {
            json.writeStringField(name, text);
        }
    }

    /** As a string, which keeps every digit. */
    private static void writeCost(@Nullable BigDecimal cost, JsonGenerator json) throws IOException {
        writeText(COST, cost == null ? null : cost.toString(), json);
    }

    /** Returns null for turns of earlier versions, which have none. */
    static @Nullable TurnSummary read(@Nullable RawJson object) {
        if (object == null) {
            return null;
        }
        Map<String, RawJson> summary = TurnJson.members(object);
        return new TurnSummary(
                TurnJson.string(summary.get("turn")),
                TurnJson.string(summary.get("preset")),
                TurnJson.string(summary.get("strategy")),
                TurnJson.text(summary.get("route")),
                Effort.fromWireName(TurnJson.string(summary.get("effort"))).orElse(null),
                mode(TurnJson.string(summary.get("mode"))),
                (int) TurnJson.number(summary.get("steps")),
                samples(EventJson.numbers(summary.get("samples"))),
                agreement(summary.get("agreement")),
                endedBy(TurnJson.string(summary.get("ended_by"))),
                cost(summary),
                TurnJson.text(summary.get("currency")),
                JsonSlices.elements(summary.getOrDefault("by_model", TurnJson.EMPTY_LIST)).stream()
                        .map(model -> modelUsage(TurnJson.members(model)))
                        .toList(),
                Duration.ofNanos(TurnJson.number(summary.get("nanos"))));
    }

    private static @Nullable Samples samples(List<Long> counts) {
        return counts.isEmpty()
                ? null
                : new Samples(
                        (int) EventJson.at(0, counts),
                        (int) EventJson.at(1, counts),
                        (int) EventJson.at(2, counts),
                        (int) EventJson.at(3, counts));
    }

    private static @Nullable Agreement agreement(@Nullable RawJson object) {
        if (object == null) {
            return null;
        }
        Map<String, RawJson> agreement = TurnJson.members(object);
        RawJson probability = agreement.get("probability");
        return new Agreement(
                TurnJson.string(agreement.get("key")),
                (int) TurnJson.number(agreement.get("votes")),
                (int) TurnJson.number(agreement.get("of")),
                probability == null ? 0 : Double.parseDouble(probability.text()));
    }

    private static ModelUsage modelUsage(Map<String, RawJson> model) {
        return new ModelUsage(
                TurnJson.string(model.get("upstream")),
                TurnJson.string(model.get(MODEL)),
                (int) TurnJson.number(model.get("calls")),
                EventJson.usage(EventJson.numbers(model.get("usage"))),
                cost(model));
    }

    private static @Nullable BigDecimal cost(Map<String, RawJson> object) {
        String cost = TurnJson.text(object.get(COST));
        return cost == null ? null : new BigDecimal(cost);
    }

    /** An unknown mode, of a later version, counts as the standard one. */
    private static Mode mode(String name) {
        return Mode.PRO.wireName().equals(name) ? Mode.PRO : Mode.STANDARD;
    }

    /** Null also for a reason of a later version. */
    private static @Nullable EndedBy endedBy(String name) {
        for (EndedBy reason : EndedBy.values()) {
            if (reason.wireName().equals(name)) {
                return reason;
            }
        }
        return null;
    }
}
