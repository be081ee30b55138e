package org.o1api.reasoning.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Budget;
import org.o1api.model.Cancellation;
import org.o1api.model.Content;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.TurnLedger;
import org.o1api.reasoning.ModelCalls;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.reasoning.TestPresets;
import org.o1api.reasoning.Transcript;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.TurnLog;
import org.o1api.reasoning.TurnReport;
import org.o1api.upstream.CallRequest;

/** Runs turns of the steps strategy on a scripted upstream. Contains sample prompts and replies. */
final class StepsFixture {
    static final StepPrompts PROMPTS = new StepPrompts("STEP", "NEXT", "CHECK", "ANSWER");
    static final Notes NOTES = new Notes("LOOP", "FULL", Notes.DEFAULT.retry(), Notes.DEFAULT.incomplete());
    static final RawJson TOOLS = new RawJson("[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]");

    Transcript out = new Transcript();
    Preset.History history = Preset.History.DEFAULT;
    Budget budget = Budget.DEFAULT;
    private @Nullable ModelCalls calls;
    private @Nullable TurnLog log;

    FinishReason run(ScriptedUpstream upstream, StepsPrompt prompt) {
        StepsStrategy strategy = prompt.strategy(PROMPTS, NOTES);
        Preset preset = TestPresets.preset(strategy, budget, history);
        calls = new ModelCalls(upstream, ScriptedUpstream.TURN, new Cancellation(), budget, out);
        log = new TurnLog(out);
        try {
            return strategy.run(new TurnContext(prompt.prompt(), preset, calls, log));
        } finally {
            assertThat(upstream.openCalls()).isZero();
        }
    }

    /** The calls of the last turn. */
    TurnLedger ledger() {
        return calls == null ? new TurnLedger() : calls.ledger();
    }

    /** What the last turn has reported about itself. */
    TurnReport report() {
        return Objects.requireNonNull(log).report();
    }

    /** Uses up the time for reasoning of the running turn. */
    void expireReasoning() {
        if (calls != null) {
            calls.expireReasoning();
        }
    }

    /** Uses up the time of the running turn. */
    void expireTurn() {
        if (calls != null) {
            calls.expireTurn();
        }
    }

    /** The number of calls that count against the budget of the last turn. */
    int calls() {
        return calls == null ? 0 : calls.usedCalls();
    }

    static StepsPrompt prompt(Message... messages) {
        return prompt(new Steps(1, 25), Map.of(), messages);
    }

    static StepsPrompt prompt(Steps steps, Map<String, RawJson> closing, Message... messages) {
        boolean tools = closing.containsKey("tool_choice");
        List<Message> promptMessages = messages.length == 0 ? List.of(Message.user("Why?")) : List.of(messages);
        return new StepsPrompt(promptMessages, Map.of(), tools ? TOOLS : null, closing, null, steps);
    }

    static String step(String content, String next) {
        return "{\"title\": \"T\", \"content\": \"" + content + "\", \"next_action\": \"" + next + "\"}";
    }

    static String continuing(String content) {
        return step(content, "continue");
    }

    static String concluding(String content) {
        return step(content, "final_answer");
    }

    static Reply reply(String text) {
        return Reply.of(new Delta.Text(text));
    }

    /** The messages of a request, such as {@code "user: Why?"}. */
    static List<String> messages(CallRequest request) {
        return request.messages().stream()
                .map(message -> message.role().wireName() + ": " + text(message.content()))
                .toList();
    }

    static String text(@Nullable Content content) {
        return content instanceof Content.Text text ? text.text() : String.valueOf(content);
    }

    /** Whether a request is for a step. */
    static boolean isStep(CallRequest request) {
        return request.fields().containsKey("response_format")
                && !text(request.messages().get(request.messages().size() - 1).content())
                        .startsWith("ANSWER");
    }
}
