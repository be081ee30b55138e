package org.o1api.reasoning.single;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.o1api.model.Message;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.StrategyType;
import org.o1api.reasoning.steps.StepsStrategyType;
import org.o1api.settings.Section;

/** Compares the prompt tokens of whole turns, as the gateway counts them: a question of GSM8K that takes four steps. */
class PromptTokensTest {
    private static final String QUESTION =
            "Janet's ducks lay 16 eggs per day. She eats three for breakfast every morning and bakes muffins for"
                    + " her friends every day with four. She sells the remainder at the farmers' market daily for $2 per fresh duck egg. How much in"
                    + " dollars does she make every day at the farmers' market?";
    private static final List<String[]> STEPS = List.of(
            new String[] {
                "What is asked",
                "The ducks lay 16 eggs a day. Janet uses some of them and sells the rest for $2 each. Wanted is the"
                        + " money that she makes every day, so I need the number of eggs that are left."
            },
            new String[] {
                "Eggs that are used",
                "She eats three eggs for breakfast and bakes muffins with four. Both happen every day, so she"
                        + " uses 3 + 4 = 7 eggs a day."
            },
            new String[] {
                "Money", "16 - 7 = 9 eggs are left. Each one is sold for $2, which makes 9 * 2 = 18 dollars a day."
            },
            new String[] {
                "Check",
                "Backwards: 18 dollars are 9 eggs at $2. With the 7 eggs that she uses these are 16 eggs, which is what the"
                        + " ducks lay. So the result is right."
            });
    private static final String ANSWER =
            "Janet makes **$18** every day: of 16 eggs she uses 7, and sells the other 9 for $2 each.";

    private final SingleFixture turn = new SingleFixture();

    private long promptTokens(StrategyType type, String... replies) {
        Strategy strategy = type.reader(Section.absent()).apply(Section.absent());
        turn.strategy = strategy;
        turn.messages = List.of(Message.user(QUESTION));
        turn.run(ScriptedUpstream.answering(replies));
        return turn.calls().usage().inputTokens();
    }

    @Test
    void aTurnHasLessThanATenthOfThePromptTokensOfOneInSteps() {
        String[] steps = new String[STEPS.size() + 1];
        StringBuilder single = new StringBuilder();
        for (int i = 0; i < STEPS.size(); i++) {
            String[] step = STEPS.get(i);
            steps[i] = "{\"title\": \"" + step[0] + "\", \"content\": \"" + step[1] + "\", \"next_action\": \""
                    + (i == STEPS.size() - 1 ? "final_answer" : "continue") + "\"}";
            single.append("=== Step: ")
                    .append(step[0])
                    .append('\n')
                    .append(step[1])
                    .append('\n');
        }
        steps[STEPS.size()] = ANSWER;
        single.append("=== Answer\n").append(ANSWER).append("\nAnswer: 18");

        long inSteps = promptTokens(new StepsStrategyType(), steps);
        long inOneCall = promptTokens(new SingleStrategyType(), single.toString());

        assertThat((double) inOneCall / inSteps).isLessThan(0.1);
    }
}
