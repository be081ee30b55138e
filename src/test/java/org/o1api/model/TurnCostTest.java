package org.o1api.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.o1api.model.CallRecord.FailedAttempts;
import org.o1api.model.CallRecord.Purpose;
import org.o1api.model.CallRecord.State;

class TurnCostTest {
    private static final Map<String, Price> PRICES = Map.of("main/m", price(1, 10), "spare/local", price(2, 20));

    private final TurnLedger ledger = new TurnLedger((upstream, model) -> PRICES.get(upstream + "/" + model));

    private static Price price(int input, int output) {
        return new Price(new BigDecimal(input), BigDecimal.ZERO, new BigDecimal(input), new BigDecimal(output));
    }

    private void add(String upstream, String model, Usage usage, FailedAttempts... failed) {
        ledger.add(new CallRecord(
                Purpose.STEP, upstream, model, 1 + failed.length, usage, List.of(failed), State.COMPLETED, true));
    }

    @Test
    void eachAttemptCostsThePriceOfItsOwnModel() {
        add("main", "m", new Usage(100, 50, 10, 0));
        add("spare", "local", new Usage(100, 0, 10, 0), new FailedAttempts("main", "m", new Usage(100, 0, 1, 0)));
        assertThat(ledger.cost()).isEqualByComparingTo("0.000660");
        assertThat(ledger.byModel())
                .extracting(model -> model.upstream() + " " + model.calls() + " "
                        + model.usage().outputTokens() + " " + model.cost())
                .containsExactly("main 1 11 0.000260", "spare 1 10 0.000400");
    }

    @Test
    void isUnknownIfAModelHasNoPrice() {
        add("main", "m", new Usage(100, 0, 10, 0));
        assertThat(ledger.cost()).isEqualByComparingTo("0.0002");
        add("main", "other", new Usage(100, 0, 10, 0));
        assertThat(ledger.cost()).isNull();
        assertThat(ledger.byModel()).extracting(model -> model.cost() == null).containsExactly(false, true);
    }

    @Test
    void aCallThatSentNothingCostsNothing() {
        ledger.add(new CallRecord(Purpose.STEP, "main, spare", "m", 0, Usage.NONE, Usage.NONE, State.FAILED, false));
        assertThat(ledger.cost()).isEqualByComparingTo("0");
    }
}
