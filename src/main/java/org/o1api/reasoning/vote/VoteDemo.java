package org.o1api.reasoning.vote;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.o1api.json.JsonSlices;
import org.o1api.upstream.demo.DemoRequest;
import org.o1api.upstream.demo.DemoScript;
import org.o1api.upstream.demo.DemoText;

/**
 * The demo model's part for the vote: answers that mostly agree. Samples are the only calls without a temperature, unless the
 * caller sets one.
 */
final class VoteDemo implements DemoScript {
    private static final String TEMPERATURE = "temperature";
    private static final List<String> RESULTS = List.of("42", "42", "17", "42", "9");

    private final AtomicInteger samples = new AtomicInteger();

    @Override
    public Optional<String> reply(DemoRequest request) {
        if (request.hasField(TEMPERATURE)) {
            return Optional.empty();
        }
        String result = RESULTS.get(Math.floorMod(samples.getAndIncrement(), RESULTS.size()));
        String answer = DemoText.answer(
                        request.lastUserText(),
                        "Several answers were generated at once, and most of them have the same result.")
                + "\n\nThe result of this sample: " + result;
        return Optional.of(
                request.requiresJson()
                        ? "{\"answer\": " + JsonSlices.quoted(answer) + ", \"result\": " + result + "}"
                        : answer);
    }
}
