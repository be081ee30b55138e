package org.o1api.reasoning.single;

import java.util.Optional;
import org.o1api.json.JsonSlices;
import org.o1api.model.Role;
import org.o1api.reasoning.sampling.SamplePrompts;
import org.o1api.upstream.demo.DemoRequest;
import org.o1api.upstream.demo.DemoScript;
import org.o1api.upstream.demo.DemoText;

/** The demo model's part for replies that contain both reasoning and answer: three steps, then the answer. */
final class SingleDemo implements DemoScript {
    private static final String REASONING = "One call has generated the reasoning and this answer.";

    @Override
    public Optional<String> reply(DemoRequest request) {
        if (isClosingCall(request)) {
            String answer = DemoText.answer(questionBefore(request, request.size() - 2), REASONING);
            return Optional.of(request.requiresJson() ? "{\"answer\": " + JsonSlices.quoted(answer) + "}" : answer);
        }
        boolean hasFormat = !SamplePrompts.SAMPLE_TEMPERATURE.equals(request.field("temperature"))
                && request.size() > 0
                && request.role(0) == Role.SYSTEM
                && request.text(0).contains(SamplePrompts.ANSWER_MARK);
        return hasFormat ? Optional.of(reply(request.lastUserText())) : Optional.empty();
    }

    private static boolean isClosingCall(DemoRequest request) {
        int last = request.size() - 1;
        return last > 1
                && request.role(last) == Role.USER
                && request.role(last - 1) == Role.ASSISTANT
                && request.text(last - 1).contains("\n" + SamplePrompts.ANSWER_MARK + "\n");
    }

    private static String questionBefore(DemoRequest request, int end) {
        for (int i = end - 1; i >= 0; i--) {
            if (request.role(i) == Role.USER) {
                return request.text(i);
            }
        }
        return "";
    }

    private static String reply(String question) {
        String quoted = DemoText.quote(question);
        return "=== Step: What is asked\nThe request is: " + quoted
                + "\n\nFirst I establish what is given, what is wanted, and what a good answer must contain."
                + "\n=== Step: An approach\nTaken literally, " + quoted
                + " can be split into smaller parts: what each term means, what follows from it, and what remains open. A model would"
                + " now solve the parts one by one."
                + "\n=== Step: Check\nWorking backwards from the result gives the same: a demonstration knows nothing about the"
                + " world, so it can only show how reasoning and answer are streamed, and explain how to get a real answer."
                + "\n=== Answer\n" + DemoText.answer(question, REASONING)
                + "\nAnswer: a demonstration";
    }
}
