package org.o1api.reasoning;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.model.Budget;
import org.o1api.model.EndedBy;
import org.o1api.model.Price;

class BudgetMeterTest {
    private static final int MILLION = 1_000_000;

    /**
     * Prices are for input, cached input, cache write and output. Which upstream answers is known once a request has been sent, and
     * which part of the input was cached once the call has ended.
     */
    @ParameterizedTest
    @CsvSource({
        "1 1 1 10, 1 1 1 10, 1, 11, 11",
        "3 3 3 5, 2 2 2 50, 3, 53, 8",
        "2 2 2 50, 3 3 3 5, 3, 53, 52",
        "2.5 1 3.1 10, 1 1 1 1, 3.1, 13.1, 13.1",
        "1 1 1 1, 2.5 1 3.1 10, 3.1, 13.1, 2",
        "1 2 0 10, 0 0 0 0, 2, 12, 12",
    })
    void assumesTheHighestPriceThatIsPossible(
            String main, String spare, BigDecimal input, BigDecimal all, BigDecimal ofMain) {
        Budget budget = new Budget(30, 10 * MILLION, Duration.ofMinutes(5), 6, input);
        BudgetMeter meter = new BudgetMeter(
                budget, (upstream, model) -> price(upstream.equals("main") ? main : spare), List.of("main", "spare"));

        assertThat(meter.usedUpWith("m", MILLION - 1)).isNull();
        assertThat(meter.usedUpWith("m", MILLION)).isEqualTo(EndedBy.BUDGET_COST);

        BudgetMeter.OpenCall call = meter.open("m", MILLION, true);
        assertThat(meter.cost()).isEqualByComparingTo(input);
        call.correct(0, MILLION);
        assertThat(meter.cost()).isEqualByComparingTo(all);
        call.sent("main", "m");
        assertThat(meter.cost()).isEqualByComparingTo(ofMain);
    }

    private static Price price(String numbers) {
        String[] each = numbers.split(" ", -1);
        return new Price(
                new BigDecimal(each[0]), new BigDecimal(each[1]), new BigDecimal(each[2]), new BigDecimal(each[3]));
    }
}
