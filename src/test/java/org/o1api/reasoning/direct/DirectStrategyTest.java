package org.o1api.reasoning.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.o1api.model.Budget;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.Effort;
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
import org.o1api.upstream.CallRequest;

class DirectStrategyTest {
    private final Transcript out = new Transcript();
    private Strategy strategy = DirectStrategyType.strategy();
    private Map<String, RawJson> closingFields = Map.of();
    private Usage usage = Usage.NONE;

    private FinishReason run(ScriptedUpstream upstream) {
        Prompt prompt = new Prompt(List.of(Message.user("Why?")), Map.of(), null, closingFields, null);
        try (ModelCalls calls =
                new ModelCalls(upstream, ScriptedUpstream.TURN, new Cancellation(), Budget.DEFAULT, out)) {
            FinishReason reason = strategy.run(new TurnContext(prompt, TestPresets.preset(strategy), calls, out.log()));
            usage = calls.ledger().answerUsage();
            return reason;
        } finally {
            assertThat(upstream.openCalls()).isZero();
        }
    }

    @Test
    void showsTheModelsOwnReasoningAsAStep() {
        Reply reply = Reply.of(new Delta.Reasoning("hm"), new Delta.Text("Four"), new Delta.Text("."))
                .withUsage(new Usage(10, 0, 7, 3));
        assertThat(run(ScriptedUpstream.answering(reply))).isEqualTo(FinishReason.STOP);
        assertThat(out.step(1)).isEqualTo("hm");
        assertThat(out.events()).contains("answer: Four", "answer: .");
        assertThat(usage).isEqualTo(new Usage(10, 0, 7, 3));
        assertThat(out.log().report().endedBy()).isEqualTo(EndedBy.ANSWERED);
    }

    @Test
    void sendsTheCallersRequestUnchanged() {
        closingFields = Map.of("response_format", new RawJson("{\"type\":\"json_object\"}"));
        ScriptedUpstream upstream = ScriptedUpstream.answering("{}");
        run(upstream);
        CallRequest request = upstream.requests().get(0);
        assertThat(request.messages()).containsExactly(Message.user("Why?"));
        assertThat(request.fields()).containsAllEntriesOf(closingFields);
        assertThat(request.effort()).isNull();
    }

    @Test
    void sendsTheCallersEffort() {
        strategy = strategy.withEffort(Effort.HIGH);
        ScriptedUpstream upstream = ScriptedUpstream.answering("Four.");
        run(upstream);
        assertThat(upstream.requests().get(0).effort()).isEqualTo(Effort.HIGH);
        assertThat(strategy.name()).isEqualTo("direct");
    }

    @Test
    void retriesAReplyThatBrokeOffBeforeTheAnswer() {
        Reply broken = Reply.of(new Delta.Reasoning("hm")).brokenOff(true);
        run(ScriptedUpstream.answering(broken, Reply.of(new Delta.Text("Four."))));
        assertThat(out.step(1)).isEqualTo("hm\n\n*It broke.*");
        assertThat(out.answer()).isEqualTo("Four.");
    }

    @Test
    void failsIfTheReplyBreaksOffInTheAnswer() {
        Reply broken = Reply.of(new Delta.Text("Fou")).brokenOff(true);
        assertThatThrownBy(() -> run(ScriptedUpstream.answering(broken))).hasMessage("It broke.");
    }

    @Test
    void theModelsOwnLimitIsNotTheCallers() {
        Reply cut = Reply.of(new Delta.Text("Fou")).withFinishReason(FinishReason.LENGTH);
        assertThat(run(ScriptedUpstream.answering(cut))).isEqualTo(FinishReason.LENGTH);
        assertThat(out.log().report().endedBy()).isEqualTo(EndedBy.ANSWERED);
    }
}
