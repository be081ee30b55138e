package org.o1api.api.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.api.ApiSettings;
import org.o1api.api.O1Options;
import org.o1api.api.RequestException;
import org.o1api.model.Budget;
import org.o1api.model.ErrorCode;
import org.o1api.model.TurnParent;

class O1OptionsReaderTest {
    private static ChatCompletionRequest read(String value) {
        return read(value, "");
    }

    private static ChatCompletionRequest read(String value, String more) {
        String body = "{\"x_o1\": " + value + more + ", \"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}";
        return RequestReader.read(body, ApiSettings.RequestLimits.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"calls": 10}                         | 10         |                     |          |
                    {"tokens": 5000}                      |            | 5000                |          |
                    {"calls": 10.0}                       | 10         |                     |          |
                    {"calls": 1e1}                        | 10         |                     |          |
                    {"calls": 10.00E0, "tokens": 0.5e4}   | 10         | 5000                |          |
                    {"tokens": 5000.0}                    |            | 5000                |          |
                    {"tokens": 1e300}                     |            | 9223372036854775807 |          |
                    {"seconds": 2.5}                      |            |                     | PT2.5S   |
                    {"seconds": 60}                       |            |                     | PT1M     |
                    {"seconds": 1e-12}                    |            |                     | PT0.000000001S |
                    {"seconds": 1e300}                    |            |                     | PT277777H46M40S |
                    {"cost": 0.05}                        |            |                     |          | 0.05
                    {"cost": 2}                           |            |                     |          | 2.0
                    {"calls": 1, "tokens": 2, "seconds": 3, "cost": 4} | 1 | 2               | PT3S     | 4.0
                    {"calls": 99999999999}                | 2147483647 |                     |          |
                    {"tokens": 99999999999999999999999}   |            | 9223372036854775807 |          |
                    {"calls": null, "cost": null}         |            |                     |          |
                    {}                                    |            |                     |          |
                    """)
    void readsTheBudget(
            String budget,
            @Nullable Integer calls,
            @Nullable Long tokens,
            @Nullable Duration time,
            @Nullable BigDecimal cost) {
        O1Options options = read("{\"budget\": " + budget + "}").options();
        assertThat(options)
                .isEqualTo(new O1Options(new Budget.Limits(calls, tokens, time, cost), null, TurnParent.Fixed.NEWEST));
    }

    @Test
    void readsTheStrategy() {
        assertThat(read("{\"strategy\": \"vote\"}").options())
                .isEqualTo(new O1Options(Budget.Limits.NONE, "vote", TurnParent.Fixed.NEWEST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "{}", "{\"budget\": null, \"strategy\": null}", "{\"unknown\": null}"})
    void treatsNullAsAbsent(String value) {
        assertThat(read(value).options()).isEqualTo(O1Options.NONE);
    }

    @Test
    void isNeverForwarded() {
        ChatCompletionRequest request = read("{\"budget\": {\"calls\": 1}, \"strategy\": \"vote\"}");
        assertThat(request.fields()).isEmpty();
        assertThat(request.closingFields()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    true                                  | x_o1                | 'x_o1' must be an object such as {"budget": {"calls": 10}}, not a boolean.
                    []                                    | x_o1                | 'x_o1' must be an object such as {"budget": {"calls": 10}}, not a list.
                    {"budgets": {}}                       | x_o1.budgets        | 'x_o1.budgets' is unknown. Allowed: budget, strategy, parent.
                    {"budget": 5}                         | x_o1.budget         | 'x_o1.budget' must be an object such as {"calls": 10}, not a number.
                    {"budget": {"call": 5}}               | x_o1.budget.call    | 'x_o1.budget.call' is unknown. Allowed: calls, tokens, seconds, cost.
                    {"budget": {"time": 5}}               | x_o1.budget.time    | 'x_o1.budget.time' is unknown. Allowed: calls, tokens, seconds, cost.
                    {"budget": {"calls": "5"}}            | x_o1.budget.calls   | 'x_o1.budget.calls' must be a whole number, not a string.
                    {"budget": {"calls": 1.5}}            | x_o1.budget.calls   | 'x_o1.budget.calls' must be a whole number.
                    {"budget": {"calls": 0.9}}            | x_o1.budget.calls   | 'x_o1.budget.calls' must be a whole number.
                    {"budget": {"calls": 0.0}}            | x_o1.budget.calls   | 'x_o1.budget.calls' must be greater than 0.
                    {"budget": {"tokens": 5000.5}}        | x_o1.budget.tokens  | 'x_o1.budget.tokens' must be a whole number.
                    {"budget": {"tokens": -1.0}}          | x_o1.budget.tokens  | 'x_o1.budget.tokens' must be greater than 0.
                    {"budget": {"calls": 0}}              | x_o1.budget.calls   | 'x_o1.budget.calls' must be greater than 0.
                    {"budget": {"tokens": -1}}            | x_o1.budget.tokens  | 'x_o1.budget.tokens' must be greater than 0.
                    {"budget": {"tokens": [1]}}           | x_o1.budget.tokens  | 'x_o1.budget.tokens' must be a whole number, not a list.
                    {"budget": {"seconds": 0}}            | x_o1.budget.seconds | 'x_o1.budget.seconds' must be greater than 0.
                    {"budget": {"seconds": 1e-999}}       | x_o1.budget.seconds | 'x_o1.budget.seconds' must be greater than 0.
                    {"budget": {"seconds": "5s"}}         | x_o1.budget.seconds | 'x_o1.budget.seconds' must be a number, not a string.
                    {"budget": {"cost": -0.1}}            | x_o1.budget.cost    | 'x_o1.budget.cost' must be greater than 0.
                    {"budget": {"cost": {}}}              | x_o1.budget.cost    | 'x_o1.budget.cost' must be a number, not an object.
                    {"strategy": 5}                       | x_o1.strategy       | 'x_o1.strategy' must be a string, not a number.
                    {"parent": 5}                         | x_o1.parent         | 'x_o1.parent' must be the ID of a turn, or null, not a number.
                    {"parent": {}}                        | x_o1.parent         | 'x_o1.parent' must be the ID of a turn, or null, not an object.
                    """)
    void namesWhatIsWrong(String value, String param, String message) {
        assertThatThrownBy(() -> read(value)).isInstanceOfSatisfying(RequestException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(e.param()).isEqualTo(param);
            assertThat(e).hasMessage(message);
        });
    }

    /** Null is a value: no turn before this one. */
    @Test
    void readsTheParent() {
        assertThat(parent("{\"parent\": null, \"strategy\": null}")).isEqualTo(TurnParent.Fixed.NONE);
        assertThat(parent("{\"parent\": \"turn_1\"}")).isEqualTo(new TurnParent.Turn("turn_1"));
        assertThat(parent("{}")).isEqualTo(TurnParent.Fixed.NEWEST);
    }

    private static TurnParent parent(String value) {
        return read(value, ", \"conversation_id\": \"c\"").options().parent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"turn_1\""})
    void rejectsAParentWithoutAConversation(String value) {
        for (String more : List.of("", ", \"conversation_id\": null")) {
            assertThatThrownBy(() -> read("{\"parent\": " + value + "}", more))
                    .isInstanceOfSatisfying(RequestException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                        assertThat(e.param()).isEqualTo("x_o1.parent");
                        assertThat(e)
                                .hasMessage("'x_o1.parent' names a turn of a conversation, but the request has none."
                                        + " Add 'conversation_id', or leave it out.");
                    });
        }
    }

    @Test
    void doesNotRepeatALongKey() {
        assertThatThrownBy(() -> read("{\"" + "k".repeat(5000) + "\": 1}"))
                .isInstanceOfSatisfying(
                        RequestException.class, e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }
}
