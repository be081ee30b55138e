package org.o1api.conversation;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.json.JsonSlices;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.StepKind;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnUsage;
import org.o1api.model.Usage;

/** The events of a turn as a member of its JSON. Events of an unknown type, which later versions may write, are ignored. */
final class EventJson {
    static final String KEY = "events";

    private static final String STEP = "step";
    private static final String TEXT = "text";

    private EventJson() {}

    static void write(List<TurnEvent> events, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart(KEY);
        for (TurnEvent event : events) {
            json.writeStartObject();
            write(event, json);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(TurnEvent event, JsonGenerator json) throws IOException {
        if (event instanceof TurnEvent.StepStarted started) {
            writeStep("step_started", started.step(), json);
            if (started.kind() != StepKind.STEP) {
                json.writeStringField("kind", started.kind().wireName());
            }
            if (started.label() != null) {
                json.writeStringField("label", started.label());
            }
        } else if (event instanceof TurnEvent.StepTitled titled) {
            writeStep("step_titled", titled.step(), json);
            json.writeStringField("title", titled.title());
        } else if (event instanceof TurnEvent.StepText text) {
            writeStep("step_text", text.step(), json);
            json.writeStringField(TEXT, text.text());
        } else if (event instanceof TurnEvent.StepEnded ended) {
            writeStep("step_ended", ended.step(), json);
            if (ended.outcome() != TurnEvent.StepOutcome.COMPLETED) {
                json.writeStringField("outcome", ended.outcome().name().toLowerCase(Locale.ROOT));
            }
            if (ended.conclusion() != null) {
                json.writeStringField("conclusion", ended.conclusion());
            }
            if (ended.tokens() != null) {
                json.writeArrayFieldStart("tokens");
                json.writeNumber(ended.tokens().received());
                json.writeNumber(ended.tokens().saved());
                json.writeEndArray();
            }
        } else if (event instanceof TurnEvent.AnswerText text) {
            writeType("answer_text", json);
            json.writeStringField(TEXT, text.text());
        } else if (event instanceof TurnEvent.RefusalText text) {
            writeType("refusal_text", json);
            json.writeStringField(TEXT, text.text());
        } else if (event instanceof TurnEvent.Image image) {
            writeType("image", json);
            writeRaw("image", image.json(), json);
        } else if (event instanceof TurnEvent.ToolCall call) {
            write(call.piece(), json);
        } else if (event instanceof TurnEvent.Completed completed) {
            writeType("completed", json);
            json.writeStringField("finish_reason", completed.reason().wireName());
            write(completed.usage(), json);
            if (completed.summary() != null) {
                SummaryJson.write(completed.summary(), json);
            }
        }
    }

    private static void writeType(String type, JsonGenerator json) throws IOException {
        json.writeStringField("type", type);
    }

    private static void writeStep(String type, int step, JsonGenerator json) throws IOException {
        writeType(type, json);
        json.writeNumberField(STEP, step);
    }

    private static void writeRaw(String name, RawJson value, JsonGenerator json) throws IOException {
        json.writeFieldName(name);
        json.writeRawValue(value.text());
    }

    private static void write(Delta.ToolCall call, JsonGenerator json) throws IOException {
        writeType("tool_call", json);
        json.writeNumberField("index", call.index());
        if (call.id() != null) {
            json.writeStringField("id", call.id());
        }
        if (call.name() != null) {
            json.writeStringField("name", call.name());
        }
        json.writeStringField("arguments", call.arguments());
        if (!call.fields().isEmpty()) {
            json.writeObjectFieldStart("fields");
            for (Map.Entry<String, RawJson> field : call.fields().entrySet()) {
                writeRaw(field.getKey(), field.getValue(), json);
            }
            json.writeEndObject();
        }
    }

    private static void write(TurnUsage usage, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("usage");
        write(usage.answer(), json);
        json.writeEndArray();
        json.writeArrayFieldStart("total");
        write(usage.total(), json);
        json.writeNumber(usage.calls());
        json.writeNumber(usage.attempts());
        json.writeEndArray();
    }

    static void write(Usage usage, JsonGenerator json) throws IOException {
        json.writeNumber(usage.inputTokens());
        json.writeNumber(usage.cachedTokens());
        json.writeNumber(usage.outputTokens());
        json.writeNumber(usage.reasoningTokens());
        json.writeNumber(usage.cacheWriteTokens());
    }

    static List<TurnEvent> read(RawJson list) {
        List<TurnEvent> events = new ArrayList<>();
        for (RawJson event : JsonSlices.elements(list)) {
            TurnEvent known = event(TurnJson.members(event));
            if (known != null) {
                events.add(known);
            }
        }
        return events;
    }

    private static @Nullable TurnEvent event(Map<String, RawJson> event) {
        int step = (int) TurnJson.number(event.get(STEP));
        return switch (TurnJson.string(event.get("type"))) {
            case "step_started" ->
                new TurnEvent.StepStarted(step, kind(event.get("kind")), TurnJson.text(event.get("label")));
            case "step_titled" -> new TurnEvent.StepTitled(step, TurnJson.string(event.get("title")));
            case "step_text" -> new TurnEvent.StepText(step, TurnJson.string(event.get(TEXT)));
            case "step_ended" ->
                new TurnEvent.StepEnded(
                        step,
                        outcome(event.get("outcome")),
                        TurnJson.text(event.get("conclusion")),
                        tokens(numbers(event.get("tokens"))));
            case "answer_text" -> new TurnEvent.AnswerText(TurnJson.string(event.get(TEXT)));
            case "refusal_text" -> new TurnEvent.RefusalText(TurnJson.string(event.get(TEXT)));
            case "image" -> {
                RawJson image = event.get("image");
                yield image == null ? null : new TurnEvent.Image(image);
            }
            case "tool_call" -> {
                RawJson fields = event.get("fields");
                yield new TurnEvent.ToolCall(new Delta.ToolCall(
                        (int) TurnJson.number(event.get("index")),
                        TurnJson.text(event.get("id")),
                        TurnJson.text(event.get("name")),
                        TurnJson.string(event.get("arguments")),
                        fields == null ? Map.of() : TurnJson.members(fields)));
            }
            case "completed" ->
                new TurnEvent.Completed(
                        FinishReason.fromWireName(TurnJson.string(event.get("finish_reason"))),
                        usage(event.get("usage"), event.get("total")),
                        SummaryJson.read(event.get(SummaryJson.KEY)));
            default -> null;
        };
    }

    /** Earlier versions wrote no kind. An unknown one, of a later version, is shown as a step. */
    private static StepKind kind(@Nullable RawJson value) {
        String name = TurnJson.string(value);
        for (StepKind kind : StepKind.values()) {
            if (kind.wireName().equals(name)) {
                return kind;
            }
        }
        return StepKind.STEP;
    }

    private static TurnEvent.@Nullable StepTokens tokens(List<Long> numbers) {
        return numbers.isEmpty() ? null : new TurnEvent.StepTokens(at(0, numbers), at(1, numbers));
    }

    private static TurnEvent.StepOutcome outcome(@Nullable RawJson value) {
        String name = value == null ? "" : TurnJson.string(value).toUpperCase(Locale.ROOT);
        for (TurnEvent.StepOutcome outcome : TurnEvent.StepOutcome.values()) {
            if (outcome.name().equals(name)) {
                return outcome;
            }
        }
        return TurnEvent.StepOutcome.COMPLETED; // also for an outcome of a later version
    }

    /**
     * The usage of a turn.
     *
     * @param total null in turns of earlier versions, which stored the totals of all calls as {@code answer}, and not the
     *     number of calls
     */
    static TurnUsage usage(@Nullable RawJson answer, @Nullable RawJson total) {
        Usage ofAnswer = usage(numbers(answer));
        List<Long> all = numbers(total);
        return all.isEmpty()
                ? new TurnUsage(ofAnswer, ofAnswer, 0, 0)
                : new TurnUsage(ofAnswer, usage(all), (int) at(5, all), (int) at(6, all));
    }

    static Usage usage(List<Long> numbers) {
        return new Usage(at(0, numbers), at(1, numbers), at(4, numbers), at(2, numbers), at(3, numbers));
    }

    /** A number of a list; 0 if the list is shorter, as other versions may write it. */
    static long at(int index, List<Long> numbers) {
        return index < numbers.size() ? numbers.get(index) : 0;
    }

    static List<Long> numbers(@Nullable RawJson list) {
        return JsonSlices.elements(list == null ? TurnJson.EMPTY_LIST : list).stream()
                .map(TurnJson::number)
                .toList();
    }
}
