package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.Usage;

class DeltaBufferTest {
    private final DeltaBuffer queue = new DeltaBuffer(UpstreamFixture.errors(), false, 1 << 20);

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
        queue.toolCall(new Delta.ToolCall(0, "a", "f", ""));
        queue.toolCall(new Delta.ToolCall(0, null, null, "{"));
        queue.toolCall(new Delta.ToolCall(0, "a", "f", "}"));
        queue.toolCall(new Delta.ToolCall(1, "b", "g", "["));
        queue.flush();
        queue.toolCall(new Delta.ToolCall(1, null, null, "]"));
        queue.toolCall(new Delta.ToolCall(0, null, null, " "));
        queue.flush();
        assertThat(taken())
                .containsExactly(
                        new Delta.ToolCall(0, "a", "f", "{}"),
                        new Delta.ToolCall(1, "b", "g", "["),
                        new Delta.ToolCall(1, null, null, "]"),
                        new Delta.ToolCall(0, null, null, " "));
        assertThat(queue.toolCalls().isEmpty()).isFalse();
    }

    @Test
    void givesAToolCallWithoutArgumentsToo() {
        queue.text("a");
        queue.toolCall(new Delta.ToolCall(0, "i", "f", ""));
        queue.toolCall(new Delta.ToolCall(1, null, null, ""));
        queue.endDelta();
        assertThat(taken()).containsExactly(new Delta.Text("a"), new Delta.ToolCall(0, "i", "f", ""));
    }

    @Test
    void makesAnIdUpForAToolCallThatGetsNoneUntilTheNextCallOrTheEnd() {
        queue.toolCall(new Delta.ToolCall(0, null, "f", "{"));
        queue.flush();
        queue.toolCall(new Delta.ToolCall(0, null, null, "}"));
        queue.flush();
        assertThat(taken()).isEmpty();
        queue.toolCall(new Delta.ToolCall(1, null, "g", ""));
        queue.flush();
        List<Delta.ToolCall> calls = calls();
        assertThat(calls).hasSize(1);
        queue.toolCall(new Delta.ToolCall(1, null, null, "1"));
        queue.complete();
        calls.addAll(calls());
        assertThat(calls).extracting(Delta.ToolCall::index).containsExactly(0, 1);
        assertThat(calls).extracting(Delta.ToolCall::name).containsExactly("f", "g");
        assertThat(calls).extracting(Delta.ToolCall::arguments).containsExactly("{}", "1");
        assertThat(calls).allSatisfy(call -> assertThat(call.id()).matches("call_[0-9a-f]{32}"));
        assertThat(calls.get(0).id()).isNotEqualTo(calls.get(1).id());
    }

    @Test
    void waitsForAnIdUntilTheFinishReason() {
        queue.toolCall(new Delta.ToolCall(0, null, "f", "{}"));
        queue.flush();
        assertThat(taken()).isEmpty();
        queue.finish(ProviderFinishReason.of("tool_calls"));
        queue.flush();
        assertThat(calls()).extracting(Delta.ToolCall::name).containsExactly("f");
    }

    @Test
    void holdsAToolCallBackUntilItHasItsName() {
        queue.toolCall(new Delta.ToolCall(0, "a", null, "{", Map.of("x", new RawJson("1"))));
        queue.flush();
        assertThat(taken()).isEmpty();
        assertThat(queue.hasActivity()).isTrue();
        assertThat(queue.toolCalls().hasUnnamedCall()).isTrue();
        queue.toolCall(new Delta.ToolCall(0, null, "f", "}", Map.of("y", new RawJson("2"))));
        queue.flush();
        assertThat(taken())
                .containsExactly(
                        new Delta.ToolCall(0, "a", "f", "{}", Map.of("x", new RawJson("1"), "y", new RawJson("2"))));
        assertThat(queue.toolCalls().hasUnnamedCall()).isFalse();
    }

    @Test
    void givesFieldsWithThePieceTheyCameWith() {
        queue.toolCall(new Delta.ToolCall(0, "a", "f", "{"));
        queue.flush();
        queue.toolCall(new Delta.ToolCall(0, null, null, "", Map.of("x", new RawJson("1"))));
        queue.toolCall(new Delta.ToolCall(0, null, null, "}", Map.of("x", new RawJson("2"))));
        queue.flush();
        assertThat(taken())
                .containsExactly(
                        new Delta.ToolCall(0, "a", "f", "{"),
                        new Delta.ToolCall(0, null, null, "", Map.of("x", new RawJson("1"))),
                        new Delta.ToolCall(0, null, null, "}", Map.of("x", new RawJson("2"))));
    }

    @Test
    void givesTwoToolCallsOfOneIdTwoIds() {
        queue.toolCall(new Delta.ToolCall(0, "a", "f", "{}"));
        queue.toolCall(new Delta.ToolCall(1, "a", "f", "{}"));
        queue.flush();
        List<Delta.ToolCall> calls = calls();
        assertThat(calls.get(0).id()).isEqualTo("a");
        assertThat(calls.get(1).id()).matches("call_[0-9a-f]{32}");
    }

    @Test
    void anImageStandsBetweenTexts() {
        queue.text("a");
        queue.image(new RawJson("{}"));
        queue.text("b");
        queue.flush();
        assertThat(taken())
                .containsExactly(new Delta.Text("a"), new Delta.Image(new RawJson("{}")), new Delta.Text("b"));
    }

    @ParameterizedTest
    @CsvSource({
        "stop, reasoning, false",
        "stop, text, true",
        "stop, refusal, true",
        "stop, image, true",
        "stop, tool, true",
        "stop, nothing, false",
        "stop, space, false",
        "length, text, true",
        "length, reasoning, false",
        "content_filter, nothing, false",
        "tool_calls, text, false",
        "tool_calls, tool, true",
        "odd, reasoning, false"
    })
    void aFinishReasonEndsAReplyOnlyAfterContent(String reason, String what, boolean mayBeOver) {
        switch (what) {
            case "text" -> queue.text("a");
            case "space" -> queue.text("\n");
            case "reasoning" -> queue.reasoning("a");
            case "refusal" -> queue.refusal("a");
            case "image" -> queue.image(new RawJson("{}"));
            case "tool" -> queue.toolCall(new Delta.ToolCall(0, "i", "f", ""));
            default -> queue.activity();
        }
        queue.finish(ProviderFinishReason.of(reason));
        assertThat(queue.mayHaveEnded()).isEqualTo(mayBeOver);
        assertThat(queue.isFinished()).isTrue();
    }

    private static List<Consumer<DeltaBuffer>> pieces() {
        return List.of(
                queue -> queue.text("a"),
                queue -> queue.refusal("a"),
                queue -> queue.reasoning("a"),
                queue -> queue.image(new RawJson("{}")),
                queue -> queue.toolCall(new Delta.ToolCall(0, "i", "f", "")));
    }

    @ParameterizedTest
    @MethodSource("pieces")
    void whatComesAfterAFinishReasonShowsThatItWasNotTheEnd(Consumer<DeltaBuffer> more) {
        queue.text("a");
        queue.finish(ProviderFinishReason.of("stop"));
        assertThat(queue.mayHaveEnded()).isTrue();
        queue.text("");
        queue.usage(new Usage(1, 0, 1, 0));
        queue.activity();
        assertThat(queue.mayHaveEnded()).isTrue();
        more.accept(queue);
        assertThat(queue.isFinished()).isFalse();
        queue.finish(ProviderFinishReason.of("stop"));
        assertThat(queue.isFinished()).isTrue();
        assertThat(queue.mayHaveEnded())
                .as("such a provider's reasons say nothing before the body's end")
                .isFalse();
    }

    @Test
    void countsWhatAProviderAddsToAToolCall() {
        Map<String, RawJson> added = Map.of("extra_content", new RawJson("\"" + "a".repeat(1 << 20) + "\""));
        assertThatThrownBy(() -> queue.toolCall(new Delta.ToolCall(0, "i", "f", "{}", added)))
                .isInstanceOf(UpstreamException.class)
                .hasMessageContaining("upstreams.*.event");
    }

    @Test
    void takesNoMoreThanItMayHold() {
        queue.text("a".repeat(1 << 19));
        queue.reasoning("a".repeat(1 << 19));
        assertThatThrownBy(() -> queue.toolCall(new Delta.ToolCall(0, "i", "f", "{}")))
                .isInstanceOfSatisfying(UpstreamException.class, e -> {
                    assertThat(e.retryable()).isFalse();
                    assertThat(e).hasMessageContaining("1024 KiB (upstreams.*.event)");
                });
    }

    @Test
    void noZeroReplacesANumberOfTokens() {
        queue.usage(new Usage(10, 4, 3, 1));
        queue.usage(Usage.NONE);
        queue.usage(new Usage(0, 0, 9, 0));
        assertThat(queue.usage()).isEqualTo(new Usage(10, 4, 9, 1));
    }

    @Test
    void aFailureAsFinishReasonIsOne() {
        queue.text("a");
        assertThatThrownBy(() -> queue.finish(ProviderFinishReason.of("insufficient_system_resource")))
                .isInstanceOf(UpstreamException.class)
                .hasMessage("The model provider aborted its reply (finish_reason insufficient_system_resource).");
    }

    @Test
    void aRefusalIsNoText() {
        queue.refusal("I ca");
        queue.refusal("n't.");
        queue.flush();
        assertThat(taken()).containsExactly(new Delta.Refusal("I can't."));
        assertThat(queue.isEmptyReply()).isFalse();
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
        queue.toolCall(new Delta.ToolCall(0, "a", "f", "\ud83d"));
        queue.flush();
        queue.toolCall(new Delta.ToolCall(0, null, null, "\ude00"));
        queue.flush();
        assertThat(taken())
                .containsExactly(
                        new Delta.ToolCall(0, "a", "f", ""), new Delta.ToolCall(0, null, null, "\ud83d\ude00"));
    }

    @Test
    void replacesASurrogateThatStaysAlone() {
        queue.text("a\ud83d");
        queue.reasoning("\ude00\ud83d");
        queue.flush();
        queue.endDelta();
        assertThat(taken())
                .containsExactly(
                        new Delta.Text("a\ufffd"), new Delta.Reasoning("\ufffd"), new Delta.Reasoning("\ufffd"));
    }

    private List<Delta.ToolCall> calls() {
        return new ArrayList<>(taken().stream().map(Delta.ToolCall.class::cast).toList());
    }

    private List<Delta> taken() {
        List<Delta> taken = new ArrayList<>();
        while (!queue.isEmpty()) {
            taken.add(queue.take());
        }
        return taken;
    }
}
