package org.o1api.reasoning.steps;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.o1api.json.JsonSlices;
import org.o1api.model.Role;
import org.o1api.upstream.demo.DemoRequest;
import org.o1api.upstream.demo.DemoScript;
import org.o1api.upstream.demo.DemoText;

/** The demo model's part for the steps strategy: four steps, then an answer. */
final class StepsDemo implements DemoScript {
    /** Occurs in the instructions for steps and in each reply to them. */
    private static final String STEP_KEY = "next_action";

    private record DemoStep(String title, String content) {}

    @Override
    public Optional<String> reply(DemoRequest request) {
        int taken = 0;
        int question = request.size() - 1;
        while (question >= 0 && (request.role(question) != Role.USER || followsStep(request, question))) {
            if (isStep(request, question)) {
                taken++;
            }
            question--;
        }
        String asked = question < 0 ? "" : request.text(question);
        if (wantsStep(request)) {
            return Optional.of(step(DemoText.quote(asked), taken));
        }
        return taken == 0 ? Optional.empty() : Optional.of(answer(request, asked, taken));
    }

    private static boolean wantsStep(DemoRequest request) {
        return request.requiresJson()
                && request.size() > 0
                && request.role(0) == Role.SYSTEM
                && request.text(0).contains(STEP_KEY)
                && !request.text(request.size() - 1).toLowerCase(Locale.ROOT).contains("final answer");
    }

    private static boolean followsStep(DemoRequest request, int index) {
        return index > 0 && isStep(request, index - 1);
    }

    private static boolean isStep(DemoRequest request, int index) {
        return request.role(index) == Role.ASSISTANT && request.text(index).contains('"' + STEP_KEY + '"');
    }

    private static String answer(DemoRequest request, String question, int taken) {
        String answer = DemoText.answer(
                question,
                "It took " + taken + (taken == 1 ? " step" : " steps")
                        + " before this answer, and each step was streamed as it was generated.");
        return request.requiresJson() ? "{\"answer\": " + JsonSlices.quoted(answer) + "}" : answer;
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
        return "{\"title\": " + JsonSlices.quoted(step.title()) + ", \"content\": " + JsonSlices.quoted(step.content())
                + ", \"next_action\": \"" + (last ? "final_answer" : "continue") + "\"}";
    }
}
