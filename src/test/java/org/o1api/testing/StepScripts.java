package org.o1api.testing;

/** Replies of a model that follows the step protocol, and the turns that are made of them. */
public final class StepScripts {
    private StepScripts() {}

    /** A step's JSON. */
    public static String step(String title, String content, String nextAction) {
        return "{\"title\": " + FakeExchange.quoted(title) + ", \"content\": " + FakeExchange.quoted(content)
                + ", \"next_action\": " + FakeExchange.quoted(nextAction) + "}";
    }

    /** Three steps, which say one, two and three, and the answer. */
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

    /** What is shown of the three steps beside the answer. */
    public static final String THREE_STEPS_TEXT =
            "## Step 1: First\none\n\n## Step 2: Second\ntwo\n\n## Step 3: Third\nthree";
}
