package org.o1api.reasoning.vote;

import java.util.List;
import java.util.Optional;
import org.o1api.reasoning.sampling.SamplePrompts;
import org.o1api.upstream.demo.DemoRequest;
import org.o1api.upstream.demo.DemoScript;
import org.o1api.upstream.demo.DemoText;

/**
 * The demo model's part for the samples of {@code vote} and {@code auto}: most of them have the same result, which depends only on the
 * number of the call in its turn.
 */
final class VoteDemo implements DemoScript {
    private static final List<String> RESULTS = List.of("42", "17", "42", "42", "42", "42", "9", "42");
    private static final List<String> CHECKS = List.of(
            "Working backwards from the result gives the request again, so it holds.",
            "An estimate in round numbers is close enough to the result.",
            "Another order of the parts leads to the same result.");

    @Override
    public Optional<String> reply(DemoRequest request) {
        boolean isSample = request.size() > 0
                && request.text(0).contains(SamplePrompts.ANSWER_MARK)
                && SamplePrompts.SAMPLE_TEMPERATURE.equals(request.field("temperature"));
        return isSample ? Optional.of(sample(request.lastUserText(), request.number())) : Optional.empty();
    }

    private static String sample(String question, int number) {
        String result = RESULTS.get(number % RESULTS.size());
        return "=== Step: What is asked\nThe request is: " + DemoText.quote(question)
                + "\nA demonstration knows nothing about the world, so sample " + (number + 1)
                + " settles for a number.\n"
                + "=== Step: Checking it\nThe result would be " + result + ". "
                + CHECKS.get(number % CHECKS.size())
                + "\n=== Answer\n"
                + DemoText.answer(
                        question,
                        "It was asked several times at once. The samples voted, and most of them have the result of this one, "
                                + result + ".")
                + "\n\nAnswer: " + result;
    }
}
