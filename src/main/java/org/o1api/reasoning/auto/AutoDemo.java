package org.o1api.reasoning.auto;

import java.util.Optional;
import org.o1api.upstream.demo.DemoRequest;
import org.o1api.upstream.demo.DemoScript;

/** The demo model's part for the comparison of two samples: they say the same. The samples have their script in the vote. */
final class AutoDemo implements DemoScript {
    private static final String START = JudgePrompt.DEFAULT.substring(0, JudgePrompt.DEFAULT.indexOf('\n'));

    @Override
    public Optional<String> reply(DemoRequest request) {
        return request.lastUserText().startsWith(START) ? Optional.of("same") : Optional.empty();
    }
}
