package org.o1api.upstream.demo;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.List;

/** The texts of the demo model. */
final class DemoScript {
    private static final int MAX_QUOTE = 120;

    private record DemoStep(String title, String content) {}

    private DemoScript() {}

    static String reply(DemoPrompt prompt) {
        String question = quote(prompt.question());
        if (prompt.wantsStep()) {
            return step(question, prompt.stepsTaken());
        }
        String answer = answer(question, prompt.stepsTaken());
        return prompt.requiresJson() ? "{\"answer\": " + json(answer) + "}" : answer;
    }

    private static String step(String question, int taken) {
        List<DemoStep> steps = List.of(
                new DemoStep(
                        "What is asked",
                        "The request is: " + question
                                + "\n\nFirst I establish what is given, what is wanted and what a good answer must "
                                + "contain. Only the wording of the request is certain, so the reasoning starts there."),
                new DemoStep(
                        "A first approach",
                        "Taken literally, " + question
                                + " can be split into smaller parts: what each term means, what follows "
                                + "from it, and what remains open. A model would now solve the parts one by one and "
                                + "note what each result depends on."),
                new DemoStep(
                        "Checking it another way",
                        "A single approach may hide a mistake. Work backwards: assume an answer and ask what must be true "
                                + "for it to hold. If both approaches agree, the result stands; if they differ, the first "
                                + "one must be repeated."),
                new DemoStep(
                        "Conclusion",
                        "Both approaches lead to the same result: a demonstration knows nothing about the world, so it cannot "
                                + "answer " + question
                                + ". It can show how the reasoning is streamed, and explain how to get a real "
                                + "answer."));
        DemoStep step = steps.get(Math.min(taken, steps.size() - 1));
        boolean last = taken >= steps.size() - 1;
        return "{\"title\": " + json(step.title()) + ", \"content\": " + json(step.content()) + ", \"next_action\": \""
                + (last ? "final_answer" : "continue") + "\"}";
    }

    private static String answer(String question, int stepsTaken) {
        String reasoning = stepsTaken == 0
                ? "It answered at once, without reasoning steps."
                : "It took " + stepsTaken + (stepsTaken == 1 ? " step" : " steps")
                        + " before this answer, and each step was streamed as it was generated.";
        return "You asked: " + question
                + "\n\n**This is a demonstration.** No model provider is configured, so the demo model "
                + "built into the gateway has replied. " + reasoning
                + "\n\nTo get real answers, configure a provider in "
                + "`config.yaml`:\n\n```yaml\ndefault_api_url: https://api.openai.com/v1/chat/completions\n"
                + "model_provider_api_key: your-key\ndefault_model: the-model-to-use\n```\n\nThen restart the gateway and ask "
                + "again.";
    }

    /** The question in quotation marks, on one line, truncated if it is long. */
    private static String quote(String question) {
        StringBuilder line = new StringBuilder();
        String all = question.strip();
        for (int i = 0; i < all.length() && line.length() < MAX_QUOTE; i++) {
            boolean space = Character.isWhitespace(all.charAt(i));
            if (!space) {
                line.append(all.charAt(i));
            } else if (line.charAt(line.length() - 1) != ' ') {
                line.append(' ');
            }
        }
        if (line.isEmpty()) {
            return "“(no text)”";
        }
        if (line.length() == MAX_QUOTE && all.length() > MAX_QUOTE) {
            if (Character.isHighSurrogate(line.charAt(MAX_QUOTE - 1))) {
                line.setLength(MAX_QUOTE - 1);
            }
            line.append('…');
        }
        return "“" + line.toString().strip() + "”";
    }

    private static String json(String text) {
        return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
    }
}
