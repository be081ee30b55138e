package org.o1api.testing;

/** Replies of a model that follows the step protocol, and the turns that are made of them. */
public final class Steps {
    private Steps() {}

    /** A step's JSON. */
    public static String step(String title, String content, String nextAction) {
        return "{\"title\": " + Exchange.quoted(title) + ", \"content\": " + Exchange.quoted(content)
                + ", \"next_action\": " + Exchange.quoted(nextAction) + "}";
    }

    /** Three steps, which say one, two and three, and the answer. */
    public static Script[] thenAnswer(Script answer) {
        return new Script[] {
            Script.answer(step("First", "one", "continue")),
            Script.answer(step("Second", "two", "continue")),
            Script.answer(step("Third", "three", "final_answer")),
            answer
        };
    }

    public static Script[] thenAnswer(String answer) {
        return thenAnswer(Script.answer(answer));
    }

    /** What is shown of the three steps beside the answer. */
    public static final String SHOWN = "## Step 1: First\none\n\n## Step 2: Second\ntwo\n\n## Step 3: Third\nthree";
}
