package org.o1api.api.request;

import com.fasterxml.jackson.core.JsonToken;
import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.o1api.api.O1Options;
import org.o1api.api.RequestException;
import org.o1api.model.Budget;
import org.o1api.model.ErrorCode;
import org.o1api.model.TurnParent;

/** Reads the gateway's own request field {@code x_o1}. Since only clients that know the gateway send it, unknown keys are errors. */
public final class O1OptionsReader {
    private static final String BUDGET = O1Options.FIELD + ".budget";
    /** More than any budget, and in the range of {@code Duration.ofNanos}. */
    private static final double MAX_SECONDS = 1e9;

    private static final int MAX_SHOWN = 100;
    private static final double NANOS_PER_SECOND = 1e9;

    private final JsonReader json;

    public O1OptionsReader(JsonReader json) {
        this.json = json;
    }

    /**
     * Reads the current value.
     *
     * @throws RequestException if it is invalid
     */
    public O1Options read() {
        json.require(JsonToken.START_OBJECT, O1Options.FIELD, "an object such as {\"budget\": {\"calls\": 10}}");
        Budget.Limits limits = Budget.Limits.NONE;
        @Nullable String strategy = null;
        TurnParent parent = O1Options.NONE.parent();
        for (String field = json.nextFieldOrNull(); field != null; field = json.nextFieldOrNull()) {
            String at = O1Options.FIELD + "." + field;
            if (json.current() == JsonToken.VALUE_NULL && !at.equals(O1Options.PARENT)) {
                continue;
            }
            switch (field) {
                case "budget" -> limits = limits();
                case "strategy" -> strategy = json.name(at);
                case "parent" -> parent = parent();
                default -> throw unknown(at, "budget, strategy, parent");
            }
        }
        return new O1Options(limits, strategy, parent);
    }

    /** Null is a value of its own. An ID may have any form: without such a turn it is not found. */
    private TurnParent parent() {
        if (json.current() == JsonToken.VALUE_NULL) {
            return TurnParent.Fixed.NONE;
        }
        json.require(JsonToken.VALUE_STRING, O1Options.PARENT, "the ID of a turn, or null");
        return new TurnParent.Turn(json.text());
    }

    private Budget.Limits limits() {
        json.require(JsonToken.START_OBJECT, BUDGET, "an object such as {\"calls\": 10}");
        @Nullable Integer calls = null;
        @Nullable Long tokens = null;
        @Nullable Duration time = null;
        @Nullable BigDecimal cost = null;
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            String at = BUDGET + "." + field;
            switch (field) {
                case "calls" -> calls = (int) count(at);
                case "tokens" -> tokens = (long) count(at);
                case "seconds" -> time = duration(positive(at));
                case "cost" -> cost = BigDecimal.valueOf(Math.min(positive(at), Double.MAX_VALUE));
                default -> throw unknown(at, "calls, tokens, seconds, cost");
            }
        }
        return new Budget.Limits(calls, tokens, time, cost);
    }

    /** A whole number greater than 0, such as 10, 10.0 or 1e1. It may exceed the range of integers: casts give the largest one. */
    private double count(String path) {
        if (!json.current().isNumeric()) {
            throw json.wrongType(path, "a whole number");
        }
        double value = positive(path);
        if (value != Math.rint(value)) {
            throw invalid(path, "'" + path + "' must be a whole number.");
        }
        return value;
    }

    private double positive(String path) {
        double value = json.number(path, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        if (!(value > 0)) {
            throw invalid(path, "'" + path + "' must be greater than 0.");
        }
        return value;
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos((long) Math.ceil(Math.min(seconds, MAX_SECONDS) * NANOS_PER_SECOND));
    }

    private static RequestException unknown(String path, String allowed) {
        String shown = path.length() > MAX_SHOWN ? path.substring(0, MAX_SHOWN) + "…" : path;
        return invalid(shown, "'" + shown + "' is unknown. Allowed: " + allowed + ".");
    }

    private static RequestException invalid(String path, String message) {
        return new RequestException(ErrorCode.INVALID_REQUEST, path, message);
    }
}
