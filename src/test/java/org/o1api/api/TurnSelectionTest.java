package org.o1api.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.model.Budget;
import org.o1api.model.Caller;
import org.o1api.model.Effort;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Mode;
import org.o1api.model.Price;
import org.o1api.model.TurnParent;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Presets;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.TestPresets;
import org.o1api.reasoning.TurnContext;

class TurnSelectionTest {
    private static final Budget BUDGET = new Budget(10, 1000, Duration.ofMinutes(1), 3);

    private static final Price PRICE = new Price(BigDecimal.ONE, BigDecimal.ONE, BigDecimal.ONE, BigDecimal.ONE);

    private static final Presets PRESETS = new Presets(
            List.of(preset("one", Set.of("o1"), "steps"), preset("two", Set.of(), "auto", "vote")), null, false);

    /** A strategy that does nothing but remember its effort. */
    private record Named(String name, @Nullable Effort effort) implements Strategy {
        @Override
        public FinishReason run(TurnContext turn) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Strategy withEffort(Effort other) {
            return new Named(name, other);
        }

        @Override
        public String toString() {
            return name + (effort == null ? "" : ", " + effort);
        }
    }

    private static Preset preset(String name, Set<String> aliases, String... strategies) {
        Preset pro = TestPresets.preset(name, aliases, List.of(new Named("vote", null)), BUDGET.times(4), null);
        List<Strategy> standard = Arrays.stream(strategies)
                .<Strategy>map(strategy -> new Named(strategy, null))
                .toList();
        return TestPresets.preset(name, aliases, standard, BUDGET, new Preset.Pro(pro, false));
    }

    private static TurnSelection select(
            @Nullable String model, Mode mode, @Nullable Effort effort, O1Options options, String... allowed) {
        return select(new TurnSelection.Requested(model, mode, effort, options), new Caller("c", Set.of(allowed)), "m");
    }

    private static TurnSelection select(TurnSelection.Requested requested, Caller caller, String pricedModel) {
        return TurnSelection.of(
                requested, caller, PRESETS, (upstream, model) -> model.equals(pricedModel) ? PRICE : null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # model, mode, effort, strategy in the request | preset, mode, effort, strategy of the turn
                    | STANDARD |      |      | one | STANDARD |      | steps
            one     | STANDARD |      |      | one | STANDARD |      | steps
            o1      | STANDARD | LOW  |      | one | STANDARD | LOW  | steps, LOW
            one     | PRO      |      |      | one | PRO      |      | vote, HIGH
            one-pro | STANDARD |      |      | one | PRO      |      | vote, HIGH
            o1-pro  | PRO      |      |      | one | PRO      |      | vote, HIGH
            one-pro | STANDARD | LOW  |      | one | PRO      | LOW  | vote, LOW
            one-pro | STANDARD | NONE | vote | one | PRO      | NONE | vote, NONE
                    | PRO      |      |      | one | PRO      |      | vote, HIGH
            two     | STANDARD |      | vote | two | STANDARD |      | vote
            two     | STANDARD | MAX  | vote | two | STANDARD | MAX  | vote, MAX
            two     | STANDARD |      | auto | two | STANDARD |      | auto
            """)
    void selectsPresetModeEffortAndStrategy(
            @Nullable String model,
            Mode requestedMode,
            @Nullable Effort requestedEffort,
            @Nullable String choice,
            String preset,
            Mode mode,
            @Nullable Effort effort,
            String strategy) {
        TurnSelection selected = select(
                model,
                requestedMode,
                requestedEffort,
                new O1Options(Budget.Limits.NONE, choice, TurnParent.Fixed.NEWEST));

        assertThat(selected.preset().name()).isEqualTo(preset);
        assertThat(selected.mode()).isEqualTo(mode);
        assertThat(selected.effort()).isEqualTo(effort);
        assertThat(selected.strategy()).hasToString(strategy);
        assertThat(selected.budget()).isEqualTo(mode == Mode.PRO ? BUDGET.times(4) : BUDGET);
    }

    @ParameterizedTest
    @CsvSource({
        "one, auto, steps",
        "one, STEPS, steps",
        "one, '', steps",
        "one-pro, steps, vote",
        "two, steps, 'auto, vote'"
    })
    void namesTheStrategiesThatCanBeChosen(String model, String choice, String offered) {
        O1Options options = new O1Options(Budget.Limits.NONE, choice, TurnParent.Fixed.NEWEST);
        assertThatThrownBy(() -> select(model, Mode.STANDARD, null, options))
                .isInstanceOfSatisfying(RequestException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                    assertThat(e.param()).isEqualTo("x_o1.strategy");
                    assertThat(Objects.requireNonNull(e.getMessage())
                                    .replaceAll("(?s).*offers: |[.]$", "")
                                    .split(", "))
                            .containsExactlyInAnyOrder(offered.split(", "));
                });
    }

    @Test
    void takesTheSmallerLimits() {
        Budget.Limits limits = new Budget.Limits(99, 20L, Duration.ofSeconds(5), null);
        assertThat(select("one", Mode.STANDARD, null, new O1Options(limits, null, TurnParent.Fixed.NEWEST))
                        .budget())
                .isEqualTo(new Budget(10, 20, Duration.ofSeconds(5), 3));
        assertThat(select("one", Mode.PRO, null, new O1Options(limits, null, TurnParent.Fixed.NEWEST))
                        .budget())
                .isEqualTo(new Budget(40, 20, Duration.ofSeconds(5), 12));
    }

    /** The smallest of preset, API key and request. */
    @Test
    void takesTheLimitsOfTheKey() {
        Caller caller = new Caller("c", Set.of(), new Budget.Limits(8, 5L, null, BigDecimal.ONE));
        Budget.Limits limits = new Budget.Limits(6, 7L, null, BigDecimal.TEN);
        TurnSelection.Requested requested = new TurnSelection.Requested(
                "one-pro", Mode.STANDARD, null, new O1Options(limits, null, TurnParent.Fixed.NEWEST));
        assertThat(select(requested, caller, "m").budget())
                .isEqualTo(new Budget(6, 5, Duration.ofMinutes(4), 12, BigDecimal.ONE));
    }

    @Test
    void limitsTheCostOfModelsWithAPriceOnly() {
        Budget.Limits limits = new Budget.Limits(null, null, null, BigDecimal.ONE);
        TurnSelection.Requested requested = new TurnSelection.Requested(
                "one", Mode.STANDARD, null, new O1Options(limits, null, TurnParent.Fixed.NEWEST));
        Caller caller = new Caller("c", Set.of());
        assertThat(select(requested, caller, "m").budget().cost()).isEqualTo(BigDecimal.ONE);
        assertThatThrownBy(() -> select(requested, caller, "other"))
                .isInstanceOfSatisfying(
                        RequestException.class, e -> assertThat(e.param()).isEqualTo("x_o1.budget.cost"));
    }

    /** Who may use a preset may use it in pro mode, and nobody else. */
    @Test
    void allowsTheProModeOfAllowedPresets() {
        assertThat(select("one-pro", Mode.STANDARD, null, O1Options.NONE, "one").mode())
                .isEqualTo(Mode.PRO);
        for (String model : List.of("one-pro", "o1-pro", "one-", "three-pro", "-pro")) {
            assertThatThrownBy(() -> select(model, Mode.STANDARD, null, O1Options.NONE, "two"))
                    .as(model)
                    .isInstanceOfSatisfying(
                            RequestException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND));
        }
    }
}
