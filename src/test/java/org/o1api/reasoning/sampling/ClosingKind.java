package org.o1api.reasoning.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.o1api.Gateway;
import org.o1api.config.Config;
import org.o1api.reasoning.SamplingFixture;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.reasoning.Strategy;

/** A strategy with a closing call, and what it has heard from the model before. */
enum ClosingKind {
    STEPS("{\"title\":\"T\",\"content\":\"It is 7.\",\"next_action\":\"final_answer\"}", 1),
    SINGLE(SamplingFixture.sample(7), 1),
    VOTE(SamplingFixture.sample(7), 4),
    AUTO(SamplingFixture.sample(7), 2);

    /** What it usually hears, and in how many calls. */
    final String reply;

    final int calls;

    ClosingKind(String reply, int calls) {
        this.reply = reply;
        this.calls = calls;
    }

    Strategy strategy() {
        String name = name().toLowerCase(Locale.ROOT);
        String settings = "{ strategy: " + name + (this == STEPS ? ", steps: { min: 1 } }" : " }");
        return Config.parse("test", "presets: { p: " + settings + " }", key -> null, Gateway.STRATEGIES)
                .presets()
                .named("p")
                .orElseThrow()
                .strategy();
    }

    /** This reasoning in each of the calls before the closing call, then these replies. */
    ScriptedUpstream closing(String reasoning, Reply... replies) {
        List<Reply> all = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            all.add(SamplingFixture.reply(reasoning));
        }
        all.addAll(List.of(replies));
        return ScriptedUpstream.answering(all.toArray(new Reply[0]));
    }
}
