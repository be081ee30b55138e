package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.o1api.llm.FinishReason;

class DeltaQueueTest {
    private final DeltaQueue queue = new DeltaQueue(new Failures(new UpstreamSettings(
            "main",
            URI.create("http://127.0.0.1/"),
            null,
            null,
            UpstreamSettings.Timeouts.DEFAULT,
            UpstreamSettings.Limits.DEFAULT,
            Map.of(),
            null)));

    @Test
    void joinsWhatIsOfOneKind() {
        queue.reasoning("r1");
        queue.reasoning("r2");
        queue.text("a");
        queue.text("b");
        queue.reasoning("r3");
        queue.flush();
        assertThat(taken())
                .containsExactly(new Delta.Reasoning("r1r2"), new Delta.Text("ab"), new Delta.Reasoning("r3"));
    }

    @Test
    void givesNothingBeforeTheFlush() {
        queue.text("a");
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void keepsToolCallsApartAndNamesEachOnce() {
        queue.toolCall(0, "a", "f", "");
        queue.toolCall(0, null, null, "{");
        queue.toolCall(0, "a", "f", "}");
        queue.toolCall(1, "b", "g", "[");
        queue.flush();
        queue.toolCall(1, null, null, "]");
        queue.toolCall(0, null, null, " ");
        queue.flush();
        assertThat(taken())
                .containsExactly(
                        new Delta.ToolCall(0, "a", "f", "{}"),
                        new Delta.ToolCall(1, "b", "g", "["),
                        new Delta.ToolCall(1, null, null, "]"),
                        new Delta.ToolCall(0, null, null, " "));
        assertThat(queue.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
    }

    @Test
    void givesAToolCallWithoutArgumentsToo() {
        queue.text("a");
        queue.toolCall(0, "i", "f", "");
        queue.toolCall(1, null, null, "");
        queue.seal();
        assertThat(taken()).containsExactly(new Delta.Text("a"), new Delta.ToolCall(0, "i", "f", ""));
    }

    @Test
    void makesAnIdUpForAToolCallThatHasNone() {
        queue.toolCall(0, null, "f", "{");
        queue.flush();
        queue.toolCall(0, null, null, "}");
        queue.toolCall(1, null, "g", "");
        queue.flush();
        List<Delta.ToolCall> calls =
                taken().stream().map(Delta.ToolCall.class::cast).toList();
        assertThat(calls).extracting(Delta.ToolCall::index).containsExactly(0, 0, 1);
        assertThat(calls.get(0).id()).matches("call_[0-9a-f]{32}");
        assertThat(calls.get(1).id()).isNull();
        assertThat(calls.get(2).id())
                .matches("call_[0-9a-f]{32}")
                .isNotEqualTo(calls.get(0).id());
    }

    @Test
    void takesAStopAfterToolCallsForTheirs() {
        queue.toolCall(0, "i", "f", "{}");
        queue.finish(FinishReason.STOP);
        assertThat(queue.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        queue.finish(FinishReason.LENGTH);
        assertThat(queue.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aRefusalIsNoText() {
        queue.refusal("I ca");
        queue.refusal("n't.");
        queue.flush();
        assertThat(taken()).containsExactly(new Delta.Refusal("I can't."));
        assertThat(queue.saysNothing()).isFalse();
    }

    @Test
    void holdsBackHalfASurrogatePair() {
        queue.text("a\ud83d");
        queue.flush();
        assertThat(taken()).containsExactly(new Delta.Text("a"));
        queue.flush();
        assertThat(taken()).isEmpty();
        queue.text("\ude00b");
        queue.flush();
        assertThat(taken()).containsExactly(new Delta.Text("\ud83d\ude00b"));
    }

    @Test
    void holdsItBackInArgumentsToo() {
        queue.toolCall(2, "a", "f", "\ud83d");
        queue.flush();
        queue.toolCall(2, null, null, "\ude00");
        queue.flush();
        assertThat(taken())
                .containsExactly(
                        new Delta.ToolCall(2, "a", "f", ""), new Delta.ToolCall(2, null, null, "\ud83d\ude00"));
    }

    @Test
    void replacesASurrogateThatStaysAlone() {
        queue.text("a\ud83d");
        queue.reasoning("\ude00\ud83d");
        queue.flush();
        queue.seal();
        assertThat(taken())
                .containsExactly(
                        new Delta.Text("a\ufffd"), new Delta.Reasoning("\ufffd"), new Delta.Reasoning("\ufffd"));
    }

    private List<Delta> taken() {
        List<Delta> taken = new ArrayList<>();
        while (!queue.isEmpty()) {
            taken.add(queue.take());
        }
        return taken;
    }
}
