package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.o1api.api.Decimals;
import org.o1api.json.Json;
import org.o1api.model.BudgetUse;
import org.o1api.model.StepKind;
import org.o1api.model.TurnEvent;

/**
 * Encodes the trace of one turn: each event as the fields of a chunk's {@code x_o1}. Measures the times of the steps. Consecutive
 * texts of one step are joined until they are taken.
 */
final class TraceEncoder {
    private static final String TYPE = "type";
    private static final String STEP = "step";

    private final String model;
    private final LongSupplier nanos;
    private final long startNanos;
    private final Map<Integer, Long> stepStarts = new HashMap<>();
    private final StringBuilder text = new StringBuilder();
    private int textStep;

    /**
     * Starts the turn's time.
     *
     * @param model the provider's name of the preset's model
     * @param nanos a clock like {@link System#nanoTime}
     */
    TraceEncoder(String model, LongSupplier nanos) {
        this.model = model;
        this.nanos = nanos;
        this.startNanos = nanos.getAsLong();
    }

    /** Adds a text to the open one. Returns false if that belongs to another step, and must be taken before. */
    boolean append(TurnEvent.StepText piece) {
        if (!text.isEmpty() && textStep != piece.step()) {
            return false;
        }
        textStep = piece.step();
        text.append(piece.text());
        return true;
    }

    boolean hasText() {
        return !text.isEmpty();
    }

    /** Returns the fields of the open text, and closes it. */
    Json.ValueWriter takeText() {
        int step = textStep;
        String joined = text.toString();
        text.setLength(0);
        return json -> {
            writeStep("step_text", step, json);
            json.writeStringField("text", joined);
        };
    }

    /** Returns the fields of an event other than a text; null if it is not part of the trace. */
    Json.@Nullable ValueWriter fields(TurnEvent event) {
        if (event instanceof TurnEvent.StepStarted started) {
            long now = nanos.getAsLong();
            stepStarts.put(started.step(), now);
            return json -> write(started, now - startNanos, json);
        }
        if (event instanceof TurnEvent.StepEnded ended) {
            Long start = stepStarts.remove(ended.step());
            long time = start == null ? 0 : nanos.getAsLong() - start;
            return json -> write(ended, time, json);
        }
        if (event instanceof TurnEvent.StepTitled titled) {
            return json -> {
                writeStep("step_titled", titled.step(), json);
                json.writeStringField("title", titled.title());
            };
        }
        if (event instanceof TurnEvent.Route chosen) {
            return json -> {
                json.writeStringField(TYPE, "route");
                json.writeStringField("route", chosen.route());
            };
        }
        if (event instanceof TurnEvent.Note note) {
            return json -> {
                json.writeStringField(TYPE, "note");
                json.writeStringField("text", note.text());
            };
        }
        if (event instanceof TurnEvent.Tally tally) {
            return json -> write(tally, json);
        }
        return event instanceof TurnEvent.BudgetUsed used ? json -> write(used.use(), json) : null;
    }

    private static void writeStep(String type, int step, JsonGenerator json) throws IOException {
        json.writeStringField(TYPE, type);
        json.writeNumberField(STEP, step);
    }

    private void write(TurnEvent.StepStarted started, long at, JsonGenerator json) throws IOException {
        writeStep("step_started", started.step(), json);
        json.writeStringField("kind", started.kind().wireName());
        if (started.label() != null) {
            json.writeStringField("label", started.label());
        }
        if (started.kind() != StepKind.VOTE) { // no call belongs to it
            json.writeStringField("model", model);
        }
        json.writeFieldName("at");
        json.writeNumber(Decimals.secondsOfNanos(at));
    }

    private static void write(TurnEvent.StepEnded ended, long time, JsonGenerator json) throws IOException {
        writeStep("step_ended", ended.step(), json);
        json.writeStringField("state", ended.outcome().name().toLowerCase(Locale.ROOT));
        TurnEvent.StepTokens tokens = ended.tokens();
        if (tokens != null) {
            json.writeNumberField("tokens", tokens.received());
        }
        json.writeFieldName("seconds");
        json.writeNumber(Decimals.secondsOfNanos(time));
        if (ended.conclusion() != null) {
            json.writeStringField("conclusion", ended.conclusion());
        }
        if (tokens != null && ended.outcome() == TurnEvent.StepOutcome.CANCELLED) {
            json.writeNumberField("saved_tokens", tokens.saved());
        }
    }

    private static void write(TurnEvent.Tally tally, JsonGenerator json) throws IOException {
        json.writeStringField(TYPE, "tally");
        json.writeObjectFieldStart("counts");
        for (Map.Entry<String, Integer> count : tally.counts().entrySet()) {
            json.writeNumberField(count.getKey(), count.getValue());
        }
        json.writeEndObject();
        json.writeNumberField("probability", tally.probability());
    }

    private static void write(BudgetUse use, JsonGenerator json) throws IOException {
        json.writeStringField(TYPE, "budget");
        writeUse(
                "calls",
                Integer.toString(use.calls()),
                Integer.toString(use.budget().calls()),
                json);
        writeUse(
                "tokens",
                Long.toString(use.tokens()),
                Long.toString(use.budget().tokens()),
                json);
        writeUse(
                "seconds",
                Decimals.seconds(use.time()),
                Decimals.seconds(use.budget().time()),
                json);
        BigDecimal cost = use.cost();
        if (cost != null) {
            BigDecimal limit = use.budget().cost();
            writeUse("cost", Decimals.amount(cost), limit == null ? null : Decimals.amount(limit), json);
        }
    }

    /** Writes {@code [used, limit]}. Without a limit, it is null. */
    private static void writeUse(String name, String used, @Nullable String limit, JsonGenerator json)
            throws IOException {
        json.writeArrayFieldStart(name);
        json.writeNumber(used);
        if (limit == null) {
            json.writeNull();
        } else {
            json.writeNumber(limit);
        }
        json.writeEndArray();
    }
}
