package org.o1api.testing;

/** Replies of a model that follows the step protocol. */
public final class StepScripts {
    private StepScripts() {}

    /** The JSON of a step. */
    public static String step(String title, String content, String nextAction) {
        return "{\"title\": " + FakeExchange.quoted(title) + ", \"content\": " + FakeExchange.quoted(content)
                + ", \"next_action\": " + FakeExchange.quoted(nextAction) + "}";
    }

    /** Three steps with the texts one, two and three, followed by the answer. */
    public static Script[] threeStepsThenAnswer(Script answer) {
        return new Script[] {
            Script.answer(step("First", "one", "continue")),
            Script.answer(step("Second", "two", "continue")),
            Script.answer(step("Third", "three", "final_answer")),
            answer
        };
    }

    public static Script[] threeStepsThenAnswer(String answer) {
        return threeStepsThenAnswer(Script.answer(answer));
    }

    /** The reasoning text of these three steps. */
    public static final String THREE_STEPS_TEXT =
            "## Step 1: First\none\n\n## Step 2: Second\ntwo\n\n## Step 3: Third\nthree";
}
