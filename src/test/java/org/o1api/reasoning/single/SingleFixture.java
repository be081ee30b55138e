package org.o1api.reasoning.single;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Budget;
import org.o1api.model.Cancellation;
import org.o1api.model.Content;
import org.o1api.model.Delta;
import org.o1api.model.EndedBy;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Usage;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.reasoning.Strategy;
import org.o1api.reasoning.TestPresets;
import org.o1api.reasoning.Transcript;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.TurnLog;
import org.o1api.reasoning.sampling.SamplePrompts;
import org.o1api.upstream.CallRequest;

/** Runs turns of the single strategy on a scripted upstream. */
final class SingleFixture {
    static final RawJson TOOLS = new RawJson("[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]");
    static final RawJson JSON = new RawJson("{\"type\":\"json_object\"}");

    final SamplePrompts prompts = new SamplePrompts("FORMAT === Answer", "CLOSE");
    Strategy strategy = new SingleStrategy(prompts, new SingleNotes("LOOP", "{reason} RETRY"));
    Transcript out = new Transcript();
    Budget budget = Budget.DEFAULT;
    List<Message> messages = List.of(Message.user("Why?"));
    Map<String, RawJson> fields = Map.of();
    Map<String, RawJson> closingFields = Map.of();

    @Nullable
    RawJson tools;

    Prompt.@Nullable MaxTokens maxTokens;
    private @Nullable ModelCalls calls;
    private @Nullable TurnContext context;
    private @Nullable TurnLog log;

    FinishReason run(ScriptedUpstream upstream) {
        Prompt prompt = new Prompt(messages, fields, tools, closingFields, maxTokens);
        calls = new ModelCalls(upstream, ScriptedUpstream.TURN, new Cancellation(), budget, out);
        log = new TurnLog(out);
        try (ModelCalls turn = calls) {
            TurnContext started = new TurnContext(prompt, TestPresets.preset(strategy), turn, log);
            context = started;
            return strategy.run(started);
        } finally {
            assertThat(upstream.openCalls()).isZero();
        }
    }

    ModelCalls calls() {
        return Objects.requireNonNull(calls);
    }

    TurnContext context() {
        return Objects.requireNonNull(context);
    }

    @Nullable
    EndedBy endedBy() {
        return Objects.requireNonNull(log).report().endedBy();
    }

    Usage usage() {
        return calls().ledger().answerUsage();
    }

    static Reply reply(String... texts) {
        Delta[] deltas = new Delta[texts.length];
        for (int i = 0; i < texts.length; i++) {
            deltas[i] = new Delta.Text(texts[i]);
        }
        return Reply.of(deltas);
    }

    static String text(CallRequest request, int message) {
        return ((Content.Text)
                        Objects.requireNonNull(request.messages().get(message).content()))
                .text();
    }
}
