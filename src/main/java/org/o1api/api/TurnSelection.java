package org.o1api.api;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Budget;
import org.o1api.model.Caller;
import org.o1api.model.Effort;
import org.o1api.model.ErrorCode;
import org.o1api.model.Mode;
import org.o1api.model.PriceList;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Presets;
import org.o1api.reasoning.Strategy;

/**
 * What a request selects, on every API surface: a preset, and how it reasons.
 *
 * @param preset its settings in this mode
 * @param effort as requested; null: the request has none
 * @param strategy adapted to the effort, in pro mode to {@code high} if the request has none
 * @param budget the smallest of preset, API key and request
 */
public record TurnSelection(
        Preset preset, Mode mode, @Nullable Effort effort, Strategy strategy, Budget budget) {
    /**
     * What a request names.
     *
     * @param model null: the default preset
     * @param mode {@code PRO} selects it; {@code STANDARD} leaves it to the model's name
     * @param effort null: not specified
     */
    public record Requested(
            @Nullable String model, Mode mode, @Nullable Effort effort, O1Options options) {}

    /**
     * Selects what a request names.
     *
     * @throws RequestException if the caller may not use the model, the preset does not offer the strategy, or the
     *     request limits the cost of a model without a price
     */
    public static TurnSelection of(Requested requested, Caller caller, Presets presets, PriceList prices) {
        Predicate<String> allowed = caller::mayUse;
        Presets.Choice named = presets.find(requested.model(), allowed)
                .orElseThrow(() -> ModelsResource.modelNotFound(String.valueOf(requested.model())));
        Presets.Choice choice = requested.mode() == Mode.PRO ? named.inProMode() : named;
        Preset preset = choice.preset();
        Effort effort = requested.effort() == null && choice.mode() == Mode.PRO ? Effort.HIGH : requested.effort();
        Strategy strategy =
                preset.strategy(requested.options().strategy(), effort).orElseThrow(() -> unknownStrategy(preset));
        if (requested.options().limits().cost() != null
                && prices.firstUnpriced(preset.upstreams(), preset.model()).isPresent()) {
            throw withoutPrice(preset);
        }
        Budget budget = preset.budget()
                .limitedBy(caller.budget())
                .limitedBy(requested.options().limits());
        return new TurnSelection(preset, choice.mode(), requested.effort(), strategy, budget);
    }

    private static RequestException withoutPrice(Preset preset) {
        return new RequestException(
                ErrorCode.INVALID_REQUEST,
                O1Options.COST,
                "'" + O1Options.COST + "' cannot limit the cost of the model '" + preset.name()
                        + "', because its price is not configured. Leave it out, or limit calls, tokens or seconds.");
    }

    private static RequestException unknownStrategy(Preset preset) {
        return new RequestException(
                ErrorCode.INVALID_REQUEST,
                O1Options.STRATEGY,
                "'" + O1Options.STRATEGY + "' must be one of the strategies that this model offers: "
                        + String.join(", ", preset.strategies().keySet()) + ".");
    }
}
